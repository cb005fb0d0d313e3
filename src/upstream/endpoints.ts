/** The endpoints of the REST API that the gateway uses: one row each, over which the REST adapter, the cache and observation are generic. */
import { detail, list, mutation, rows, wait } from './endpoint-builders.ts';
import type * as row from './endpoint-rows.ts';
import type { DevboxWait } from './filters.ts';
import type { BenchmarkRunStart, ScenarioRunStart } from './mutations.ts';
import * as queries from './rest/filter-queries.ts';
import { BENCHMARK_FIELDS, parseBenchmark } from './rest/parse/benchmark.ts';
import { BENCHMARK_JOB_FIELDS, parseBenchmarkJob } from './rest/parse/benchmark-job.ts';
import { BENCHMARK_RUN_FIELDS, parseBenchmarkRun } from './rest/parse/benchmark-run.ts';
import { DEVBOX_FIELDS, parseDevbox } from './rest/parse/devbox.ts';
import { parseDevboxLog } from './rest/parse/devbox-log.ts';
import { parseDevboxUsage } from './rest/parse/devbox-usage.ts';
import { parseScenario, SCENARIO_FIELDS } from './rest/parse/scenario.ts';
import { parseScenarioRun, SCENARIO_RUN_FIELDS } from './rest/parse/scenario-run.ts';
import { startBenchmarkRunBody, startScenarioRunBody } from './rest/run-start-body.ts';
import type { Kind, Kinds, WireViews } from './types.ts';

type EntityEndpoints = { readonly [K in Kind]: row.EntityEndpoint<Kinds[K], WireViews[K]> };

const entities = {
  scenarioRun: {
    type: 'ScenarioRun',
    noun: 'scenario run',
    route: '/v1/scenarios/runs/{id}',
    parse: parseScenarioRun,
    fields: SCENARIO_RUN_FIELDS,
    cache: 'final',
    isWatchable: true,
    parentOf: ({ benchmarkRunId }) => benchmarkRunId,
  },
  benchmarkRun: {
    type: 'BenchmarkRun',
    noun: 'benchmark run',
    route: '/v1/benchmark_runs/{id}',
    parse: parseBenchmarkRun,
    fields: BENCHMARK_RUN_FIELDS,
    cache: 'final',
    isWatchable: true,
  },
  benchmarkJob: {
    type: 'BenchmarkJob',
    noun: 'benchmark job',
    route: '/v1/benchmark_jobs/{id}',
    parse: parseBenchmarkJob,
    fields: BENCHMARK_JOB_FIELDS,
    cache: 'final',
    isWatchable: true,
  },
  benchmark: {
    type: 'Benchmark',
    noun: 'benchmark',
    route: '/v1/benchmarks/{id}',
    notIds: ['list_public'],
    parse: parseBenchmark,
    fields: BENCHMARK_FIELDS,
    cache: 'definition',
    isWatchable: false,
  },
  scenario: {
    type: 'Scenario',
    noun: 'scenario',
    route: '/v1/scenarios/{id}',
    notIds: ['list_public', 'runs', 'scorers'],
    parse: parseScenario,
    fields: SCENARIO_FIELDS,
    cache: 'definition',
    isWatchable: false,
  },
  devbox: {
    type: 'Devbox',
    noun: 'devbox',
    route: '/v1/devboxes/{id}',
    notIds: ['disk_snapshots'],
    parse: parseDevbox,
    fields: DEVBOX_FIELDS,
    // Its status cannot change any more once it has ended, but its metadata can be edited.
    cache: 'editable',
    isWatchable: true,
  },
} as const satisfies EntityEndpoints;

export const ENTITIES: EntityEndpoints = entities;

const lists = {
  scenarioRuns: list({
    kind: 'scenarioRun',
    route: '/v1/scenarios/runs',
    wrapper: 'runs',
    query: queries.scenarioRuns,
  }),
  benchmarkRunScenarioRuns: list({
    kind: 'scenarioRun',
    route: '/v1/benchmark_runs/{id}/scenario_runs',
    wrapper: 'runs',
    query: queries.benchmarkRunScenarioRuns,
    of: { kind: 'benchmarkRun', idOf: ({ benchmarkRunId }) => benchmarkRunId },
  }),
  benchmarkRuns: list({
    kind: 'benchmarkRun',
    route: '/v1/benchmark_runs',
    wrapper: 'runs',
    query: queries.benchmarkRuns,
  }),
  benchmarkJobs: list({
    kind: 'benchmarkJob',
    route: '/v1/benchmark_jobs',
    wrapper: 'jobs',
    query: queries.benchmarkJobs,
  }),
  benchmarks: list({
    kind: 'benchmark',
    route: ({ isPublic }) => (isPublic === true ? '/v1/benchmarks/list_public' : '/v1/benchmarks'),
    wrapper: 'benchmarks',
    query: queries.benchmarks,
  }),
  scenarios: list({
    kind: 'scenario',
    route: ({ isPublic }) => (isPublic === true ? '/v1/scenarios/list_public' : '/v1/scenarios'),
    wrapper: 'scenarios',
    query: queries.scenarios,
  }),
  benchmarkScenarios: list({
    kind: 'scenario',
    route: '/v1/benchmarks/{id}/definitions',
    wrapper: 'scenarios',
    query: queries.benchmarkScenarios,
    of: { kind: 'benchmark', idOf: ({ benchmarkId }) => benchmarkId },
    isCounted: false,
  }),
  devboxes: list({ kind: 'devbox', route: '/v1/devboxes', wrapper: 'devboxes', query: queries.devboxes }),
};

