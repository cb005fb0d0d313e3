/** Comparisons of the naive reference: every scenario of two benchmark runs, looked up in both. */
import type { World } from '../../../src/simulator/simulator.ts';
import { isOutcome } from './attempts.ts';
import { meanOfKnown, mean, pValueOf, ranked } from './figures.ts';
import { isFinished, scoreOf } from './runs.ts';
import { isComplete, runsIn } from './statistics.ts';
import {
  type Args,
  checkId,
  find,
  howMany,
  isAbsent,
  record,
  refuse,
  type Thing,
  type Wire,
} from './thing.ts';

const CHANGES = ['UNCHANGED', 'ONLY_IN_HEAD', 'ONLY_IN_BASE', 'FIXED', 'REGRESSED'];

export function compare({ base, head }: Args, world: World): Thing {
  const [before, after] = [benchmarkRun(base, world), benchmarkRun(head, world)];
  const scenarios = compared(before, after, world);
  const count = (change: string) => scenarios.filter((scenario) => scenario.change === change).length;
  const inBoth = scenarios.filter(({ scoreDelta }) => scoreDelta !== null);
  return record({
    base: before,
    head: after,
    regressed: count('REGRESSED'),
    fixed: count('FIXED'),
    unchanged: count('UNCHANGED'),
    onlyInBase: count('ONLY_IN_BASE'),
    onlyInHead: count('ONLY_IN_HEAD'),
    scoreDelta: meanOfKnown(scenarios.map(({ scoreDelta }) => scoreDelta)),
    pValue: inBoth.length === 0 ? null : pValueOf(count('REGRESSED'), count('FIXED')),
    isExhaustive: true,
    isComplete: () => [before, after].every(({ wire }) => isComplete(wire, world)),
    scenarios: (args: Args) => page(scenarios, args).map((scenario) => record(scenario)),
  });
}

function benchmarkRun(id: unknown, world: World): Thing {
  const run = find(world, checkId(id));
  return run?.kind === 'BenchmarkRun' ? run : refuse();
}

function compared(before: Thing, after: Thing, world: World) {
  const [base, head] = [before, after].map(({ wire }) => runsIn(world, wire).filter(isFinished));
  const ids = [...new Set([...(base ?? []), ...(head ?? [])].map((run) => run['scenario_id'] as string))];
  const scenarios = ids.map((id) => {
    const [old, now] = [base, head].map((runs = []) => runs.filter((run) => run['scenario_id'] === id));
    const sides = { base: result(old ?? []), head: result(now ?? []) };
    const delta = sides.base && sides.head && sides.head.score - sides.base.score;
    return {
      id,
      change: changeOf(sides.base, sides.head),
      base: sides.base && record(sides.base),
      head: sides.head && record(sides.head),
      scoreDelta: delta,
      scenario: () => find(world, id),
    };
  });
  return ranked(
    scenarios,
    ({ change, scoreDelta }) => [CHANGES.indexOf(change), Math.abs(scoreDelta ?? 0)],
    ({ id }) => id,
  );
}

/** The attempts at one scenario in one benchmark run; null when there are none. */
function result(runs: readonly Wire[]) {
  if (runs.length === 0) return null;
  const passed = runs.filter(isOutcome('PASSED')).length;
  const errored = runs.filter(isOutcome('ERRORED')).length;
  return {
    attempts: runs.length,
    passed,
    errored,
    outcome: passed === runs.length ? 'PASSED' : errored === runs.length ? 'ERRORED' : 'FAILED',
    score: mean(runs.map((run) => scoreOf(run) ?? 0)) ?? 0,
    scenarioRuns: ({ first }: Args) =>
      runs.slice(0, howMany(first, { max: 100, usual: 10 })).map((run) => record(run, 'ScenarioRun')),
  };
}

function changeOf(base: ReturnType<typeof result>, head: ReturnType<typeof result>): string {
  if (!base) return 'ONLY_IN_HEAD';
  if (!head) return 'ONLY_IN_BASE';
  const [before, after] = [base, head].map(({ outcome }) => outcome === 'PASSED');
  return before === after ? 'UNCHANGED' : after === true ? 'FIXED' : 'REGRESSED';
}

function page<T extends { readonly id: string; readonly change: string }>(
  scenarios: readonly T[],
  { first, after, change }: Args,
): readonly T[] {
  const most = howMany(first, { max: 500, usual: 100 });
  const wanted = scenarios.filter((each) => isAbsent(change) || (change as string[]).includes(each.change));
  if (isAbsent(after)) return wanted.slice(0, most);
  const place = wanted.findIndex(({ id }) => id === after);
  return place === -1 ? refuse() : wanted.slice(place + 1).slice(0, most);
}
