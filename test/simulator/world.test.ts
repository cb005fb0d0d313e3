/** The world that a simulator starts with, and how it goes on by itself. */
import { describe, expect, it } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import { createWorld, type WorldOptions } from '../../src/simulator/life/world.ts';
import { SCENARIO_RUN_STATES, SCORER_TYPES } from '../../src/simulator/wire/scenario.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const HOUR_MS = 3_600_000;

function open(options: Partial<WorldOptions> = {}) {
  const clock = createFakeClock();
  const world = createWorld({ clock, seed: 1, speed: 0, size: {}, maxScenarioRuns: 10_000, ...options });
  return { clock, world, [Symbol.dispose]: world[Symbol.dispose] };
}

/** A world that is small enough to be played for days in a test. */
const SMALL = { speed: 60, size: { scale: 0.1, scenarioRuns: 150 } } as const;

function everything(world: World): unknown {
  const {
    scenarios,
    scenarioRuns,
    benchmarks,
    benchmarkRuns,
    benchmarkJobs,
    devboxes,
    blueprints,
    snapshots,
  } = world;
  return [
    scenarios,
    scenarioRuns,
    benchmarks,
    benchmarkRuns,
    benchmarkJobs,
    devboxes,
    blueprints,
    snapshots,
  ].map((collection) => collection.list());
}

const counts = (items: readonly string[]) => new Set(items);

describe('a new world', { timeout: 60_000 }, () => {
  it('has a believable history', () => {
    using stage = open();
    const { world } = stage;
    const sizes = world.benchmarks.list().map(({ scenarioIds }) => scenarioIds.length);
    expect(sizes).toEqual([500, 89, 50]);
    expect(world.benchmarkRuns.size).toBeGreaterThanOrEqual(12);
    expect(world.scenarioRuns.size).toBeGreaterThan(1_000);
    expect(counts(world.scenarioRuns.list().map(({ state }) => state))).toEqual(new Set(SCENARIO_RUN_STATES));
    expect(counts(world.benchmarkRuns.list().map(({ state }) => state))).toEqual(
      new Set(['running', 'completed', 'failed', 'canceled']),
    );
    expect(counts(world.benchmarkJobs.list().map(({ state }) => state))).toEqual(
      new Set(['initializing', 'queued', 'running', 'completed', 'failed', 'cancelled', 'timeout']),
    );
    expect(world.benchmarkRuns.count('state', 'running')).toBe(2);
    expect(
      counts(world.benchmarkRuns.list().map(({ metadata }) => String(metadata['agent']))).size,
    ).toBeGreaterThan(3);
    expect(
      counts(world.benchmarkRuns.list().map(({ metadata }) => String(metadata['model']))).size,
    ).toBeGreaterThan(3);
    expect(world.secrets.size).toBeGreaterThan(0);
    expect(counts(world.snapshots.list().map(({ status }) => status)).size).toBe(3);
    expect(counts(world.devboxes.list().map(({ status }) => status)).size).toBeGreaterThanOrEqual(5);
  });

  it('has scorers of every kind, outputs of several lines and scorers that broke', () => {
    using stage = open();
    const kinds = stage.world.scenarios
      .list()
      .flatMap(({ scoring_contract }) => scoring_contract.scoring_function_parameters)
      .map(({ scorer }) => scorer.type);
    expect(counts(kinds)).toEqual(new Set(SCORER_TYPES));
    const results = stage.world.scenarioRuns
      .list()
      .flatMap((run) => run.scoring_contract_result?.scoring_function_results ?? []);
    expect(results.length).toBeGreaterThan(1_000);
    expect(results.every(({ output }) => output.split('\n').length > 1)).toBe(true);
    expect(counts(results.map(({ state }) => state))).toEqual(new Set(['complete', 'error']));
    expect(results.every(({ score }) => score >= 0 && score <= 1)).toBe(true);
  });

  it('is in order and does not contradict itself', () => {
    using stage = open();
    const { world, clock } = stage;
    const starts = world.scenarioRuns.list().map(({ start_time_ms }) => start_time_ms);
    expect(starts).toEqual(starts.toSorted((a, b) => b - a));
    expect(starts.every((start) => Number.isInteger(start) && start <= clock.now())).toBe(true);
    for (const run of world.scenarioRuns.list()) {
      const isActive = run.state === 'running' || run.state === 'scoring';
      expect(run.duration_ms === null).toBe(isActive);
      expect(run.scoring_contract_result !== null).toBe(run.state === 'scored' || run.state === 'completed');
      const devbox = world.devboxes.get(run.devbox_id);
      expect(devbox?.initiator_id).toBe(run.id);
    }
    for (const run of world.benchmarkRuns.list()) {
      const runs = world.scenarioRuns.list({ benchmark_run_id: run.id });
      expect(runs.length).toBeGreaterThan(0);
      if (run.state === 'running') continue;
      expect(runs.some(({ state }) => state === 'running' || state === 'scoring')).toBe(false);
      if (run.state !== 'completed') {
        expect(run.score).toBeNull();
        continue;
      }
      const sum = runs.reduce((total, each) => total + (each.scoring_contract_result?.score ?? 0), 0);
      expect(run.score).toBeCloseTo(sum / runs.length, 10);
    }
  });

  it('is the same for the same seed, also after hours, and another for another', async () => {
    using one = open(SMALL);
    using same = open(SMALL);
    using other = open({ ...SMALL, seed: 2 });
    expect(everything(one.world)).toEqual(everything(same.world));
    expect(everything(one.world)).not.toEqual(everything(other.world));
    await one.clock.advance(2 * 60_000);
    await same.clock.advance(2 * 60_000);
    expect(everything(one.world)).toEqual(everything(same.world));
  });

  it('can be larger, or empty', () => {
    using larger = open({ size: { scale: 0.2, scenarioRuns: 3_000 } });
    expect(larger.world.scenarioRuns.size).toBeGreaterThan(3_000);
    using empty = open({ size: 'empty' });
    expect(everything(empty.world)).toEqual([[], [], [], [], [], [], [], []]);
  });
});

