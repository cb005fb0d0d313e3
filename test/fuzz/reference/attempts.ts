/** Attempts of the naive reference: what finished scenario runs say about the scenarios that they are runs of. */
import type { World } from '../../../src/simulator/simulator.ts';
import {
  flakeRate,
  grouped,
  mean,
  meanOfKnown,
  passAtK,
  passHatK,
  percentile,
  proportion,
  ranked,
} from './figures.ts';
import { filtered } from './lists.ts';
import { isFinished, outcomeOf, scoreOf } from './runs.ts';
import { type Args, find, howMany, record, refuse, span, type Thing, type Wire } from './thing.ts';

const kOf = ({ k }: Args) => (typeof k === 'number' ? howMany(k, { max: 1_000, usual: 1 }) : refuse());

const triesOf = (runs: readonly Wire[]) => ({
  n: runs.length,
  c: runs.filter((run) => outcomeOf(run) === 'PASSED').length,
});

export const isOutcome = (wanted: string) => (run: Wire) => outcomeOf(run) === wanted;

const scenarioOf = (run: Wire) => run['scenario_id'] as string;

export const knownScores = (runs: readonly Wire[]) => runs.map(scoreOf).filter((score) => score !== null);

/** `finished` are all finished scenario runs that count. */
export function attempts(finished: readonly Wire[], world: World): Thing {
  const errored = (runs: readonly Wire[]) => runs.filter(isOutcome('ERRORED')).length;
  const scenarios = grouped(finished, scenarioOf).map(([id, runs]) => ({ id, runs, ...triesOf(runs) }));
  const flaky = scenarios
    .map((scenario) => ({ ...scenario, rate: flakeRate(scenario) ?? 0 }))
    .filter(({ rate }) => rate > 0);
  return record({
    total: finished.length,
    passed: triesOf(finished).c,
    errored: errored(finished),
    ...ratesOfRuns(finished),
    scenarios: (args: Args) => {
      const least = howMany(args['attempts'], { max: 1_000, usual: 1 });
      return scenarios.filter(({ n }) => n >= least).length;
    },
    passAtK: (args: Args) => {
      const k = kOf(args);
      return meanOfKnown(scenarios.map((tries) => passAtK(tries, k)));
    },
    passHatK: (args: Args) => {
      const k = kOf(args);
      return meanOfKnown(scenarios.map((tries) => passHatK(tries, k)));
    },
    flakeRate: () => meanOfKnown(scenarios.map(flakeRate)),
    flaky: ({ first }: Args) => {
      const most = howMany(first, { max: 100, usual: 20 });
      return ranked(
        flaky,
        ({ rate }) => [rate],
        ({ id }) => id,
      )
        .slice(0, most)
        .map(({ id, runs, n, c, rate }) =>
          record({
            attempts: n,
            passed: c,
            errored: errored(runs),
            ...ratesOfRuns(runs),
            flakeRate: rate,
            scenario: () => find(world, id),
          }),
        );
    },
  });
}

/** How long things took; null of nothing. */
export function durations(runs: readonly Wire[]): Thing | null {
  const known = runs
    .map(({ duration_ms: took }) => span(took))
    .filter((took): took is number => took !== null);
  if (known.length === 0) return null;
  return record({ p50: percentile(known, 0.5), p90: percentile(known, 0.9), max: Math.max(...known) });
}

/** What has passed of everything and of what was scored, and how much that is. */
export function rates(all: number, { scored, passed }: { readonly scored: number; readonly passed: number }) {
  const share = (part: number, whole: number) => {
    const interval = proportion(part, whole);
    return interval && record({ ...interval });
  };
  return {
    scored,
    passRate: share(passed, all),
    scoredPassRate: share(passed, scored),
    coverage: share(scored, all),
  };
}

export function ratesOfRuns(finished: readonly Wire[]) {
  const count = (outcome: string) => finished.filter(isOutcome(outcome)).length;
  return rates(finished.length, { scored: count('PASSED') + count('FAILED'), passed: count('PASSED') });
}

/** The latest runs of a scenario. */
export function history(scenario: Wire, args: Args, world: World): Thing {
  const last = howMany(args['last'], { max: 1_000, usual: 100 });
  const { rows, isAll } = newest(world, 'scenarioRuns', {
    args,
    last,
    only: { scenario_id: scenario['id'] },
  });
  const finished = rows.filter(isFinished);
  const tries = triesOf(finished);
  return record({
    sampleSize: finished.length,
    passed: tries.c,
    failed: finished.filter(isOutcome('FAILED')).length,
    errored: finished.filter(isOutcome('ERRORED')).length,
    outcomes: finished.map(outcomeOf),
    ...ratesOfRuns(finished),
    meanScore: mean(knownScores(finished)),
    duration: durations(finished),
    passAtK: (given: Args) => passAtK(tries, kOf(given)),
    passHatK: (given: Args) => passHatK(tries, kOf(given)),
    flakeRate: flakeRate(tries),
    isExhaustive: isAll,
  });
}

/** The newest so many rows that meet the filter argument and have what `only` says, and whether these are all. */
export function newest(
  world: World,
  collection: 'scenarioRuns' | 'benchmarkRuns',
  { args, last, only }: { readonly args: Args; readonly last: number; readonly only: Wire },
): { readonly rows: readonly Wire[]; readonly isAll: boolean } {
  const isOwn = (wire: Wire) => Object.entries(only).every(([name, value]) => wire[name] === value);
  const all = filtered(world, collection, args, isOwn).all();
  return { rows: all.slice(0, last).map(({ wire }) => wire), isAll: all.length <= last };
}
