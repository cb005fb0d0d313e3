/** What the SDK documents of scores, durations and states holds in the simulated world, however long it lives. */
import { describe, expect, it } from 'vitest';
import { createWorld } from '../../src/simulator/life/world.ts';
import type { World } from '../../src/simulator/simulator.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { openStage } from '../simulator/stage.ts';

const SMALL = { scale: 0.1, scenarioRuns: 150 };

/** The states that Runloop allows side by side; no client of these worlds suspends the devbox of a run. */
const DEVBOXES_OF_RUNS: Readonly<Record<string, readonly string[]>> = {
  running: ['queued', 'provisioning', 'initializing', 'running'],
  scoring: ['running'],
  // Left in scored, it stays so when its devbox has run out of time.
  scored: ['running', 'shutdown'],
  completed: ['shutdown'],
  canceled: ['shutdown'],
  timeout: ['shutdown'],
  failed: ['shutdown', 'failure'],
};
const ENDED_RUNS = ['completed', 'canceled', 'failed'];
const RUNS_OF_JOBS: Readonly<Record<string, readonly string[]>> = {
  initializing: [],
  queued: [],
  running: ['running', ...ENDED_RUNS],
  completed: ENDED_RUNS,
  failed: ENDED_RUNS,
  cancelled: ENDED_RUNS,
  timeout: ENDED_RUNS,
};
const ENDED_SCENARIO_RUNS = ['scored', 'completed', 'canceled', 'timeout', 'failed'];

/** Everything in the world that contradicts the SDK, in words; and every pair of states that was seen. */
function contradictionsIn(world: World, seen: Set<string>): readonly string[] {
  const found: string[] = [];
  const expectPair = (pair: string, isAllowed: boolean, id: string) => {
    seen.add(pair);
    if (!isAllowed) found.push(`${id}: ${pair}`);
  };
  for (const run of world.scenarioRuns.list()) {
    const status = world.devboxes.get(run.devbox_id)?.status ?? 'no devbox';
    const pair = `scenario run ${run.state}, devbox ${status}`;
    expectPair(pair, (DEVBOXES_OF_RUNS[run.state] ?? []).includes(status), run.id);
    const parent = run.benchmark_run_id === null ? null : world.benchmarkRuns.get(run.benchmark_run_id);
    if (parent) {
      const isAllowed = parent.state === 'running' || ENDED_SCENARIO_RUNS.includes(run.state);
      expectPair(`benchmark run ${parent.state}, scenario run ${run.state}`, isAllowed, run.id);
    }
  }
  for (const { id, state, score } of world.benchmarkRuns.list()) {
    if ((score === null) !== (state !== 'completed'))
      found.push(`${id} is ${state} with score ${String(score)}`);
  }
  const jobs = world.benchmarkJobs.list();
  if (new Set(jobs.map(({ name }) => name)).size < jobs.length) found.push('two jobs have the same name');
  for (const job of jobs) {
    const runs = [...job.benchmark_outcomes, ...job.in_progress_runs];
    for (const { benchmark_run_id: runId } of runs) {
      const state = world.benchmarkRuns.get(runId)?.state;
      if (state === undefined) continue;
      const isAllowed = (RUNS_OF_JOBS[job.state] ?? []).includes(state);
      expectPair(`job ${job.state}, benchmark run ${state}`, isAllowed, job.id);
    }
    for (const { average_score: average, scenario_outcomes: outcomes, ...counts } of job.benchmark_outcomes) {
      const completed = outcomes.filter(({ state }) => state === 'COMPLETED');
      const mean = completed.reduce((sum, { score }) => sum + (score ?? NaN), 0) / completed.length;
      const isTrue = completed.length === 0 ? average === null : Math.abs((average ?? NaN) - mean) < 1e-9;
      if (!isTrue) found.push(`${job.id} has the average ${String(average)}, not ${String(mean)}`);
      if (counts.n_completed !== completed.length)
        found.push(`${job.id} counts ${String(counts.n_completed)}`);
      const unasked = outcomes.find(({ state, score }) => state !== 'COMPLETED' && score !== null);
      if (unasked) found.push(`${job.id} scores a scenario that is ${unasked.state}`);
    }
  }
  for (const { id, name, status, ...devbox } of world.devboxes.list()) {
    if (status === 'shutdown' || status === 'failure' || status === 'suspended') continue;
    const { keep_alive_time_seconds: seconds, after_idle: idle } = devbox.launch_parameters;
    const resumed = devbox.state_transitions.findLast((step) => step.status === 'resuming');
    const since = resumed?.transition_time_ms ?? devbox.create_time_ms;
    const leftMs = (idle?.idle_time_seconds ?? seconds ?? 3_600) * 1_000 - (world.now() - since);
    if (leftMs < 0) found.push(`${id} ${name ?? ''} outlives its time by ${String(-leftMs)} ms`);
  }
  return found;
}