describe('a played world', { timeout: 60_000 }, () => {
  it('is alive: runs move, benchmark runs end and others start', async () => {
    using stage = open(SMALL);
    const { world, clock } = stage;
    const [newest] = world.benchmarkRuns.list();
    const running = world.benchmarkRuns.list({ state: 'running' }).map(({ id }) => id);
    const statesNow = () =>
      running
        .flatMap((id) => world.scenarioRuns.list({ benchmark_run_id: id }))
        .map(({ id, state }) => `${id} ${state}`);
    const before = new Set(statesNow());
    await clock.advance(10_000);
    expect(statesNow().filter((state) => !before.has(state)).length).toBeGreaterThan(3);

    await clock.advance(3 * 60_000);
    for (const id of running) expect(world.benchmarkRuns.get(id)?.state).not.toBe('running');
    expect(world.benchmarkRuns.count('state', 'running')).toBeGreaterThan(0);
    expect(world.benchmarkRuns.list()[0]?.id).not.toBe(newest?.id);
  });

  it('goes on when somebody cancels what is in progress', async () => {
    using stage = open(SMALL);
    const { world, clock } = stage;
    for (const { id } of world.benchmarkRuns.list({ state: 'running' })) world.life.benchmarkRuns.cancel(id);
    expect(world.benchmarkRuns.count('state', 'running')).toBe(0);
    await clock.advance(60_000);
    expect(world.benchmarkRuns.count('state', 'running')).toBeGreaterThan(0);
  });

  it('drops its oldest history beyond the bound, with all that belongs to it', async () => {
    using stage = open({ ...SMALL, speed: 400, maxScenarioRuns: 1_000 });
    const { world, clock } = stage;
    const [oldest] = world.benchmarkRuns.list().slice(-1);
    const started = new Set<string>();
    for (let turn = 0; turn < 10; turn++) {
      await clock.advance(2_000);
      for (const { id } of world.scenarioRuns.list()) started.add(id);
      expect(world.scenarioRuns.size).toBeLessThanOrEqual(1_001);
      // One for each run, and those few that clients made.
      expect(world.devboxes.size).toBeLessThanOrEqual(1_030);
    }
    expect(started.size).toBeGreaterThan(3_000);
    expect(world.benchmarkRuns.get(oldest?.id ?? '')).toBeUndefined();
    expect(world.benchmarkJobs.size).toBeLessThan(60);
    for (const run of world.scenarioRuns.list()) {
      expect(world.devboxes.get(run.devbox_id)).toBeDefined();
      if (run.benchmark_run_id) expect(world.benchmarkRuns.get(run.benchmark_run_id)).toBeDefined();
    }
  });

  it('stands still at speed 0', async () => {
    using stage = open();
    const before = JSON.stringify(everything(stage.world));
    expect(stage.clock.pending).toBe(0);
    await stage.clock.advance(24 * HOUR_MS);
    expect(JSON.stringify(everything(stage.world))).toBe(before);
  });
});
