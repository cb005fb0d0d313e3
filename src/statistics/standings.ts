/** `poolRuns`, `standingsOf`: what several benchmark runs say together, and how groups of them rank. */
import type { BenchmarkRun } from '../upstream/types.ts';
import type { CountedAttempts } from './attempts.ts';
import type { Demand } from './progress.ts';
import type { RunSummary } from './run-summary.ts';

/** A benchmark run, and what its scenario runs add up to. */
export interface SummarisedRun {
  readonly run: BenchmarkRun;
  readonly summary: RunSummary;
  /** What is asked of it, where a job says; otherwise its benchmark does. */
  readonly demand?: Demand;
}

/** Several benchmark runs taken together, each scenario run counting the same. */
export interface PooledRuns {
  readonly runs: number;
  readonly finished: number;
  readonly passed: number;
  readonly errored: number;
  /** Null when no finished scenario run has a score. */
  readonly meanScore: number | null;
  /** How long the benchmark runs took that have ended, together, in milliseconds; null when none has. */
  readonly totalDurationMs: number | null;
  /** The attempts at each scenario, over all runs. */
  readonly scenarios: ReadonlyMap<string, CountedAttempts>;
}

export function poolRuns(runs: readonly SummarisedRun[]): PooledRuns {
  const scenarios = new Map<string, { attempts: number; passed: number; errored: number }>();
  let [finished, passed, errored, scores, scored] = [0, 0, 0, 0, 0];
  let totalDurationMs: number | null = null;
  for (const { run, summary } of runs) {
    finished += summary.finished;
    passed += summary.passed;
    errored += summary.errored;
    scored += summary.scores.length;
    for (const score of summary.scores) scores += score;
    if (run.durationMs !== null) totalDurationMs = (totalDurationMs ?? 0) + run.durationMs;
    for (const [id, { attempts, passed, errored }] of summary.scenarios) {
      const pooled = scenarios.get(id);
      if (pooled) {
        pooled.attempts += attempts;
        pooled.passed += passed;
        pooled.errored += errored;
      } else {
        scenarios.set(id, { attempts, passed, errored });
      }
    }
  }
  const meanScore = scored === 0 ? null : scores / scored;
  return { runs: runs.length, finished, passed, errored, meanScore, totalDurationMs, scenarios };
}

export interface Standing {
  /** What the runs have under the key. */
  readonly value: string;
  readonly pool: PooledRuns;
}

export interface Standings {
  /** The highest share of passed scenario runs first, then the highest mean score. */
  readonly rows: readonly Standing[];
  /** Runs that have nothing under the key, and are in no row. */
  readonly runsWithout: number;
}

/** Groups runs by what their metadata has under `key`. */
export function standingsOf(runs: readonly SummarisedRun[], key: string): Standings {
  const groups = new Map<string, SummarisedRun[]>();
  let runsWithout = 0;
  for (const summarised of runs) {
    const entry = summarised.run.metadata.find((pair) => pair.key === key);
    if (!entry) {
      runsWithout++;
      continue;
    }
    const group = groups.get(entry.value);
    if (group) group.push(summarised);
    else groups.set(entry.value, [summarised]);
  }
  const rows = Array.from(groups, ([value, group]) => ({ value, pool: poolRuns(group) }));
  return { rows: rows.sort(inOrder), runsWithout };
}

/** A group of which nothing is finished yet ranks last. */
function inOrder(a: Standing, b: Standing): number {
  return (
    shareOf(b.pool) - shareOf(a.pool) ||
    (b.pool.meanScore ?? -1) - (a.pool.meanScore ?? -1) ||
    (a.value < b.value ? -1 : 1)
  );
}

function shareOf({ passed, finished }: PooledRuns): number {
  return finished === 0 ? -1 : passed / finished;
}
