/** `FIELD_COSTS`: which fields cost upstream calls, and how many at most for each thing that they are asked of. */

/** What resolving a field once costs at most, in calls. What is absent is nothing. */
export interface FieldCost {
  /** Made as soon as the field resolves. */
  readonly calls?: number;
  /** Of a connection: made when its rows are selected. */
  readonly page?: number;
  /** Of a connection: made when its count is selected. */
  readonly count?: number;
  /** Of a list that is no connection: how many things it holds, each of which pays for what is selected of it. */
  readonly rows?: number;
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
}

/** Many costs depend on the arguments, or on settings. */
export type CostRule = FieldCost | ((args: CostArgs, bounds: CostBounds) => FieldCost);

/** A thing is looked up by its id. Others that ask for the same one share the call: this counts each. */
const LOOK_UP: FieldCost = { calls: 1 };

/** A page is read when rows are selected; a count travels with it, or is a call of its own. */
const LIST: FieldCost = { page: 1, count: 1 };

/** A list under a thing that may have to be looked at page by page, to judge what the upstream does not know. */
const NARROWED: CostRule = (args, { maxScanCalls }) =>
  isNarrowed(args.value('filter')) ? { page: maxScanCalls, count: maxScanCalls } : LIST;

/**
 * One row for each field that may call the upstream, and for each list that leads to such a field. A field without a row
 * is free; a test finds those that are not.
 */
export const FIELD_COSTS: Readonly<Record<string, CostRule>> = {
  'Query.node': LOOK_UP,
  'Query.nodes': (args) => ({ calls: lengthOf(args.value('ids')), rows: lengthOf(args.value('ids')) }),
  'Query.scenarioRun': LOOK_UP,
  'Query.scenarioRuns': NARROWED,
  'Query.benchmarkRun': LOOK_UP,
  'Query.benchmarkRuns': NARROWED,
  'Query.benchmark': LOOK_UP,
  'Query.benchmarks': LIST,
  'Query.benchmarkJob': LOOK_UP,
  'Query.benchmarkJobs': LIST,
  'Query.scenario': LOOK_UP,
  'Query.scenarios': LIST,
  'Query.devbox': LOOK_UP,
  'Query.devboxes': LIST,

  'ScenarioRun.scenario': LOOK_UP,
  'ScenarioRun.devbox': LOOK_UP,
  'ScenarioRun.benchmarkRun': LOOK_UP,
  'BenchmarkRun.benchmark': LOOK_UP,
  'BenchmarkRun.scenarioRuns': NARROWED,
  'Benchmark.scenarios': LIST,
  'Benchmark.runs': NARROWED,
  'Scenario.runs': NARROWED,
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

  // Sent once; a refusal is explained by reading what it depends on.
  'Mutation.startScenarioRun': { calls: 3 },
  'Mutation.scoreScenarioRun': { calls: 2 },
  'Mutation.completeScenarioRun': { calls: 2 },
  'Mutation.cancelScenarioRun': { calls: 2 },
  'Mutation.startBenchmarkRun': { calls: 2 },
  'Mutation.completeBenchmarkRun': { calls: 2 },
  'Mutation.cancelBenchmarkRun': { calls: 2 },
  'Mutation.shutdownDevbox': { calls: 2 },
  'Mutation.suspendDevbox': { calls: 2 },
  'Mutation.resumeDevbox': { calls: 2 },
  'Mutation.keepDevboxAlive': { calls: 2 },
  'KeepDevboxAliveSuccess.devbox': LOOK_UP,

  // What is followed is read once by its watcher, for everybody who follows it.
  'Subscription.scenarioRun': LOOK_UP,
  'Subscription.benchmarkRun': { calls: 2 },
  'Subscription.benchmarkJob': LOOK_UP,
  'Subscription.devbox': LOOK_UP,
  // As many as move between two polls. A whole benchmark run may, at its start and its end.
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

function isNarrowed(filter: unknown): boolean {
  return Object.entries(filter ?? {}).some(
    ([name, value]) => value !== null && value !== undefined && !KNOWN_CONDITIONS.includes(name),
  );
}

/** A single value stands for a list of one. */
function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 1;
}
