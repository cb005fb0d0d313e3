/** `RunTotalsLoader`: what the scenario runs of benchmark runs add up to, each read once per operation, or never again when it is final. */
import { GatewayError } from '../errors.ts';
import { expectedOf, isFinal } from '../statistics/progress.ts';
import { createRunTotals, type RunTotals } from '../statistics/run-totals.ts';
import { summarise } from '../statistics/run-summary.ts';
import type { Benchmark, BenchmarkRun, ScenarioRun } from '../upstream/types.ts';
import type { EntityLoader } from './entity-loader.ts';
import type { TotalsMemory } from './totals-memory.ts';
import type { WholeListLoader } from './whole-list-loader.ts';

export interface RunTotalsLoader {
  /** What all scenario runs of this benchmark run add up to: one call for each 5,000 of them. */
  load(run: BenchmarkRun): Promise<RunTotals>;
  /** How many scenario runs it has in the end (see `expectedOf`): one call more, for its benchmark. */
  expected(run: BenchmarkRun): Promise<number | null>;
  /** Hands over what somebody else knows of a benchmark run, so that this operation asks for nothing. */
  prime(benchmarkRunId: string, totals: RunTotals): void;
}

export function createRunTotalsLoader(options: {
  readonly scenarioRuns: WholeListLoader<ScenarioRun>;
  readonly benchmark: EntityLoader<Benchmark>;
  readonly memory: TotalsMemory;
}): RunTotalsLoader {
  const { scenarioRuns, benchmark, memory } = options;
  const known = new Map<string, Promise<RunTotals>>();

  async function read(run: BenchmarkRun): Promise<RunTotals> {
    const { rows, isWhole } = await scenarioRuns.load(run.id);
    const readable = rows.filter((row): row is ScenarioRun => !(row instanceof GatewayError));
    const isExhaustive = isWhole && readable.length === rows.length;
    const summary = summarise(readable, { isExhaustive });
    const totals = createRunTotals(() => summary);
    if (isFinal(run, summary)) memory.keep(run.id, totals);
    return totals;
  }

  function load(run: BenchmarkRun): Promise<RunTotals> {
    const earlier = known.get(run.id);
    if (earlier) return earlier;
    const kept = memory.get(run.id);
    const totals = kept ? Promise.resolve(kept) : read(run);
    known.set(run.id, totals);
    return totals;
  }

  return {
    load,
    async expected(run) {
      const totals = await load(run);
      const { benchmarkId } = run;
      const scenarioCount = await totals.scenarioCount(async () =>
        benchmarkId === null ? null : ((await benchmark.load(benchmarkId))?.scenarioIds.length ?? null),
      );
      return expectedOf(run, totals.summary(), scenarioCount);
    },
    prime: (benchmarkRunId, totals) => {
      known.set(benchmarkRunId, Promise.resolve(totals));
    },
  };
}
