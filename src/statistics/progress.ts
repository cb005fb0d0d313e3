/** `expectedOf`, `fractionOf`: how far a benchmark run has come, and whether anything about its figures can still change. */
import type { BenchmarkRun } from '../upstream/types.ts';
import type { RunSummary } from './run-summary.ts';

/**
 * How many scenario runs a benchmark run has in the end: as many as its benchmark has scenarios, or as were started where
 * those are more (scenarios that run more than once). `scenarioCount` is null when no benchmark says; then it is known
 * only of a run that is over. Null when nobody knows.
 */
export function expectedOf(
  run: Pick<BenchmarkRun, 'isTerminal'>,
  { started }: Pick<RunSummary, 'started'>,
  scenarioCount: number | null,
): number | null {
  if (scenarioCount !== null) return Math.max(scenarioCount, started);
  return run.isTerminal ? started : null;
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
 * Nothing about the summary will ever change: it can be kept. `readAtMs` is when its scenario runs were asked for; what
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
