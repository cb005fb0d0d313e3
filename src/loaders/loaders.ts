/** `createLoaders(session)`: the one set of loaders of an operation. A page that was read primes the look-ups by id. */
import DataLoader from 'dataloader';
import type {
  Benchmark,
  BenchmarkRun,
  Devbox,
  DevboxLog,
  DevboxUsage,
  Row,
  Scenario,
  ScenarioRun,
} from '../upstream/types.ts';
import type {
  BenchmarkRunScenarioRunsFilter,
  BenchmarkRunsFilter,
  BenchmarksFilter,
  DevboxesFilter,
  ScenarioRunsFilter,
  ScenariosFilter,
  UpstreamSession,
} from '../upstream/upstream.ts';
import { createEntityLoader, type EntityLoader, oneByOne } from './entity-loader.ts';
import { createListLoader, type ListLoader } from './list-loader.ts';

export interface Loaders {
  readonly scenarioRun: EntityLoader<ScenarioRun>;
  readonly scenarioRuns: ListLoader<ScenarioRunsFilter, ScenarioRun>;
  readonly benchmarkRun: EntityLoader<BenchmarkRun>;
  readonly benchmarkRuns: ListLoader<BenchmarkRunsFilter, BenchmarkRun>;
  /** The started scenario runs of one benchmark run. */
  readonly benchmarkRunScenarioRuns: ListLoader<
    BenchmarkRunScenarioRunsFilter & { readonly benchmarkRunId: string },
    ScenarioRun
  >;
  readonly benchmark: EntityLoader<Benchmark>;
  readonly benchmarks: ListLoader<BenchmarksFilter, Benchmark>;
  readonly scenario: EntityLoader<Scenario>;
  readonly scenarios: ListLoader<ScenariosFilter, Scenario>;
  /** The scenarios that one benchmark consists of. */
  readonly benchmarkScenarios: ListLoader<{ readonly benchmarkId: string }, Scenario>;
  readonly devbox: EntityLoader<Devbox>;
  readonly devboxes: ListLoader<DevboxesFilter, Devbox>;
  /** Null when there is no such devbox. */
  devboxUsage(devboxId: string): Promise<DevboxUsage | null>;
  /** Null when there is no such devbox. */
  devboxLogs(devboxId: string): Promise<readonly Row<DevboxLog>[] | null>;
}

export function createLoaders(session: UpstreamSession): Loaders {
  const scenarioRun = createEntityLoader(oneByOne((id) => session.scenarioRun(id)));
  const benchmarkRun = createEntityLoader(oneByOne((id) => session.benchmarkRun(id)));
  const benchmark = createEntityLoader(oneByOne((id) => session.benchmark(id)));
  const scenario = createEntityLoader(oneByOne((id) => session.scenario(id)));
  const devbox = createEntityLoader(oneByOne((id) => session.devbox(id)));
  const usage = new DataLoader<string, DevboxUsage | null>(oneByOne((id) => session.devboxUsage(id)));
  const logs = new DataLoader<string, readonly Row<DevboxLog>[] | null>(
    oneByOne((id) => session.devboxLogs(id, {})),
  );

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
      load: ({ benchmarkRunId, ...filter }, page) =>
        session.benchmarkRunScenarioRuns(benchmarkRunId, filter, page),
      onRow: scenarioRun.prime,
    }),
    benchmark,
    benchmarks: createListLoader({
      load: (filter, page) => session.benchmarks(filter, page),
      onRow: benchmark.prime,
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
    devboxLogs: (devboxId) => logs.load(devboxId),
  };
}
