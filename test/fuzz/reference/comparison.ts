/** Comparisons of the naive reference: every scenario of two benchmark runs, looked up in both. */
import type { World } from '../../../src/simulator/simulator.ts';
import { isOutcome, ratesOfRuns } from './attempts.ts';
import { meanOfKnown, mean, pValueOf, ranked } from './figures.ts';
import { isFinished, outcomeOf, scoreOf } from './runs.ts';
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

const CHANGES = [
  'UNCHANGED',
  'ONLY_IN_HEAD',
  'ONLY_IN_BASE',
  'ERRORED_IN_BOTH',
  'ERRORED_IN_BASE',
  'ERRORED_IN_HEAD',
  'FIXED',
  'REGRESSED',
];

export function compare({ base, head, errored }: Args, world: World): Thing {
  const [before, after] = [benchmarkRun(base, world), benchmarkRun(head, world)];
  const scenarios = compared([before, after], errored !== 'COUNT_AS_FAILED', world);
  const count = (change: string) => scenarios.filter((scenario) => scenario.change === change).length;
  const inBoth = scenarios.filter(({ scoreDelta }) => scoreDelta !== null);
  const broken = count('ERRORED_IN_BOTH');
  return record({
    base: before,
    head: after,
    regressed: count('REGRESSED'),
    fixed: count('FIXED'),
    unchanged: count('UNCHANGED'),
    erroredInBase: count('ERRORED_IN_BASE') + broken,
    erroredInHead: count('ERRORED_IN_HEAD') + broken,
    erroredInBoth: broken,
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

/** `isPure`: attempts that errored do not count. */
function compared(sidesOf: readonly Thing[], isPure: boolean, world: World) {
  const [base, head] = sidesOf.map(({ wire }) => runsIn(world, wire).filter(isFinished));
  const ids = [...new Set([...(base ?? []), ...(head ?? [])].map((run) => run['scenario_id'] as string))];
  const scenarios = ids.map((id) => {
    const [old, now] = [base, head].map((runs = []) => runs.filter((run) => run['scenario_id'] === id));
    const sides = { base: result(old ?? [], isPure), head: result(now ?? [], isPure) };
    const [before, after] = [sides.base?.score ?? null, sides.head?.score ?? null];
    const delta = before === null || after === null ? null : after - before;
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
function result(runs: readonly Wire[], isPure: boolean) {
  if (runs.length === 0) return null;
  const counted = runs.filter((run) => !isPure || outcomeOf(run) !== 'ERRORED');
  const passed = runs.filter(isOutcome('PASSED')).length;
  const errored = runs.filter(isOutcome('ERRORED')).length;
  return {
    attempts: runs.length,
    passed,
    errored,
    outcome: errored === runs.length ? 'ERRORED' : passed === counted.length ? 'PASSED' : 'FAILED',
    ...ratesOfRuns(runs),
    score: mean(counted.map((run) => scoreOf(run) ?? 0)),
    scenarioRuns: ({ first }: Args) =>
      runs.slice(0, howMany(first, { max: 100, usual: 10 })).map((run) => record(run, 'ScenarioRun')),
  };
}

function changeOf(base: ReturnType<typeof result>, head: ReturnType<typeof result>): string {
  if (!base) return 'ONLY_IN_HEAD';
  if (!head) return 'ONLY_IN_BASE';
  const [isOld, isNew] = [base, head].map(({ score }) => score === null);
  if (isOld === true) return isNew === true ? 'ERRORED_IN_BOTH' : 'ERRORED_IN_BASE';
  if (isNew === true) return 'ERRORED_IN_HEAD';
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
