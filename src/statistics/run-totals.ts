/** `createRunTotals`: the summary of a benchmark run and what it is measured against, worked out once for all who ask. */
import type { RunSummary } from './run-summary.ts';

export interface RunTotals {
  /** What all its scenario runs add up to. */
  summary(): RunSummary;
  /** How many scenarios its benchmark has; null when no benchmark says. Whoever asks first has it looked up by `load`. */
  scenarioCount(load: () => Promise<number | null>): Promise<number | null>;
}

/** `scenarioCount` is remembered in `memo` once somebody has found it out; a look-up that fails fails for its asker alone. */
export function createRunTotals(
  summarise: () => RunSummary,
  memo: ScenarioCountMemo = { value: undefined },
): RunTotals {
  let summary: RunSummary | undefined;
  return {
    summary: () => (summary ??= summarise()),
    scenarioCount: async (load) => {
      if (memo.value === undefined) memo.value = await load();
      return memo.value;
    },
  };
}

/** Undefined until it is known. Shared by all totals of the same benchmark run. */
export interface ScenarioCountMemo {
  value: number | null | undefined;
}