const details = {
  devboxUsage: detail({ route: '/v1/devboxes/{id}/usage', parse: parseDevboxUsage }),
  /** Every line that the upstream holds, oldest first. */
  devboxLogs: rows({
    route: '/v1/devboxes/{id}/logs',
    wrapper: 'logs',
    parse: parseDevboxLog,
    query: queries.devboxLogs,
  }),
};

const waits = {
  devboxStatus: wait({
    kind: 'devbox',
    route: '/v1/devboxes/{id}/wait_for_status',
    body: ({ statuses, timeoutSec }: DevboxWait) => ({ statuses, timeout_seconds: timeoutSec }),
  }),
};

const downloads = {
  /** A zip. */
  scenarioRunLogs: { route: '/v1/scenarios/runs/{id}/download_logs' },
};

const starts = {
  startScenarioRun: mutation({
    route: '/v1/scenarios/start_run',
    parse: parseScenarioRun,
    request: (run: ScenarioRunStart) => ({ body: startScenarioRunBody(run) }),
    // It is followed by nobody yet, but may be part of what is.
    touches: ({ benchmarkRunId: id }) => (id === null ? null : { kind: 'benchmarkRun', id }),
    // A refusal is explained by the scenario and the benchmark run.
    cost: 3,
  }),
  startBenchmarkRun: mutation({
    route: '/v1/benchmarks/start_run',
    parse: parseBenchmarkRun,
    request: (run: BenchmarkRunStart) => ({ body: startBenchmarkRunBody(run) }),
    touches: () => null,
    cost: 2,
  }),
};

const actions = {
  scoreScenarioRun: actOn('scenarioRun', 'score', 'scored'),
  completeScenarioRun: actOn('scenarioRun', 'complete', 'completed'),
  cancelScenarioRun: actOn('scenarioRun', 'cancel', 'canceled'),
  completeBenchmarkRun: actOn('benchmarkRun', 'complete', 'completed'),
  cancelBenchmarkRun: actOn('benchmarkRun', 'cancel', 'canceled'),
  shutdownDevbox: actOn('devbox', 'shutdown', 'shut down'),
  suspendDevbox: actOn('devbox', 'suspend', 'suspended'),
  resumeDevbox: actOn('devbox', 'resume', 'resumed'),
  // The upstream answers nothing that says how the devbox is now, and nothing of that has changed.
  keepDevboxAlive: {
    ...actOn('devbox', 'keep_alive', 'kept alive'),
    parse: () => 'done' as const,
    touches: () => null,
  },
};

/** The entity comes back, is polled if it is followed, and is read to explain a refusal. */
function actOn<K extends Kind>(kind: K, path: string, verb: string): row.ActionEndpoint<K, Kinds[K]> {
  const { route, parse }: EntityEndpoints[K] = ENTITIES[kind];
  const request = ({ id }: row.WithId) => ({ id });
  return {
    kind,
    route: `${route}/${path}`,
    verb,
    parse,
    request,
    touches: ({ id }) => ({ kind, id }),
    cost: 2,
  };
}

const mutations = { ...starts, ...actions };

/** The kinds whose entities can be followed. */
export type WatchableKind = {
  [K in Kind]: (typeof entities)[K]['isWatchable'] extends true ? K : never;
}[Kind];

export type Lists = { readonly [L in keyof typeof lists]: row.ListTypes<(typeof lists)[L]> };
export type Details = { readonly [D in keyof typeof details]: row.DetailTypes<(typeof details)[D]> };
export type Waits = { readonly [W in keyof typeof waits]: row.WaitTypes<(typeof waits)[W]> };
export type Mutations = { readonly [M in keyof typeof mutations]: row.MutationTypes<(typeof mutations)[M]> };
export type Actions = { readonly [A in keyof typeof actions]: row.ActionTypes<(typeof actions)[A]> };

export type ListName = keyof Lists;
export type DetailName = keyof Details;
export type WaitName = keyof Waits;
export type DownloadName = keyof typeof downloads;
export type MutationName = keyof Mutations;
/** A mutation of one entity. */
export type ActionName = keyof Actions;
/** The kind of the rows of a list. */
export type ListedBy<L extends ListName> = Lists[L]['kind'];

export const LISTS: { readonly [L in ListName]: row.ListEndpoint<Lists[L]['filter'], Lists[L]['kind']> } =
  lists;
export const DETAILS: {
  readonly [D in DetailName]: row.DetailEndpoint<Details[D]['of'], Details[D]['answer']>;
} = details;
export const WAITS: { readonly [W in WaitName]: row.WaitEndpoint<Waits[W]['on'], Waits[W]['kind']> } = waits;
export const DOWNLOADS: Readonly<Record<DownloadName, row.DownloadEndpoint>> = downloads;
export const MUTATIONS: {
  readonly [M in MutationName]: row.MutationEndpoint<Mutations[M]['input'], Mutations[M]['answer']>;
} = mutations;
export const ACTIONS: {
  readonly [A in ActionName]: row.ActionEndpoint<Actions[A]['kind'], Actions[A]['answer']>;
} = actions;
