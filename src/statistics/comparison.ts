/** `compare`: what became better and what worse from one benchmark run to another, scenario by scenario. */
import { meanOver } from './attempts.ts';
import { mcnemarExact } from './mcnemar.ts';
import type { RunSummary, ScenarioResult } from './run-summary.ts';

/**
 * - `regressed`: passed in the base, not in the head. `fixed`: the reverse. `unchanged`: passed in both or in neither,
 *   whatever the scores.
 * - `only_in_base`, `only_in_head`: the other run has no finished attempt at it.
 */
export type ScenarioChange = 'regressed' | 'fixed' | 'unchanged' | 'only_in_base' | 'only_in_head';

export interface ComparedScenario {
  readonly scenarioId: string;
  readonly change: ScenarioChange;
  readonly base: ScenarioResult | null;
  readonly head: ScenarioResult | null;
  /** Score of the head less that of the base; null unless both have one. */
  readonly scoreDelta: number | null;
}

export interface Comparison {
  /** Those that changed first, and among equals those whose score moved most. */
  readonly scenarios: readonly ComparedScenario[];
  readonly counts: Readonly<Record<ScenarioChange, number>>;
  /** The mean of all score deltas; null when no scenario is in both. */
  readonly scoreDelta: number | null;
  /** Of the scenarios that are in both (see `mcnemarExact`); null when there are none. */
  readonly pValue: number | null;
}

const RANKS: Readonly<Record<ScenarioChange, number>> = {
  regressed: 0,
  fixed: 1,
  only_in_base: 2,
  only_in_head: 3,
  unchanged: 4,
};

export function compare(base: RunSummary, head: RunSummary): Comparison {
  const ids = new Set([...base.scenarios.keys(), ...head.scenarios.keys()]);
  const scenarios = Array.from(ids, (id) =>
    compareScenario(id, base.scenarios.get(id) ?? null, head.scenarios.get(id) ?? null),
  ).sort(inOrder);
  const counts = { regressed: 0, fixed: 0, unchanged: 0, only_in_base: 0, only_in_head: 0 };
  for (const { change } of scenarios) counts[change]++;
  const pairs = counts.regressed + counts.fixed + counts.unchanged;
  return {
    scenarios,
    counts,
    scoreDelta: meanOver(scenarios, ({ scoreDelta }) => scoreDelta),
    pValue: pairs === 0 ? null : mcnemarExact(counts.regressed, counts.fixed),
  };
}

/** A scenario that was run more than once passes when each attempt did, which is when its mean score is exactly 1. */
export function hasPassed({ passed, attempts }: ScenarioResult): boolean {
  return passed === attempts;
}

function compareScenario(
  scenarioId: string,
  base: ScenarioResult | null,
  head: ScenarioResult | null,
): ComparedScenario {
  if (!base || !head) {
    return { scenarioId, change: base ? 'only_in_base' : 'only_in_head', base, head, scoreDelta: null };
  }
  const [before, after] = [hasPassed(base), hasPassed(head)];
  const change = before === after ? 'unchanged' : before ? 'regressed' : 'fixed';
  return { scenarioId, change, base, head, scoreDelta: head.score - base.score };
}

function inOrder(a: ComparedScenario, b: ComparedScenario): number {
  return (
    RANKS[a.change] - RANKS[b.change] ||
    Math.abs(b.scoreDelta ?? 0) - Math.abs(a.scoreDelta ?? 0) ||
    (a.scenarioId < b.scenarioId ? -1 : 1)
  );
}
