/** `filterLists(loaders)`: the loaders of an operation, with lists of runs that take conditions the upstream does not know. */
import { GatewayError } from '../errors.ts';
import type { BenchmarkRun, BenchmarkRunState, ScenarioRun, ScenarioRunState } from '../upstream/types.ts';
import type {
  BenchmarkRunScenarioRunsFilter,
  BenchmarkRunsFilter,
  ScenarioRunsFilter,
} from '../upstream/filters.ts';
import type { FilteredList, FilteredListLoader } from './filtered-list.ts';
import type { List, ListLoader, ListRange } from './list-loader.ts';
import { LOADER_NAMES, type Loaders } from './loaders.ts';
import { lazyTable } from '../memory/lazy-table.ts';
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

type ScenarioRunConditions = RunConditions<ScenarioRunState>;
type BenchmarkRunConditions = Omit<RunConditions<BenchmarkRunState>, 'outcome'>;

/** The loaders as resolvers see them. */
export interface FilteredLoaders extends Omit<
  Loaders,
  'scenarioRuns' | 'benchmarkRunScenarioRuns' | 'benchmarkRuns' | 'devboxLogs'
> {
  readonly scenarioRuns: FilteredListLoader<ScenarioRunsFilter & ScenarioRunConditions, ScenarioRun>;
  /** The started scenario runs of one benchmark run. */
  readonly benchmarkRunScenarioRuns: FilteredListLoader<
    BenchmarkRunScenarioRunsFilter & ScenarioRunConditions,
    ScenarioRun
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
        return withConditions(loaders.scenarioRuns, matchableScenarioRun, filters);
      case 'benchmarkRunScenarioRuns':
        return withConditions(loaders.benchmarkRunScenarioRuns, matchableScenarioRun, filters);
      case 'benchmarkRuns':
        return withConditions(loaders.benchmarkRuns, matchableBenchmarkRun, filters);
      case 'devboxLogs':
        return createLogLists((id, filter) => loaders.devboxLogs({ id, ...filter }), logs);
      default:
        return loaders[name];
    }
  });
}

function matchableScenarioRun(run: ScenarioRun): MatchableRun {
  const { state, startedAtMs, metadata, outcome, scoringResult } = run;
  return { state, startedAtMs, metadata, outcome, score: scoringResult?.score ?? null };
}

function matchableBenchmarkRun(run: BenchmarkRun): MatchableRun {
  const { state, startedAtMs, metadata, score } = run;
  return { state, startedAtMs, metadata, score, outcome: null };
}

function withConditions<
  Filter extends { readonly state?: State | undefined },
  T extends { readonly id: string },
  State extends string,
>(
  lists: ListLoader<Filter, T>,
  toMatchable: (run: T) => MatchableRun,
  settings: FilteringSettings,
): FilteredListLoader<Filter & RunConditions<State>, T> {
  return {
    list(filter, range) {
      const { states, startedAfter, startedBefore, metadata, outcome, minScore, maxScore, ...known } = filter;
      const plan = planConditions<State>(filter.state, {
        states,
        startedAfter,
        startedBefore,
        metadata,
        outcome,
        minScore,
        maxScore,
      });
      if (plan.kind === 'nothing') return NOTHING;
      const { state } = plan;
      // What is left of the filter are the conditions of the list itself.
      const asked = Object.entries({ ...known, state }).filter(([, condition]) => condition !== undefined);
      const upstreamFilter = Object.fromEntries(asked) as unknown as Filter;
      if (plan.kind === 'upstream') return lists.list(upstreamFilter, range);
      const { conditions } = plan;
      return scannedList({
        read: (part) => lists.list(upstreamFilter, part).rows(),
        range,
        search: {
          matches: (run) => meets(conditions, toMatchable(run)),
          place: (run) => placeOfStart(conditions, toMatchable(run), settings.startSlackMs),
        },
        bounds: settings,
      });
    },
  };
}

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
