/** Statistics of the naive reference: what the scenario runs of benchmark runs add up to, counted anew for each who asks. */
import type { World } from '../../../src/simulator/simulator.ts';
import { attempts, durations, isOutcome, knownScores, newest, rates, ratesOfRuns } from './attempts.ts';
import { grouped, histogram, mean, ranked } from './figures.ts';
import { hasEnded, isFinished, outcomeOf, scoreOf } from './runs.ts';
import {
  type Args,
  find,
  howMany,
  listIn,
  objectIn,
  record,
  rowsOf,
  type Thing,
  type Wire,
  word,
} from './thing.ts';

const MANY = { max: 100, usual: 20 };

export const runsIn = (world: World, benchmarkRun: Wire) =>
  rowsOf(world, 'scenarioRuns').filter((run) => run['benchmark_run_id'] === benchmarkRun['id']);

export const isOver = (benchmarkRun: Wire) => benchmarkRun['state'] !== 'running';

/** What a job asks of a benchmark run: how many scenarios, unless it does not say, and how many further attempts. */
export interface Asked {
  readonly scenarios: number | undefined;
  readonly retries: number;
}

/** How many scenario runs there are in the end, as far as is known now; null when nobody knows. */
function expected(benchmarkRun: Wire, world: World, asked?: Asked): number | null {
  const runs = runsIn(world, benchmarkRun);
  const benchmark = find(world, benchmarkRun['benchmark_id'])?.wire;
  const planned = asked?.scenarios ?? (benchmark && listIn(benchmark, 'scenarioIds').length);
  if (planned === undefined) return isOver(benchmarkRun) ? runs.length : null;
  const scenarios = grouped(runs, (run) => run['scenario_id'] as string);
  const isOwed = (tries: readonly Wire[]) =>
    tries.length <= (asked?.retries ?? 0) &&
    tries.every(({ state }) => state === 'failed' || state === 'timeout');
  const owed = isOver(benchmarkRun) ? 0 : scenarios.filter(([, tries]) => isOwed(tries)).length;
  return runs.length + Math.max(0, planned - scenarios.length) + owed;
}

export function progress(benchmarkRun: Wire, world: World, asked?: Asked): Thing {
  const runs = runsIn(world, benchmarkRun);
  const inState = (state: string) => runs.filter((run) => run['state'] === state).length;
  const finished = runs.filter(isFinished).length;
  const all = expected(benchmarkRun, world, asked);
  return record({
    expected: all,
    started: runs.length,
    running: inState('running'),
    scoring: inState('scoring'),
    finished,
    pending: all === null ? null : all - runs.length,
    fraction: all === null || all === 0 ? null : finished / all,
    isExhaustive: true,
  });
}

/** Whether nothing about the figures of a benchmark run can change any more. */
export function isComplete(benchmarkRun: Wire, world: World, asked?: Asked): boolean {
  const runs = runsIn(world, benchmarkRun);
  const all = expected(benchmarkRun, world, asked);
  return runs.every(isFinished) && (isOver(benchmarkRun) || (all !== null && runs.length >= all));
}

export function stats(benchmarkRun: Wire, world: World, asked?: Asked): Thing {
  const finished = runsIn(world, benchmarkRun).filter(isFinished);
  return record({
    sampleSize: finished.length,
    isComplete: () => isComplete(benchmarkRun, world, asked),
    passed: finished.filter(isOutcome('PASSED')).length,
    failed: finished.filter(isOutcome('FAILED')).length,
    errored: finished.filter(isOutcome('ERRORED')).length,
    meanScore: mean(knownScores(finished)),
    ...ratesOfRuns(finished),
    duration: durations(finished),
    attempts: () => attempts(finished, world),
    scoreHistogram: ({ buckets }: Args) =>
      histogram(knownScores(finished), howMany(buckets, { max: 100, usual: 10 })).map((each) => record(each)),
    scorers: ({ first }: Args) => scorers(finished).slice(0, howMany(first, MANY)),
    failures: ({ first }: Args) => failures(finished).slice(0, howMany(first, MANY)),
  });
}

const resultsOf = (run: Wire) =>
  scoreOf(run) === null
    ? []
    : listIn(objectIn(run, 'scoring_contract_result') ?? {}, 'scoring_function_results');

