/** `expectedOf`, `fractionOf`: how far a benchmark run has come, and whether anything about its figures can still change. */
import type { BenchmarkRun } from '../upstream/types.ts';
import type { RunSummary } from './run-summary.ts';

/** What a benchmark run is asked for. */
export interface Demand {
  /** How many scenarios it works on; null when nobody says. */
  readonly scenarioCount: number | null;
  /** How often a scenario is tried again that failed or timed out. */
  readonly retries: number;
}

type Counted = Pick<RunSummary, 'started' | 'scenarios' | 'unfinishedScenarios'>;

/**
 * How many scenario runs a benchmark run has in the end, as far as anybody can know now: those that were started, one for
 * each scenario that was not, and the next attempt at each scenario that is still to be tried again. Of a run that is over
 * nothing is tried again. Null when nobody says how many scenarios there are, and it goes on.
 */
export function expectedOf(
  run: Pick<BenchmarkRun, 'isTerminal'>,
  summary: Counted,
  { scenarioCount, retries }: Demand,
): number | null {
  const { started, scenarios, unfinishedScenarios } = summary;
  if (scenarioCount === null) return run.isTerminal ? started : null;
  // A scenario that runs more than once does not stand for one that has not run.
  const untouched = Math.max(0, scenarioCount - scenarios.size - unfinishedScenarios);
  return started + untouched + (run.isTerminal ? 0 : owedRetries(summary, retries));
}

/** A scenario is tried again, one attempt after the other, when each attempt so far failed or timed out. */
function owedRetries({ scenarios }: Pick<RunSummary, 'scenarios'>, retries: number): number {
  let owed = 0;
  if (retries > 0)
    for (const { attempts, broken, goesOn } of scenarios.values())
      if (!goesOn && broken === attempts && attempts <= retries) owed++;
  return owed;
}

/** `finished / expected`; null when nobody knows what is expected, or it is nothing. */
export function fractionOf(
  { finished }: Pick<RunSummary, 'finished'>,
  expected: number | null,
): number | null {
  return expected === null || expected === 0 ? null : finished / expected;
}

/** Every scenario run that there is, and will be, is finished and counted. */
export function isCompleteWith(
  run: Pick<BenchmarkRun, 'isTerminal'>,
  { isExhaustive, started, finished }: RunSummary,
  expected: number | null,
): boolean {
  const hasAll = run.isTerminal || (expected !== null && started >= expected);
  return isExhaustive && finished === started && hasAll;
}

/**
 * Nothing about the summary will ever change: it can be cached. `readAtMs` is when its scenario runs were asked for; what
 * has ended less than `settledAfterMs` before may still be being written down.
 */
export function isFinal(
  run: Pick<BenchmarkRun, 'isTerminal' | 'endedAtMs'>,
  { isExhaustive, started, terminal, lastEndedAtMs }: RunSummary,
  { readAtMs, settledAfterMs }: { readonly readAtMs: number; readonly settledAfterMs: number },
): boolean {
  const endedAtMs = Math.max(run.endedAtMs ?? Infinity, lastEndedAtMs ?? 0);
  return run.isTerminal && isExhaustive && terminal === started && readAtMs - endedAtMs > settledAfterMs;
}
