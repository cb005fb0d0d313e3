/** `createExamples`: ids that the ready tabs of GraphiQL open with, where everybody sees what is asked for them. */
import { type Clock, startDeadline } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { List } from '../loaders/list-loader.ts';
import type { FilteredLoaders } from '../loaders/filter-lists.ts';
import { comparableRuns, NO_EXAMPLES, type TabExamples } from '../server/graphiql/graphiql-tabs.ts';
import type { Authenticate, CreateContext } from '../server/graphql/operation-context.ts';
import type { Benchmark, BenchmarkRun } from '../upstream/types.ts';
import { devboxToFollow, jobToFollow, runToFollow, type RunToCome } from './most-to-come.ts';

export interface ExamplesOptions {
  readonly authenticate: Authenticate;
  readonly createContext: CreateContext;
  readonly clock: Clock;
}

/** How long the page waits for examples, in milliseconds. It opens without them, too. */
const EXAMPLES_TIMEOUT_MS = 1_000;

/** Statuses that a devbox goes through again and again. */
const SUSPENDED_AND_RESUMED = ['suspending', 'suspended', 'resuming', 'running'] as const;

/** Rows of each list. Others may start runs by the dozen, so those of the newest benchmarks are asked for by themselves. */
const LOOKED_AT = 50;
const BENCHMARKS = 5;
const RUNS_OF_EACH = 3;
/** Runs whose scenario runs are counted, to find the one with most to come. */
const COUNTED = 6;

/** Reads as an anonymous caller: only for a gateway without authentication. Never rejects. */
export function createExamples({ authenticate, createContext, clock }: ExamplesOptions) {
  return async (): Promise<TabExamples> => {
    using deadline = startDeadline(clock, EXAMPLES_TIMEOUT_MS, {
      reason: () =>
        new GatewayError('UPSTREAM_TIMEOUT', 'The upstream did not answer with the examples in time'),
    });
    try {
      const caller = await authenticate({ authorization: null, waitingBytes: 0 });
      using context = createContext({ caller, signal: deadline.signal });
      const { loaders } = context;
      const [runs, jobs, ...devboxes] = await Promise.all([
        runExamples(loaders),
        rowsOf(loaders.benchmarkJobs.list({}, { first: LOOKED_AT })),
        ...SUSPENDED_AND_RESUMED.map((status) =>
          rowsOf(loaders.devboxes.list({ status }, { first: LOOKED_AT })),
        ),
      ]);
      return {
        compared: runs.compared,
        benchmark: runs.followed?.benchmarkId ?? null,
        followed: {
          benchmarkRun: runs.followed?.id ?? null,
          benchmarkJob: jobToFollow(jobs),
          devbox: devboxToFollow(devboxes.flat(), clock.now()),
        },
      };
    } catch (error) {
      if (error instanceof GatewayError) return NO_EXAMPLES;
      throw error;
    }
  };
}

interface RunExamples {
  readonly compared: TabExamples['compared'];
  readonly followed: Pick<BenchmarkRun, 'id' | 'benchmarkId'> | undefined;
}

async function runExamples(loaders: FilteredLoaders): Promise<RunExamples> {
  const benchmarks = await rowsOf(loaders.benchmarks.list({}, { first: BENCHMARKS }));
  const [completed, running] = await Promise.all(
    (['completed', 'running'] as const).map((state) => runsIn(state, loaders, benchmarks)),
  );
  // One of a benchmark has more to show than one of a few chosen scenarios.
  const ofBenchmarks = running?.filter(({ benchmarkId }) => benchmarkId !== null) ?? [];
  const candidates = await Promise.all(
    ofBenchmarks.slice(0, COUNTED).map((run) => toComeOf(run, loaders, benchmarks)),
  );
  const id = runToFollow(candidates);
  return {
    compared: comparableRuns(completed ?? []),
    followed: ofBenchmarks.find((run) => run.id === id) ?? running?.[0],
  };
}

/** Newest first: those of each benchmark, and those of none. */
async function runsIn(
  state: 'completed' | 'running',
  { benchmarkRuns }: FilteredLoaders,
  benchmarks: readonly Benchmark[],
): Promise<readonly BenchmarkRun[]> {
  const lists = [
    benchmarkRuns.list({ state }, { first: LOOKED_AT }),
    ...benchmarks.map(({ id }) => benchmarkRuns.list({ state, benchmarkId: id }, { first: RUNS_OF_EACH })),
  ];
  const rows = await Promise.all(lists.map(rowsOf));
  const runs = new Map(rows.flat().map((run) => [run.id, run]));
  return [...runs.values()].sort((one, other) => (other.startedAtMs ?? 0) - (one.startedAtMs ?? 0));
}

/** What its benchmark consists of, but for what has started. */
async function toComeOf(
  { id, benchmarkId }: BenchmarkRun,
  { benchmark, benchmarkRunScenarioRuns }: FilteredLoaders,
  benchmarks: readonly Benchmark[],
): Promise<RunToCome> {
  const known = benchmarks.find((one) => one.id === benchmarkId);
  const [of, started] = await Promise.all([
    known ?? (benchmarkId === null ? null : benchmark.load(benchmarkId)),
    benchmarkRunScenarioRuns.list({ benchmarkRunId: id }, { first: 0 }).totalCount(),
  ]);
  return { id, toCome: (of?.scenarioIds.length ?? 0) - (started ?? 0) };
}

async function rowsOf<T>(list: List<T>): Promise<readonly T[]> {
  const { rows } = await list.rows();
  return rows.flatMap((row) => (row instanceof GatewayError ? [] : [row]));
}