describe('the simulated world', () => {
  it.each([1, 2])(
    'contradicts nothing that the SDK documents while it lives, with the seed %i',
    async (seed) => {
      const clock = createFakeClock();
      using world = createWorld({ clock, seed, speed: 20, size: SMALL, maxScenarioRuns: 10_000 });
      const seen = new Set<string>();
      expect(contradictionsIn(world, seen)).toEqual([]);
      for (let step = 0; step < 150; step++) {
        await clock.advance(400);
        expect(contradictionsIn(world, seen)).toEqual([]);
      }
      // It came through all of them but those that only chance brings about.
      for (const [state, statuses] of Object.entries(DEVBOXES_OF_RUNS)) {
        const pairs = statuses.map((status) => `scenario run ${state}, devbox ${status}`);
        expect(
          pairs.some((pair) => seen.has(pair)),
          state,
        ).toBe(true);
      }
      for (const [state, states] of Object.entries(RUNS_OF_JOBS)) {
        const pairs = states.map((each) => `job ${state}, benchmark run ${each}`);
        expect(pairs.length === 0 || pairs.some((pair) => seen.has(pair)), state).toBe(true);
      }
    },
  );

  it('ends every devbox when its time to live is over, also that of a run which was left in scored', async () => {
    const clock = createFakeClock();
    using world = createWorld({ clock, seed: 1, speed: 1, size: 'empty', maxScenarioRuns: 100 });
    const scenario = world.insert.scenario();
    const [left, forgotten] = [scenario, scenario].map((each) => world.life.scenarioRuns.start(each));
    await clock.advance(10_000);
    const result = { score: 1, scoring_function_results: [] };
    world.life.scenarioRuns.score(left?.id ?? '', () => result);
    await clock.advance(3_600_000);
    expect(world.scenarioRuns.list().map(({ id, state }) => [id, state])).toEqual([
      [forgotten?.id, 'timeout'],
      [left?.id, 'scored'],
    ]);
    expect(world.devboxes.list().map(({ shutdown_reason: reason }) => reason)).toEqual(
      ['api_shutdown', 'keep_alive_timeout'].toReversed().map(() => 'keep_alive_timeout'),
    );
  });

  it('has jobs of every source and in every state, with agents, and outcomes where some ran', () => {
    using world = createWorld({
      clock: createFakeClock(),
      seed: 1,
      speed: 0,
      size: {},
      maxScenarioRuns: 10_000,
    });
    const jobs = world.benchmarkJobs.list();
    expect(new Set(jobs.map(({ state }) => state))).toEqual(
      new Set(['initializing', 'queued', 'running', 'completed', 'failed', 'cancelled', 'timeout']),
    );
    expect(new Set(jobs.map(({ job_source: source }) => source?.type))).toEqual(
      new Set(['harbor', 'benchmark', 'scenarios']),
    );
    for (const job of jobs) expect(job.job_spec?.agent_configs.length).toBeGreaterThan(0);
    for (const state of ['completed', 'failed', 'cancelled', 'timeout']) {
      const outcomes = jobs.filter((job) => job.state === state).flatMap((job) => job.benchmark_outcomes);
      expect(outcomes.length, state).toBeGreaterThan(0);
    }
  });

  it('has commands and what they printed in the logs of its runs', async () => {
    await using stage = await openStage({ size: SMALL });
    const world = stage.simulator.world();
    const run = world.scenarioRuns
      .list({ state: 'completed' })
      .find(({ duration_ms: ms }) => (ms ?? 0) > 200_000);
    const { text } = await stage.get(`/v1/devboxes/${run?.devbox_id ?? ''}/logs`);
    const { logs } = JSON.parse(text) as {
      logs: {
        source: string;
        cmd?: string;
        cmd_id?: string;
        message?: string;
        exit_code?: number;
        timestamp_ms: number;
      }[];
    };
    const lines = logs.filter(({ source }) => source === 'exec');
    const [first] = lines;
    expect(first?.cmd).toMatch(/\w/);
    const ofFirst = lines.filter(({ cmd_id: id }) => id === first?.cmd_id);
    expect(ofFirst.length).toBeGreaterThanOrEqual(3);
    expect(ofFirst.at(-1)?.exit_code).toBeTypeOf('number');
    const times = logs.map(({ timestamp_ms: at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(world.devboxes.get(run?.devbox_id ?? '')?.end_time_ms ?? 0);
  });
});

describe('a benchmark job over HTTP', () => {
  it('tells how long a run in progress has taken so far, anew at every look', async () => {
    await using stage = await openStage();
    const scenarioIds = [stage.simulator.world().insert.scenario().id];
    const { body: job } = await stage.post('/v1/benchmark_jobs', {
      spec: {
        type: 'scenarios',
        scenario_ids: scenarioIds,
        agent_configs: [{ type: 'job_agent', name: 'a' }],
      },
    });
    await stage.clock.advance(7_000);
    const durations = async () => {
      const one = JSON.parse((await stage.get(`/v1/benchmark_jobs/${job.id}`)).text) as Job;
      const list = JSON.parse((await stage.get('/v1/benchmark_jobs')).text) as { jobs: Job[] };
      return [one, ...list.jobs].map(({ in_progress_runs: [row] }) => row?.duration_ms);
    };
    expect(await durations()).toEqual([2_000, 2_000]);
    await stage.clock.advance(1_500);
    expect(await durations()).toEqual([3_500, 3_500]);
  });
});

interface Job {
  readonly in_progress_runs: readonly { readonly duration_ms: number | null }[];
}

describe('a run that is scored at once', () => {
  it('has its devbox up', async () => {
    await using stage = await openStage();
    const { id: scenario_id } = stage.simulator.world().insert.scenario();
    const { body: run } = await stage.post('/v1/scenarios/start_run', { scenario_id });
    expect((await stage.post(`/v1/scenarios/runs/${run.id}/score`)).body.state).toBe('scoring');
    expect((await stage.get(`/v1/devboxes/${run.devbox_id}`)).body.status).toBe('running');
  });
});
