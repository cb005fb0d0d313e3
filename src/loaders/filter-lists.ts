/** `filterLists(loaders)`: the loaders of an operation, with lists of runs that take conditions the upstream does not know. */
import { GatewayError } from '../errors.ts';
import type { BenchmarkRun, BenchmarkRunState, ScenarioRun, ScenarioRunState } from '../upstream/types.ts';
import type {
  BenchmarkRunScenarioRunsFilter,
  BenchmarkRunsFilter,
  ScenarioRunsFilter,
} from '../upstream/filters.ts';
import type { FilteredList, FilteredListLoader, OrderedListLoader } from './filtered-list.ts';
import type { List, ListLoader, ListRange } from './list-loader.ts';
import { LOADER_NAMES, type Loaders } from './loaders.ts';
import { lazyTable } from '../memory/lazy-table.ts';
import { type OrderedBy, orderedList } from './ordered-list.ts';
import { createLogLists, type LogLists, type LogListBounds } from './log-lists.ts';
import {
  type MatchableRun,
  meets,
  placeOfStart,
  planConditions,
  type RunConditions,
} from './run-conditions.ts';
import { scan, type ScanBounds, type ScannedRows, type Search } from './scan.ts';

export interface FilteringSettings extends ScanBounds {
  /** How far two starts may be out of the order of a list, in milliseconds. */
  readonly startSlackMs: number;
}

/** What scenario runs can be ordered by. */
export type ScenarioRunOrderField = keyof typeof SCENARIO_RUN_VALUES;

const SCENARIO_RUN_VALUES = {
  duration: ({ durationMs }) => durationMs,
  score: ({ scoringResult }) => scoringResult?.score ?? null,
  startedAt: ({ startedAtMs }) => startedAtMs,
} as const satisfies Record<string, OrderedBy<ScenarioRun>>;

export type ScenarioRunConditions = RunConditions<ScenarioRunState>;
export type BenchmarkRunConditions = Omit<RunConditions<BenchmarkRunState>, 'outcome'>;

/** The loaders as resolvers see them. */
export interface FilteredLoaders extends Omit<
  Loaders,
  'scenarioRuns' | 'benchmarkRunScenarioRuns' | 'benchmarkRuns' | 'devboxLogs'
> {
  readonly scenarioRuns: OrderedListLoader<
    ScenarioRunsFilter & ScenarioRunConditions,
    ScenarioRun,
    ScenarioRunOrderField
  >;
  /** The started scenario runs of one benchmark run. */
  readonly benchmarkRunScenarioRuns: OrderedListLoader<
    BenchmarkRunScenarioRunsFilter & ScenarioRunConditions,
    ScenarioRun,
    ScenarioRunOrderField
  >;
  readonly benchmarkRuns: FilteredListLoader<BenchmarkRunsFilter & BenchmarkRunConditions, BenchmarkRun>;
  /** What was logged on a devbox, oldest first; empty when there is no such devbox. */
  readonly devboxLogs: LogLists;
}

const filteredOf = lazyTable<FilteredLoaders>(LOADER_NAMES);

export function filterLists(
  loaders: Loaders,
  { filters, logs }: { readonly filters: FilteringSettings; readonly logs: LogListBounds },
): FilteredLoaders {
  return filteredOf((name) => {
    switch (name) {
      case 'scenarioRuns':
        return withConditions(loaders.scenarioRuns, SCENARIO_RUNS, filters);
      case 'benchmarkRunScenarioRuns':
        return withConditions(loaders.benchmarkRunScenarioRuns, SCENARIO_RUNS, filters);
      case 'benchmarkRuns':
        return withConditions(loaders.benchmarkRuns, BENCHMARK_RUNS, filters);
      case 'devboxLogs':
        return createLogLists((id, filter) => loaders.devboxLogs({ id, ...filter }), logs);
      default:
        return loaders[name];
    }
  });
}

/** How the rows of a list are matched and ordered. */
export interface RunRows<T, Field extends string> {
  readonly toMatchable: (run: T) => MatchableRun;
  readonly values: Readonly<Record<Field, OrderedBy<T>>>;
}