function scorers(finished: readonly Wire[]): readonly Thing[] {
  const groups = grouped(finished.flatMap(resultsOf), (result) => result['scoring_function_name'] as string);
  return ranked(
    groups,
    ([, results]) => [results.length],
    ([name]) => name,
  ).map(([name, results]) => {
    const scores = results.filter(({ state }) => state !== 'error').map(({ score }) => score as number);
    const passed = scores.filter((score) => score === 1).length;
    return record({
      name,
      results: results.length,
      passed,
      errors: results.length - scores.length,
      ...rates(results.length, { scored: scores.length, passed }),
      meanScore: mean(scores),
    });
  });
}

/** The reason why a run did not pass, and the scoring function that is to blame, if one is. */
export function blame(run: Wire): readonly [reason: string, scorer: string | null] {
  if (hasEnded(run) && run['state'] !== 'completed') return [word(run['state']) ?? '', null];
  if (scoreOf(run) === null) return ['NO_SCORE', null];
  const results = resultsOf(run);
  const named = (result: Wire | undefined) => (result?.['scoring_function_name'] ?? null) as string | null;
  const broken = results.find(({ state }) => state === 'error');
  if (broken) return ['SCORER_ERROR', named(broken)];
  const scores = results.map(({ score }) => score as number);
  const least = Math.min(...scores);
  return least < 1 ? ['LOW_SCORE', named(results[scores.indexOf(least)])] : ['UNEXPLAINED', null];
}

function failures(finished: readonly Wire[]): readonly Thing[] {
  const groups = grouped(
    finished.filter((run) => outcomeOf(run) !== 'PASSED'),
    (run) => blame(run).join(' '),
  );
  return ranked(
    groups,
    ([, runs]) => [runs.length],
    ([key]) => key,
  ).map(([, runs]) => {
    const [reason, scorer] = blame(runs[0] ?? {});
    return record({ reason, scorer, runs: runs.length, examples: runs.slice(0, 10).map(({ id }) => id) });
  });
}

/** The runs of a benchmark that its arguments choose. */
function chosen(benchmark: Wire, args: Args, world: World) {
  const last = howMany(args['last'], { max: 100, usual: 100 });
  return newest(world, 'benchmarkRuns', { args, last, only: { benchmark_id: benchmark['id'] } });
}

const finishedIn = (world: World, benchmarkRuns: readonly Wire[]) =>
  benchmarkRuns.flatMap((run) => runsIn(world, run)).filter(isFinished);

export function benchmarkAttempts(benchmark: Wire, args: Args, world: World): Thing {
  const { rows, isAll } = chosen(benchmark, args, world);
  return record({
    runs: rows.length,
    isExhaustive: isAll,
    attempts: () => attempts(finishedIn(world, rows), world),
  });
}

export function leaderboard(benchmark: Wire, args: Args, world: World): Thing {
  const { rows, isAll } = chosen(benchmark, args, world);
  const by = args['by'] as string;
  const has = (run: Wire) => Object.hasOwn(run['metadata'] ?? {}, by);
  const groups = grouped(rows.filter(has), ({ metadata }) => (metadata as Wire)[by] as string);
  return record({
    by,
    runs: rows.length,
    runsWithout: rows.filter((run) => !has(run)).length,
    isExhaustive: isAll,
    rows: ({ first }: Args) => {
      const most = howMany(first, MANY);
      return standings(groups, world)
        .slice(0, most)
        .map(({ rates: shares, ...standing }) => record({ ...standing, ...shares }));
    },
  });
}

/** A group of which nothing is finished ranks last. */
function standings(groups: readonly [string, Wire[]][], world: World) {
  const rows = groups.map(([value, runs]) => {
    const finished = finishedIn(world, runs);
    const took = runs.map((run) => run['duration_ms'] as number | null).filter((ms) => ms !== null);
    return {
      value,
      runs: runs.length,
      sampleSize: finished.length,
      passed: finished.filter(isOutcome('PASSED')).length,
      errored: finished.filter(isOutcome('ERRORED')).length,
      rates: ratesOfRuns(finished),
      meanScore: mean(knownScores(finished)),
      totalDurationMs: took.length === 0 ? null : took.reduce((sum, ms) => sum + ms, 0),
      attempts: () => attempts(finished, world),
    };
  });
  return ranked(
    rows,
    ({ passed, sampleSize, meanScore }) => [sampleSize === 0 ? -1 : passed / sampleSize, meanScore ?? -1],
    ({ value }) => value,
  );
}
