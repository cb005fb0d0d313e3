/** `createLoaders(session)`: the one set of loaders of an operation. A page that was read primes the look-ups by id. */
import DataLoader from 'dataloader';
import type {
  Benchmark,
  BenchmarkJob,
  BenchmarkRun,
  Devbox,
  DevboxLog,
  DevboxUsage,
  Row,
  Scenario,
  ScenarioRun,
} from '../upstream/types.ts';
import type {
  BenchmarkJobsFilter,
  BenchmarkRunScenarioRunsFilter,
  BenchmarkRunsFilter,
  BenchmarksFilter,
  DevboxesFilter,
  DevboxLogsFilter,
  ScenarioRunsFilter,
  ScenariosFilter,
  PeekingSession,
} from '../upstream/upstream.ts';
import { createEntityLoader, type EntityLoader, oneByOne } from './entity-loader.ts';
import { createListLoader, type ListLoader } from './list-loader.ts';
import { createPlanMemory } from './plan/plan-memory.ts';
import { createPlannedLookUps, type Origin, type PlannedLookUpsOptions } from './plan/planned-look-ups.ts';
import { type CountingOptions, createRunTotalsLoader, type RunTotalsLoader } from './run-totals-loader.ts';
import { LARGEST_PAGE } from './scan-size.ts';
import { createTotalsMemories } from './totals-memory.ts';
import { createWholeListLoader, type WholeListLoader } from './whole-list-loader.ts';

export interface Loaders {
  readonly scenarioRun: EntityLoader<ScenarioRun, Origin>;
  readonly scenarioRuns: ListLoader<ScenarioRunsFilter, ScenarioRun>;
  readonly benchmarkRun: EntityLoader<BenchmarkRun, Origin>;
  readonly benchmarkRuns: ListLoader<BenchmarkRunsFilter, BenchmarkRun>;
  /** The started scenario runs of one benchmark run. */
  readonly benchmarkRunScenarioRuns: ListLoader<
    BenchmarkRunScenarioRunsFilter & { readonly benchmarkRunId: string },
    ScenarioRun
  >;
  /** All started scenario runs of one benchmark run. */
  readonly allScenarioRuns: WholeListLoader<ScenarioRun>;
  /** What they add up to. */
  readonly runTotals: RunTotalsLoader;
  readonly benchmark: EntityLoader<Benchmark, Origin>;
  readonly benchmarks: ListLoader<BenchmarksFilter, Benchmark>;
  readonly benchmarkJob: EntityLoader<BenchmarkJob>;
  readonly benchmarkJobs: ListLoader<BenchmarkJobsFilter, BenchmarkJob>;
  readonly scenario: EntityLoader<Scenario, Origin>;
  readonly scenarios: ListLoader<ScenariosFilter, Scenario>;
  /** The scenarios that one benchmark consists of. */
  readonly benchmarkScenarios: ListLoader<{ readonly benchmarkId: string }, Scenario>;
  readonly devbox: EntityLoader<Devbox, Origin>;
  readonly devboxes: ListLoader<DevboxesFilter, Devbox>;
  /** Null when there is no such devbox. */
  devboxUsage(devboxId: string): Promise<DevboxUsage | null>;
  /** Null when there is no such devbox. */
  devboxLogs(devboxId: string, filter: DevboxLogsFilter): Promise<readonly Row<DevboxLog>[] | null>;
}

interface LogsKey {
  readonly devboxId: string;
  readonly filter: DevboxLogsFilter;
}

export interface LoaderOptions {
  /** How look-ups by id are answered; without it each is a call of its own. */
  readonly plan?: PlannedLookUpsOptions;
  /** What counts over all scenario runs of a benchmark run. Without it, all of them, and nothing is remembered. */
  readonly statistics?: CountingOptions & {
    /** Scenario runs of one benchmark run that are read: the newest ones. */
    readonly maxScenarioRuns: number;
  };
}

/** What one operation remembers of logs, in characters; beyond that only the latest, and others are read again where they are asked for again. */
const LOGS_MAX_CHARS = 8 * 1024 * 1024; // 8 Mi
/** What a line takes beside its texts. */
const CHARS_OF_A_LINE = 100;