export const SCENARIO_RUNS: RunRows<ScenarioRun, ScenarioRunOrderField> = {
  toMatchable: ({ state, startedAtMs, durationMs, metadata, outcome, scoringResult }) => ({
    state,
    startedAtMs,
    durationMs,
    metadata,
    outcome,
    score: scoringResult?.score ?? null,
  }),
  values: SCENARIO_RUN_VALUES,
};

export const BENCHMARK_RUNS: RunRows<BenchmarkRun, never> = {
  toMatchable: ({ state, startedAtMs, durationMs, metadata, score }) => ({
    state,
    startedAtMs,
    durationMs,
    metadata,
    score,
    outcome: null,
  }),
  values: {},
};

/** The list with the conditions that the upstream does not know; a filter that makes no sense is BAD_USER_INPUT. */
export function withConditions<
  Filter extends { readonly state?: State | undefined },
  T extends { readonly id: string },
  State extends string,
  Field extends string,
>(
  lists: ListLoader<Filter, T>,
  { toMatchable, values }: RunRows<T, Field>,
  settings: FilteringSettings,
): OrderedListLoader<Filter & RunConditions<State>, T, Field> {
  return {
    list(filter, range, order) {
      const { states, startedAfter, startedBefore, metadata, outcome, ...others } = filter;
      const { minScore, maxScore, minDurationMs, maxDurationMs, ...known } = others;
      const plan = planConditions<State>(filter.state, {
        states,
        startedAfter,
        startedBefore,
        metadata,
        outcome,
        minScore,
        maxScore,
        minDurationMs,
        maxDurationMs,
      });
      if (plan.kind === 'nothing') return NOTHING;
      const { state } = plan;
      // What is left of the filter are the conditions of the list itself.
      const asked = Object.entries({ ...known, state }).filter(([, condition]) => condition !== undefined);
      const upstreamFilter = Object.fromEntries(asked) as unknown as Filter;
      if (plan.kind === 'upstream' && !order) return lists.list(upstreamFilter, range);
      const read = (part: ListRange) => lists.list(upstreamFilter, part).rows();
      const search = plan.kind === 'upstream' ? EVERY_ROW : searchFor(plan.conditions, toMatchable, settings);
      if (!order) return scannedList({ read, range, search, bounds: settings });
      return orderedList({
        all: () => scan(read, { first: settings.maxRows }, search, settings),
        order,
        value: values[order.field],
        range,
        // Where no row is left out, the upstream knows how many there are.
        totalCount:
          plan.kind === 'upstream' ? () => lists.list(upstreamFilter, range).totalCount() : undefined,
      });
    },
  };
}

function searchFor<T, State extends string>(
  conditions: RunConditions<State>,
  toMatchable: (run: T) => MatchableRun,
  { startSlackMs }: Pick<FilteringSettings, 'startSlackMs'>,
): Search<T> {
  return {
    matches: (run) => meets(conditions, toMatchable(run)),
    place: (run) => placeOfStart(conditions, toMatchable(run), startSlackMs),
  };
}

const EVERY_ROW: Search<unknown> = { matches: () => true, place: () => 'unknown' };

function scannedList<T extends { readonly id: string }>(given: {
  readonly read: (range: ListRange) => ReturnType<List<T>['rows']>;
  readonly range: ListRange;
  readonly search: Search<T>;
  readonly bounds: ScanBounds;
}): FilteredList<T> {
  const { read, range, search, bounds } = given;
  let page: Promise<ScannedRows<T>> | undefined;
  const scanned = () => (page ??= scan(read, range, search, bounds));
  return {
    rows: scanned,
    scanned,
    totalCount: async () => {
      // The page is asked for in the same turn, if it is.
      await Promise.resolve();
      // Counting is reading all of them, in as few calls as there can be, unless the page is all of them.
      const first = page && range.after === undefined ? await page : undefined;
      const all =
        first?.hasMore === false ? first : await scan(read, { first: bounds.maxRows }, search, bounds);
      return all.hasMore || all.rows.some(isUnreadable) ? null : all.rows.length;
    },
  };
}

function isUnreadable(row: unknown): boolean {
  return row instanceof GatewayError;
}

const NOTHING: FilteredList<never> = {
  rows: () => Promise.resolve({ rows: [], hasMore: false }),
  totalCount: () => Promise.resolve(0),
};
