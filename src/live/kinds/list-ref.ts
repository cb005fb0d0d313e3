/** `listRef`: what is asked of a followed list, as an id: equal questions have equal ids, and the id says what is asked. */
import type { ListKind, WatchRef } from '../../events/event.ts';
import { canonicalFilter } from '../../loaders/canonical-filter.ts';
import type { BenchmarkRunConditions, ScenarioRunConditions } from '../../loaders/filter-lists.ts';
import type { BenchmarkJobsFilter, BenchmarkRunsFilter, ScenarioRunsFilter } from '../../upstream/filters.ts';

/** What the rows of each list can be filtered by. */
export interface ListFilters {
  readonly benchmarkRuns: BenchmarkRunsFilter & BenchmarkRunConditions;
  readonly scenarioRuns: ScenarioRunsFilter & ScenarioRunConditions;
  readonly benchmarkJobs: BenchmarkJobsFilter;
}

export interface ListQuestion<L extends ListKind = ListKind> {
  readonly filter: ListFilters[L];
  /** How many of the newest rows. */
  readonly first: number;
}

/** BAD_USER_INPUT when a condition of the filter makes no sense. */
export function listRef<L extends ListKind>(kind: L, { filter, first }: ListQuestion<L>): WatchRef {
  return { kind, id: `${String(first)} ${JSON.stringify(canonicalFilter(filter))}` };
}

/** What a `listRef` of this list asks. */
export function questionOf<L extends ListKind>(id: string): ListQuestion<L> {
  const space = id.indexOf(' ');
  return { first: Number(id.slice(0, space)), filter: JSON.parse(id.slice(space + 1)) as ListFilters[L] };
}
