/** `FIELD_COSTS`: which fields cost upstream calls, and how many at most for each thing that they are asked of. */
import { ENTITIES, LISTS, MUTATIONS } from '../../upstream/endpoints.ts';

/** What resolving a field once costs at most, in calls. What is absent is nothing. */
export interface FieldCost {
  /** Made as soon as the field resolves. */
  readonly calls?: number;
  /** Of a connection: made when its rows are selected. */
  readonly page?: number;
  /** Of a connection: made when its count is selected. */
  readonly count?: number;
  /**
   * Of a list that is no connection: how many things it holds, each of which pays for what is selected of it. Of a list within
   * a page: how many for each row of the page.
   */
  readonly rows?: number;
  /** The lists of what it leads to are as long as its argument `first` says, though it is no connection. */
  readonly isPage?: boolean;
}

/** The arguments of one field, as a client sends them. */
export interface CostArgs {
  /** The value as JSON; undefined when it is absent. */
  readonly value: (name: string) => unknown;
}

export interface CostBounds {
  /** Rows of a page whose size is not stated. */
  readonly defaultPageSize: number;
  /** Rows of the largest page. */
  readonly maxPageSize: number;
  /** Calls for one page of a list with a filter that the upstream does not know. */
  readonly maxScanCalls: number;
  /** Calls to read a benchmark run's scenario runs to their end, or as far as statistics go. */
  readonly maxWholeListCalls: number;
  /** Benchmark runs that are counted together, and calls beyond the first of each to read their scenario runs. */
  readonly maxPooledRuns: number;
  readonly maxPooledExtraCalls: number;
}

/** Many costs depend on the arguments, or on settings. */
export type CostRule = FieldCost | ((args: CostArgs, bounds: CostBounds) => FieldCost);

/** A thing is looked up by its id. Others that ask for the same one share the call: this counts each. */
const LOOK_UP: FieldCost = { calls: 1 };

/** A page is read when rows are selected; a count travels with it, or is a call of its own. */
const LIST: FieldCost = { page: 1, count: 1 };

/** Every entity can be looked up, and every list that is under no entity be read, at the top of the graph. */
const ENTITY_COSTS = Object.fromEntries(Object.keys(ENTITIES).map((kind) => [`Query.${kind}`, LOOK_UP]));
const LIST_COSTS = Object.fromEntries(
  Object.entries(LISTS).flatMap(([list, { of }]) => (of ? [] : [[`Query.${list}`, LIST]])),
);

/** A list that may have to be scanned page by page, for conditions or an order that the upstream does not know. */
const SCANNED: CostRule = (args, { maxScanCalls }) =>
  isScanned(args.value('filter')) || isGiven(args.value('orderBy'))
    ? { page: maxScanCalls, count: maxScanCalls }
    : LIST;

/** Its first page is read by its watcher, for everybody who follows it. */
const FOLLOWED_LIST: CostRule = (args, { maxScanCalls }) => ({
  calls: isScanned(args.value('filter')) ? maxScanCalls : 1,
  isPage: true,
});

/** The rows of a followed list. */
const PAGE_ROWS: FieldCost = { rows: 1 };

/** Every row may go, and another come in its place. */
const ROW_CHANGES: FieldCost = { rows: 2 };

/** So many things as a number in the arguments says, each looked up by whoever selects them. */
const listed =
  (name: string, sizes: { readonly default: number; readonly max: number }): CostRule =>
  (args) => ({ rows: numberOf(args.value(name), sizes) });

/** Runs of a benchmark are found, and the scenario runs of each are read. */
const POOLED: CostRule = (args, { maxScanCalls, maxWholeListCalls, maxPooledRuns, maxPooledExtraCalls }) => {
  const runs = numberOf(args.value('last'), { default: maxPooledRuns, max: maxPooledRuns });
  const found = isScanned(args.value('filter')) ? maxScanCalls : 1;
  return { calls: found + Math.min(runs * maxWholeListCalls, runs + maxPooledExtraCalls) };
};

/** It is sent, and when it is refused what it was about is read, to say why. */
const MUTATION_COSTS = Object.fromEntries(
  Object.entries(MUTATIONS).map(([name, { cost }]) => [`Mutation.${name}`, { calls: cost }]),
);

/** Paid for by the field that leads to it. */
const PAID: FieldCost = {};

/**
 * One row for each field that may call the upstream, and for each list that leads to such a field. A field without a row
 * is free; a test finds those that are not.
 */