export function createLoaders(
  session: PeekingSession,
  { plan = unplanned(), statistics = unbounded() }: LoaderOptions = {},
): Loaders {
  const { scenarioRun, benchmarkRun, benchmark, scenario, devbox } = createPlannedLookUps(session, plan);
  const benchmarkJob = createEntityLoader<BenchmarkJob>({
    loadMany: oneByOne(({ id }) => session.benchmarkJob(id)),
    peek: (id) => session.peek?.('benchmarkJob', id),
  });
  const usage = new DataLoader<string, DevboxUsage | null>(oneByOne((id) => session.devboxUsage(id)));
  const rememberedLogs = new Map<LogsKey, number>();
  /** An operation shows a page of each log: it does not hold all lines of many until it is answered. */
  const remember = (key: LogsKey, chars: number) => {
    rememberedLogs.set(key, chars);
    let sum = [...rememberedLogs.values()].reduce((all, one) => all + one, 0);
    for (const [older, charsOfOlder] of rememberedLogs) {
      if (sum <= LOGS_MAX_CHARS || older === key) return;
      sum -= charsOfOlder;
      rememberedLogs.delete(older);
      logs.clear(older);
    }
  };
  const logs = new DataLoader<LogsKey, readonly Row<DevboxLog>[] | null, string>(
    oneByOne(async (key) => {
      const lines = await session.devboxLogs(key.devboxId, key.filter);
      remember(key, charsOf(lines ?? [], LOGS_MAX_CHARS));
      return lines;
    }),
    {
      cacheKeyFn: ({ devboxId, filter }) => JSON.stringify([devboxId, filter.executionId, filter.shellName]),
    },
  );

  const allScenarioRuns = createWholeListLoader({
    pageSize: LARGEST_PAGE,
    maxRows: statistics.maxScenarioRuns,
    load: (id, page) => session.benchmarkRunScenarioRuns(id, {}, page),
    onRow: scenarioRun.prime,
  });

  return {
    scenarioRun,
    scenarioRuns: createListLoader({
      load: (filter, page) => session.scenarioRuns(filter, page),
      onRow: scenarioRun.prime,
    }),
    benchmarkRun,
    benchmarkRuns: createListLoader({
      load: (filter, page) => session.benchmarkRuns(filter, page),
      onRow: benchmarkRun.prime,
    }),
    benchmarkRunScenarioRuns: createListLoader({
      load: async ({ benchmarkRunId, ...filter }, page) =>
        (isEmpty(filter) ? await allScenarioRuns.page(benchmarkRunId, page) : null) ??
        session.benchmarkRunScenarioRuns(benchmarkRunId, filter, page),
      onRow: scenarioRun.prime,
    }),
    allScenarioRuns,
    runTotals: createRunTotalsLoader({ scenarioRuns: allScenarioRuns, benchmark }, statistics),
    benchmark,
    benchmarks: createListLoader({
      load: (filter, page) => session.benchmarks(filter, page),
      onRow: benchmark.prime,
    }),
    benchmarkJob,
    benchmarkJobs: createListLoader({
      load: (filter, page) => session.benchmarkJobs(filter, page),
      onRow: benchmarkJob.prime,
    }),
    scenario,
    scenarios: createListLoader({
      load: (filter, page) => session.scenarios(filter, page),
      onRow: scenario.prime,
    }),
    benchmarkScenarios: createListLoader({
      load: ({ benchmarkId }, page) => session.benchmarkScenarios(benchmarkId, page),
      onRow: scenario.prime,
    }),
    devbox,
    devboxes: createListLoader({
      load: (filter, page) => session.devboxes(filter, page),
      onRow: devbox.prime,
    }),
    devboxUsage: (devboxId) => usage.load(devboxId),
    devboxLogs: (devboxId, filter) => logs.load({ devboxId, filter }),
  };
}

/** Beyond `enough` they are not counted on. */
function charsOf(lines: readonly Row<DevboxLog>[], enough: number): number {
  let chars = 0;
  for (const line of lines) {
    if (!(line instanceof Error))
      chars += CHARS_OF_A_LINE + (line.message?.length ?? 0) + (line.command?.length ?? 0);
    if (chars > enough) break;
  }
  return chars;
}

function unplanned(): PlannedLookUpsOptions {
  return {
    experience: createPlanMemory({ maxAccounts: 1 }).of(''),
    bounds: { maxRows: 0, maxBytes: 0 },
  };
}

function unbounded(): Required<LoaderOptions>['statistics'] {
  return {
    maxScenarioRuns: Infinity,
    maxBenchmarkRuns: LARGEST_PAGE,
    maxPooledScenarioRuns: Infinity,
    memory: createTotalsMemories({ maxScenarioRuns: 0 }).of(''),
    readAtMs: 0,
    settledAfterMs: Infinity,
  };
}

function isEmpty(filter: object): boolean {
  return Object.values(filter).every((condition) => condition === undefined);
}
