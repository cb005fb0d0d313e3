/** `compare`: what became better and what worse from one benchmark run to another, scenario by scenario. */
import { meanOver } from './attempts.ts';
import { mcnemarExact } from './mcnemar.ts';
import type { Outcome } from '../upstream/types.ts';
import type { RunSummary, ScenarioResult } from './run-summary.ts';

/**
 * What attempts count as that errored: nothing, so that a comparison is of agents and not of infrastructure, or as
 * attempts that did not pass and scored 0.
 */
export type ErroredAttempts = 'exclude' | 'count_as_failed';

/**
 * - `regressed`: passed in the base, not in the head. `fixed`: the reverse. `unchanged`: passed in both or in neither,
 *   whatever the scores.
 * - `errored_in_base`, `errored_in_head`, `errored_in_both`: both runs have finished attempts at it, and there each of
 *   them errored. None when those count as failed.
 * - `only_in_base`, `only_in_head`: the other run has no finished attempt at it.
 */
export type ScenarioChange =
  | 'regressed'
  | 'fixed'
  | 'unchanged'
  | 'errored_in_base'
  | 'errored_in_head'
  | 'errored_in_both'
  | 'only_in_base'
  | 'only_in_head';

/** How a scenario went in one of the runs, by the attempts that count. */
export interface ComparedResult extends Omit<ScenarioResult, 'score'> {
  readonly outcome: Outcome;
  /** The mean over the attempts that count; null when none does. */
  readonly score: number | null;
}

export interface ComparedScenario {
  readonly scenarioId: string;
  readonly change: ScenarioChange;
  readonly base: ComparedResult | null;
  readonly head: ComparedResult | null;
  /** Score of the head less that of the base; null unless both have one. */
  readonly scoreDelta: number | null;
}

export interface Comparison {
  /** Those that changed first, and among equals those whose score changed most. */
  readonly scenarios: readonly ComparedScenario[];
  readonly counts: Readonly<Record<ScenarioChange, number>>;
  /** The mean of all score deltas; null when there is none. */
  readonly scoreDelta: number | null;
  /** Of the scenarios that have a result in both (see `mcnemarExact`); null when there are none. */
  readonly pValue: number | null;
}

const RANKS: Readonly<Record<ScenarioChange, number>> = {
  regressed: 0,
  fixed: 1,
  errored_in_head: 2,
  errored_in_base: 3,
  errored_in_both: 4,
  only_in_base: 5,
  only_in_head: 6,
  unchanged: 7,
};

export function compare(base: RunSummary, head: RunSummary, errored: ErroredAttempts): Comparison {
  const ids = new Set([...base.scenarios.keys(), ...head.scenarios.keys()]);
  const scenarios = Array.from(ids, (id) =>
    compareScenario(
      id,
      countedResult(base.scenarios.get(id), errored),
      countedResult(head.scenarios.get(id), errored),
    ),
  ).sort(inOrder);
  const counts: Record<ScenarioChange, number> = {
    regressed: 0,
    fixed: 0,
    unchanged: 0,
    errored_in_base: 0,
    errored_in_head: 0,
    errored_in_both: 0,
    only_in_base: 0,
    only_in_head: 0,
  };
  for (const { change } of scenarios) counts[change]++;
  const pairs = counts.regressed + counts.fixed + counts.unchanged;
  return {
    scenarios,
    counts,
    scoreDelta: meanOver(scenarios, ({ scoreDelta }) => scoreDelta),
    pValue: pairs === 0 ? null : mcnemarExact(counts.regressed, counts.fixed),
  };
}

/** A scenario that was run more than once passes when each attempt that counts did. */
function countedResult(result: ScenarioResult | undefined, mode: ErroredAttempts): ComparedResult | null {
  if (!result) return null;
  const { attempts, passed, errored } = result;
  const counted = mode === 'exclude' ? attempts - errored : attempts;
  const outcome = errored === attempts ? 'errored' : passed === counted ? 'passed' : 'failed';
  return { ...result, outcome, score: mode === 'exclude' ? result.scoredScore : result.score };
}

function compareScenario(
  scenarioId: string,
  base: ComparedResult | null,
  head: ComparedResult | null,
): ComparedScenario {
  if (!base || !head) {
    return { scenarioId, change: base ? 'only_in_base' : 'only_in_head', base, head, scoreDelta: null };
  }
  const scoreDelta = base.score === null || head.score === null ? null : head.score - base.score;
  return { scenarioId, change: changeOf(base, head), base, head, scoreDelta };
}

/** A result has a score as soon as one of its attempts counts. */
function changeOf(base: ComparedResult, head: ComparedResult): ScenarioChange {
  if (base.score === null) return head.score === null ? 'errored_in_both' : 'errored_in_base';
  if (head.score === null) return 'errored_in_head';
  const [before, after] = [base.outcome === 'passed', head.outcome === 'passed'];
  return before === after ? 'unchanged' : before ? 'regressed' : 'fixed';
}

function inOrder(a: ComparedScenario, b: ComparedScenario): number {
  return (
    RANKS[a.change] - RANKS[b.change] ||
    Math.abs(b.scoreDelta ?? 0) - Math.abs(a.scoreDelta ?? 0) ||
    (a.scenarioId < b.scenarioId ? -1 : 1)
  );
}