export const FIELD_COSTS: Readonly<Record<string, CostRule>> = {
  ...ENTITY_COSTS,
  ...LIST_COSTS,
  'Query.node': LOOK_UP,
  'Query.nodes': (args) => ({ calls: lengthOf(args.value('ids')), rows: lengthOf(args.value('ids')) }),
  'Query.scenarioRuns': SCANNED,
  'Query.benchmarkRuns': SCANNED,

  'ScenarioRun.scenario': LOOK_UP,
  'ScenarioRun.devbox': LOOK_UP,
  'ScenarioRun.benchmarkRun': LOOK_UP,
  'ScenarioRun.logs': LIST,
  'BenchmarkRun.benchmark': LOOK_UP,
  'BenchmarkRun.scenarioRuns': SCANNED,
  // One more for the benchmark, which says how many scenario runs there will be.
  'BenchmarkRun.progress': (_args, { maxWholeListCalls }) => ({ calls: maxWholeListCalls + 1 }),
  'RunProgress.expected': PAID,
  'RunProgress.pending': PAID,
  'RunProgress.fraction': PAID,
  'BenchmarkRun.stats': (_args, { maxWholeListCalls }) => ({ calls: maxWholeListCalls }),
  // What a run that goes on is made from says whether all of it was counted.
  'RunStats.isComplete': LOOK_UP,
  'Benchmark.attempts': POOLED,
  'Benchmark.leaderboard': POOLED,
  'Leaderboard.rows': listed('first', { default: 20, max: 100 }),
  'Attempts.flaky': listed('first', { default: 20, max: 100 }),
  'FlakyScenario.scenario': LOOK_UP,
  'Query.compareBenchmarkRuns': (_args, { maxWholeListCalls }) => ({ calls: 2 + 2 * maxWholeListCalls }),
  'BenchmarkRunComparison.scenarios': listed('first', { default: 100, max: 500 }),
  'BenchmarkRunComparison.isComplete': { calls: 2 },
  'ComparedScenario.scenario': LOOK_UP,
  'ScenarioResult.scenarioRuns': (args) => {
    const attempts = numberOf(args.value('first'), { default: 10, max: 100 });
    return { calls: attempts, rows: attempts };
  },
  'Scenario.history': (args, { maxScanCalls }) => ({
    calls: isScanned(args.value('filter')) ? maxScanCalls : 1,
  }),
  'Benchmark.scenarios': LIST,
  'Benchmark.runs': SCANNED,
  'Scenario.runs': SCANNED,
  'BenchmarkJobSource.benchmark': LOOK_UP,
  // A job has few agents, each with a benchmark run; what came of its scenarios is shown in parts.
  'BenchmarkJob.agents': { rows: 10 },
  'BenchmarkJob.benchmarkRuns': { calls: 10, rows: 10 },
  'BenchmarkJob.outcomes': { rows: 10 },
  'JobAgent.benchmarkRun': LOOK_UP,
  'JobAgent.progress': { calls: 2 },
  'JobAgent.stats': { calls: 2 },
  'JobOutcome.benchmarkRun': LOOK_UP,
  'JobOutcome.scenarioOutcomes': { rows: 20 },
  'ScenarioOutcome.scenario': LOOK_UP,
  'ScenarioOutcome.scenarioRun': LOOK_UP,
  'Devbox.usage': LOOK_UP,
  'Devbox.logs': LIST,

  ...MUTATION_COSTS,
  'KeepDevboxAliveSuccess.devbox': LOOK_UP,

  // What is followed is read once by its watcher, for everybody who follows it.
  'Subscription.scenarioRun': LOOK_UP,
  'Subscription.benchmarkRun': { calls: 2 },
  'Subscription.benchmarkJob': LOOK_UP,
  'Subscription.devbox': LOOK_UP,
  'Subscription.benchmarkRuns': FOLLOWED_LIST,
  'Subscription.scenarioRuns': FOLLOWED_LIST,
  'Subscription.benchmarkJobs': FOLLOWED_LIST,
  'BenchmarkRunListEvent.nodes': PAGE_ROWS,
  'BenchmarkRunListEvent.changes': ROW_CHANGES,
  'ScenarioRunListEvent.nodes': PAGE_ROWS,
  'ScenarioRunListEvent.changes': ROW_CHANGES,
  'BenchmarkJobListEvent.nodes': PAGE_ROWS,
  'BenchmarkJobListEvent.changes': ROW_CHANGES,
  // As many as change between two polls. A whole benchmark run may, at its start and its end.
  'BenchmarkRunEvent.changes': { rows: 20 },
};

/** Conditions of a filter that the upstream knows, and answers in one call. */
const KNOWN_CONDITIONS: readonly string[] = [
  'name',
  'search',
  'state',
  'benchmarkRunId',
  'benchmarkId',
  'scenarioId',
  'isPublic',
  'validationType',
  'status',
];

function isScanned(filter: unknown): boolean {
  return Object.entries(filter ?? {}).some(
    ([name, value]) =>
      isGiven(value) &&
      // What the upstream has no word for is looked for row by row.
      (!KNOWN_CONDITIONS.includes(name) || value === 'unknown' || value === 'UNKNOWN'),
  );
}

function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined;
}

/** Another number is refused by its field, before anything is called. */
function numberOf(value: unknown, sizes: { readonly default: number; readonly max: number }): number {
  return typeof value === 'number' ? Math.min(Math.max(value, 0), sizes.max) : sizes.default;
}

/** A single value stands for a list of one. */
function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 1;
}
