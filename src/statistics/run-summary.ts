/** `summarise`: what all scenario runs of a benchmark run add up to, in one pass, small enough to be cached. */
import type { ScenarioRun } from '../upstream/types.ts';
import type { CountedAttempts } from './attempts.ts';
import { type Failure, failureOf } from './failure.ts';

/** Finished means terminal or scored, and passed a score of exactly 1, as in every official view of the upstream. */
export interface RunSummary {
  /** All scenario runs that there are. */
  readonly started: number;
  readonly running: number;
  readonly scoring: number;
  /** `passed + failed + errored`. */
  readonly finished: number;
  readonly passed: number;
  readonly failed: number;
  readonly errored: number;
  /** How many are terminal: nothing of them changes any more. */
  readonly terminal: number;
  /** When the last of them ended, as Unix time in milliseconds; null when none says so. */
  readonly lastEndedAtMs: number | null;
  /** Of the finished ones that have one, ascending. */
  readonly scores: Float64Array;
  /** Of the finished ones that have one, ascending, in milliseconds. */
  readonly durationsMs: Float64Array;
  /** Each scoring function of the finished ones, those with most results first. */
  readonly scorers: readonly ScorerSummary[];
  /** Why those that did not pass did not, the most frequent reason first. Their runs add up to `failed + errored`. */
  readonly failures: readonly FailureGroup[];
  /** The finished ones by scenario. */
  readonly scenarios: ReadonlyMap<string, ScenarioResult>;
  /** Scenarios none of whose runs is finished. */
  readonly unfinishedScenarios: number;
  /** Every scenario run that was started is in it: none was beyond the bound, or unreadable. */
  readonly isExhaustive: boolean;
}

export interface ScorerSummary {
  readonly name: string;
  readonly results: number;
  /** Results with the full score whose function did not break. */
  readonly passed: number;
  /** Results whose function broke: their score is none, whatever it says. */
  readonly errors: number;
  /** Over the results whose function did not break; null when each did. */
  readonly meanScore: number | null;
}

export interface FailureGroup extends Failure {
  readonly runs: number;
  /** Some of them. */
  readonly examples: readonly string[];
}

/** How a scenario went in a benchmark run. */
export interface ScenarioResult extends CountedAttempts {
  /** Attempts that failed or timed out: those that a job may make again. Canceled ones are not. */
  readonly broken: number;
  /** Whether there is an attempt that is not finished. */
  readonly goesOn: boolean;
  /** The mean over all attempts, one without a score counting 0, as in the score of a benchmark run. */
  readonly score: number;
  /** The mean over the attempts that did not error; null when each did. */
  readonly scoredScore: number | null;
  /** The attempts themselves. */
  readonly runIds: readonly string[];
}

/** How many runs a group of failures names. */
const MAX_EXAMPLES = 10;

export function summarise(
  runs: Iterable<ScenarioRun>,
  { isExhaustive }: { readonly isExhaustive: boolean },
): RunSummary {
  const counts = { started: 0, running: 0, scoring: 0, finished: 0, terminal: 0 };
  const outcomes = { passed: 0, failed: 0, errored: 0 };
  const scores: number[] = [];
  const durations: number[] = [];
  const scorers = new Map<string, { results: number; passed: number; errors: number; sum: number }>();
  const failures = new Map<string, { readonly failure: Failure; runs: number; examples: string[] }>();
  const scenarios = new Map<string, Mutable<ScenarioResult> & { runIds: string[] }>();
  const unfinished = new Set<string>();
  let lastEndedAtMs: number | null = null;

  for (const run of runs) {
    counts.started++;
    if (run.state === 'running' || run.state === 'scoring') counts[run.state]++;
    if (run.isTerminal) counts.terminal++;
    if (run.endedAtMs !== null) lastEndedAtMs = Math.max(run.endedAtMs, lastEndedAtMs ?? 0);
    if (run.outcome === null) {
      unfinished.add(run.scenarioId);
      continue;
    }
    counts.finished++;
    outcomes[run.outcome]++;
    if (run.scoringResult) scores.push(run.scoringResult.score);
    if (run.durationMs !== null) durations.push(run.durationMs);

    for (const { name, score, state } of run.scoringResult?.functionResults ?? []) {
      const scorer = entry(scorers, name, () => ({ results: 0, passed: 0, errors: 0, sum: 0 }));
      scorer.results++;
      if (state === 'error') {
        scorer.errors++;
        continue;
      }
      scorer.sum += score;
      if (score === 1) scorer.passed++;
    }

    const failure = failureOf(run);
    if (failure) {
      const key = `${failure.reason} ${failure.scorer ?? ''}`;
      const group = entry(failures, key, () => ({ failure, runs: 0, examples: [] as string[] }));
      group.runs++;
      if (group.examples.length < MAX_EXAMPLES) group.examples.push(run.id);
    }

    const scenario = entry(scenarios, run.scenarioId, () => ({
      attempts: 0,
      passed: 0,
      errored: 0,
      broken: 0,
      goesOn: false,
      score: 0,
      scoredScore: null,
      runIds: [] as string[],
    }));
    const score = run.scoringResult?.score ?? 0;
    scenario.attempts++;
    if (run.outcome === 'passed') scenario.passed++;
    if (run.outcome === 'errored') scenario.errored++;
    else scenario.scoredScore = (scenario.scoredScore ?? 0) + score;
    if (run.state === 'failed' || run.state === 'timeout') scenario.broken++;
    // The sums until all are counted.
    scenario.score += score;
    scenario.runIds.push(run.id);
  }

  for (const [id, scenario] of scenarios) {
    scenario.score /= scenario.attempts;
    if (scenario.scoredScore !== null) scenario.scoredScore /= scenario.attempts - scenario.errored;
    scenario.goesOn = unfinished.delete(id);
  }
  return {
    ...counts,
    ...outcomes,
    lastEndedAtMs,
    scores: Float64Array.from(scores).sort(),
    durationsMs: Float64Array.from(durations).sort(),
    scorers: Array.from(scorers, ([name, { results, passed, errors, sum }]) => ({
      name,
      results,
      passed,
      errors,
      meanScore: results === errors ? null : sum / (results - errors),
    })).sort((a, b) => b.results - a.results || byText(a.name, b.name)),
    failures: Array.from(failures.values(), ({ failure, ...group }) => ({ ...failure, ...group })).sort(
      (a, b) => b.runs - a.runs || byText(a.reason, b.reason) || byText(a.scorer ?? '', b.scorer ?? ''),
    ),
    scenarios,
    unfinishedScenarios: unfinished.size,
    isExhaustive,
  };
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

function entry<Key, T>(map: Map<Key, T>, key: Key, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** The same order on every machine, whatever its language. */
function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Null when there is no value. */
export function meanOf(values: Float64Array): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
