/** `RunTotalsLoader`: what the scenario runs of benchmark runs add up to, each read once per operation, or never again when it is final. */
import { GatewayError } from '../errors.ts';
import { expectedOf, isFinal } from '../statistics/progress.ts';
import { createRunTotals, type RunTotals } from '../statistics/run-totals.ts';
import { summarise } from '../statistics/run-summary.ts';
import type { SummarisedRun } from '../statistics/standings.ts';
import type { Benchmark, BenchmarkRun, ScenarioRun } from '../upstream/types.ts';
import type { EntityLoader } from './entity-loader.ts';
import type { Origin } from './plan/planned-look-ups.ts';
import type { TotalsMemory } from './totals-memory.ts';
import type { WholeList, WholeListLoader } from './whole-list-loader.ts';

export interface RunTotalsLoader {
  /** What all scenario runs of this benchmark run add up to: one call for each 5,000 of them. */
  load(run: BenchmarkRun): Promise<RunTotals>;
  /** Begins to read what `load` needs, where only the id is known so far. Undefined when nothing has to be read. */
  start(benchmarkRunId: string): Promise<unknown> | undefined;
  /** The same of many benchmark runs, the first ones first: as many of them as are within the counting. */
  loadEach(runs: readonly BenchmarkRun[]): Promise<CountedRuns>;
  /** How many scenario runs it has in the end (see `expectedOf`): one call more, for its benchmark, unless `demand` says it. */
  expected(summarised: SummarisedRun): Promise<number | null>;
  /** How many benchmark runs are counted together. */
  readonly maxBenchmarkRuns: number;
  /** Primes the totals of a benchmark run that are known already, so that this operation sends no call for them. */
  prime(benchmarkRunId: string, totals: () => RunTotals): void;
}

export interface CountedRuns {
  readonly runs: readonly SummarisedRun[];
  /** Whether every scenario run of all of them is counted. */
  readonly isExhaustive: boolean;
}

/** How scenario runs are counted. */
export interface CountingOptions {
  /** Benchmark runs that are counted together. */
  readonly maxBenchmarkRuns: number;
  /** Scenario runs that are counted together; once they are reached, no further benchmark run is read. */
  readonly maxPooledScenarioRuns: number;
  /** What the account has counted of finished benchmark runs. */
  readonly memory: TotalsMemory;
  /** When the operation began, and so what is read in it is later, as Unix time in milliseconds. */
  readonly readAtMs: number;
  /** What has ended longer ago than this does not change any more, in milliseconds. */
  readonly settledAfterMs: number;
}

/** Lists that are read at once when many are: their rows are held until they are counted. */
export const MAX_CONCURRENT = 8;

export function createRunTotalsLoader(
  {
    scenarioRuns,
    benchmark,
  }: {
    readonly scenarioRuns: WholeListLoader<ScenarioRun>;
    readonly benchmark: EntityLoader<Benchmark, Origin>;
  },
  counting: CountingOptions,
): RunTotalsLoader {
  const { memory } = counting;
  const known = new Map<string, Promise<RunTotals>>();
  const primed = new Map<string, () => RunTotals>();

  async function read(run: BenchmarkRun, list: Promise<WholeList<ScenarioRun>>): Promise<RunTotals> {
    const { rows, isWhole } = await list;
    const readable = rows.filter((row): row is ScenarioRun => !(row instanceof GatewayError));
    const isExhaustive = isWhole && readable.length === rows.length;
    const summary = summarise(readable, { isExhaustive });
    const totals = createRunTotals(() => summary);
    if (isFinal(run, summary, counting)) memory.set(run.id, totals);
    return totals;
  }

  function once(
    run: BenchmarkRun,
    list: (id: string) => Promise<WholeList<ScenarioRun>>,
  ): Promise<RunTotals> {
    const earlier = known.get(run.id);
    if (earlier) return earlier;
    const cached = primed.get(run.id)?.() ?? memory.get(run.id);
    const totals = cached ? Promise.resolve(cached) : read(run, list(run.id));
    known.set(run.id, totals);
    return totals;
  }

  const load = (run: BenchmarkRun) => once(run, (id) => scenarioRuns.load(id));

  return {
    load,
    start: (id) =>
      known.has(id) || primed.has(id) || memory.get(id) !== undefined ? undefined : scenarioRuns.load(id),
    async loadEach(runs) {
      const counted: SummarisedRun[] = [];
      let scenarioRunsCounted = 0;
      while (
        counted.length < Math.min(runs.length, counting.maxBenchmarkRuns) &&
        scenarioRunsCounted < counting.maxPooledScenarioRuns
      ) {
        const next = runs.slice(
          counted.length,
          Math.min(counted.length + MAX_CONCURRENT, counting.maxBenchmarkRuns),
        );
        const counts = await Promise.all(
          next.map(async (run) => ({
            run,
            summary: (await once(run, (id) => scenarioRuns.loadUncached(id))).summary(),
          })),
        );
        for (const count of counts) scenarioRunsCounted += count.summary.started;
        counted.push(...counts);
      }
      const isEachWhole = counted.every(({ summary }) => summary.isExhaustive);
      return { runs: counted, isExhaustive: isEachWhole && counted.length === runs.length };
    },
    async expected({ run, summary, demand }) {
      const { scenarioCount: demanded = null, retries = 0 } = demand ?? {};
      if (demanded !== null) return expectedOf(run, summary, { scenarioCount: demanded, retries });
      const totals = await load(run);
      const { benchmarkId } = run;
      const scenarioCount = await totals.scenarioCount(async () =>
        benchmarkId === null ? null : ((await benchmark.load(benchmarkId))?.scenarioIds.length ?? null),
      );
      return expectedOf(run, summary, { scenarioCount, retries });
    },
    maxBenchmarkRuns: counting.maxBenchmarkRuns,
    prime: (benchmarkRunId, totals) => {
      primed.set(benchmarkRunId, totals);
    },
  };
}
