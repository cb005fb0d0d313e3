/** The state machines, seen over HTTP while a fake clock advances. */
import { describe, expect, it } from 'vitest';
import { openStage } from './stage.ts';

describe('a scenario run', () => {
  it('runs at once while its devbox boots, and stays running until it is scored', async () => {
    await using stage = await openStage();
    const { id: scenario_id } = stage.simulator.world().insert.scenario();
    const { body: run } = await stage.post('/v1/scenarios/start_run', { scenario_id });
    expect(run.state).toBe('running');
    expect((await stage.get(`/v1/devboxes/${run.devbox_id}`)).body.status).toBe('queued');
    await stage.clock.advance(60_000);
    expect((await stage.get(`/v1/devboxes/${run.devbox_id}`)).body.status).toBe('running');
    expect((await stage.get(`/v1/scenarios/runs/${run.id}`)).body).toMatchObject({
      state: 'running',
      duration_ms: null,
    });
  });

  it('is scoring in the answer to score, scored later, and shuts its devbox down when completed', async () => {
    await using stage = await openStage();
    const { id: scenario_id } = stage.simulator.world().insert.scenario();
    const { body: run } = await stage.post('/v1/scenarios/start_run', { scenario_id });
    await stage.clock.advance(10_000);
    const path = `/v1/scenarios/runs/${run.id}`;
    expect((await stage.post(`${path}/score`)).body).toMatchObject({
      state: 'scoring',
      scoring_contract_result: null,
    });
    await stage.clock.advance(1_999);
    expect((await stage.get(path)).body.state).toBe('scoring');
    await stage.clock.advance(1);
    const scored = (await stage.get(path)).body;
    expect(scored).toMatchObject({
      state: 'scored',
      duration_ms: 12_000,
      scoring_contract_result: { score: 1 },
    });

    expect((await stage.post(`${path}/complete`)).body).toEqual({ ...scored, state: 'completed' });
    expect((await stage.get(`/v1/devboxes/${run.devbox_id}`)).body.status).toBe('shutdown');
    expect((await stage.post(`/v1/devboxes/${run.devbox_id}/shutdown`)).status).toBe(200);
  });

  it('left in scored never moves', async () => {
    await using stage = await openStage();
    const run = stage.simulator.world().insert.scenarioRun({ state: 'scored' });
    await stage.clock.advance(30 * 24 * 3_600_000);
    expect((await stage.get(`/v1/scenarios/runs/${run.id}`)).body).toEqual(run);
  });

  it('that is canceled while it is scored shuts its devbox down and is not scored later', async () => {
    await using stage = await openStage();
    const { id: scenario_id } = stage.simulator.world().insert.scenario();
    const { body: run } = await stage.post('/v1/scenarios/start_run', { scenario_id });
    await stage.post(`/v1/scenarios/runs/${run.id}/score`);
    await stage.post(`/v1/scenarios/runs/${run.id}/cancel`);
    await stage.clock.advance(60_000);
    const { body } = await stage.get(`/v1/scenarios/runs/${run.id}`);
    expect(body).toMatchObject({ state: 'canceled', duration_ms: 0, scoring_contract_result: null });
    expect((await stage.get(`/v1/devboxes/${run.devbox_id}`)).body.status).toBe('shutdown');
  });
});

describe('a benchmark run', () => {
  it('starts no scenario run by itself, and cancels what is active when it ends', async () => {
    await using stage = await openStage();
    const world = stage.simulator.world();
    const scenario_id = world.insert.scenario().id;
    const benchmark_id = world.insert.benchmark({ scenarioIds: [scenario_id] }).id;
    const { body: benchmarkRun } = await stage.post('/v1/benchmarks/start_run', {
      benchmark_id,
      runProfile: { envVars: { A: 'b' }, purpose: 'nightly' },
    });
    const benchmark_run_id = benchmarkRun.id;
    const path = `/v1/benchmark_runs/${benchmark_run_id}`;
    await stage.clock.advance(60_000);
    expect((await stage.get(`${path}/scenario_runs`)).body.runs).toEqual([]);

    const active = await stage.post('/v1/scenarios/start_run', { scenario_id, benchmark_run_id });
    expect(active.body).toMatchObject({ environment_variables: { A: 'b' }, purpose: 'nightly' });
    world.insert.scenarioRun({ scenario_id, benchmark_run_id, state: 'scored' });
    world.insert.scenarioRun({ scenario_id, benchmark_run_id, state: 'failed' });
    world.insert.scenarioRun({ scenario_id, benchmark_run_id, state: 'completed' });
    const { body: ended } = await stage.post(`${path}/complete`);
    expect(ended).toMatchObject({ state: 'completed', score: 0.5, duration_ms: 60_000 });
    const { body } = await stage.get(`${path}/scenario_runs`);
    expect(body.runs.map(({ state }) => state)).toEqual(['completed', 'failed', 'scored', 'canceled']);
    expect((await stage.get(`/v1/devboxes/${active.body.devbox_id}`)).body.status).toBe('shutdown');
  });
});

describe('a benchmark job', () => {
  it('plays a benchmark run per agent and gathers the outcomes', async () => {
    await using stage = await openStage();
    const world = stage.simulator.world();
    const scenario_ids = [
      world.insert.scenario({ name: 'one' }).id,
      world.insert.scenario({ name: 'two' }).id,
    ];
    const { body: created } = await stage.post('/v1/benchmark_jobs', {
      name: 'compare',
      spec: {
        type: 'scenarios',
        scenario_ids,
        agent_configs: [
          { type: 'job_agent', name: 'a', model_name: 'm' },
          { type: 'job_agent', name: 'b' },
        ],
        orchestrator_config: { n_concurrent_trials: 2 },
      },
    });
    expect(created.state).toBe('initializing');
    await stage.clock.advance(4_000);
    expect(world.benchmarkJobs.get(created.id)?.state).toBe('queued');
    await stage.clock.advance(2_000);
    const running = world.benchmarkJobs.get(created.id);
    expect(running).toMatchObject({ state: 'running', benchmark_outcomes: [] });
    await stage.clock.advance(4_000);
    const rows = world.benchmarkJobs.get(created.id)?.in_progress_runs ?? [];
    expect(rows.map(({ agent_config }) => agent_config?.name)).toEqual(['a', 'b']);

    await stage.clock.advance(3 * 3_600_000);
    const { text } = await stage.get(`/v1/benchmark_jobs/${created.id}`);
    const completed = world.benchmarkJobs.get(created.id);
    expect(JSON.parse(text)).toEqual(completed);
    expect(completed).toMatchObject({ state: 'completed', in_progress_runs: [] });
    for (const outcome of completed?.benchmark_outcomes ?? []) {
      const run = world.benchmarkRuns.get(outcome.benchmark_run_id);
      expect(outcome.duration_ms).toBe(run?.duration_ms);
      expect(outcome.scenario_outcomes.map(({ scenario_name }) => scenario_name)).toEqual(['one', 'two']);
      expect(outcome.n_completed + outcome.n_failed + outcome.n_timeout).toBe(2);
    }
  });
});

describe('a devbox', () => {
  it('boots step by step and keeps its whole history', async () => {
    await using stage = await openStage();
    const flex = await stage.post('/v1/devboxes', { launch_parameters: { provisioning_tier: 'flex' } });
    expect(flex.body.status).toBe('queued');
    const { body: created } = await stage.post('/v1/devboxes', {});
    expect(created.status).toBe('provisioning');
    await stage.clock.advance(10_000);
    const { body } = await stage.get(`/v1/devboxes/${created.id}`);
    const start = Number(created.state_transitions[0]?.transition_time_ms);
    expect(body.state_transitions.map((step) => [step.status, step.transition_time_ms - start])).toEqual([
      ['provisioning', 0],
      ['initializing', 1_500],
      ['running', 2_500],
    ]);
  });

  it('shuts down when its time to live is over, unless it is kept alive', async () => {
    await using stage = await openStage();
    const { body: created } = await stage.post('/v1/devboxes', {
      launch_parameters: { keep_alive_time_seconds: 60 },
    });
    const path = `/v1/devboxes/${created.id}`;
    await stage.clock.advance(50_000);
    await stage.post(`${path}/keep_alive`);
    await stage.clock.advance(50_000);
    expect((await stage.get(path)).body.status).toBe('running');
    await stage.clock.advance(10_000);
    expect((await stage.get(path)).body).toMatchObject({
      status: 'shutdown',
      shutdown_reason: 'keep_alive_timeout',
    });
  });

  it('counts what it used, without processor time while it is suspended', async () => {
    await using stage = await openStage();
    const { body: created } = await stage.post('/v1/devboxes', {
      launch_parameters: { resource_size_request: 'LARGE', keep_alive_time_seconds: 86_400 },
    });
    const path = `/v1/devboxes/${created.id}`;
    await stage.clock.advance(101_500);
    await stage.post(`${path}/suspend`);
    await stage.clock.advance(1_000_000);
    expect((await stage.get(`${path}/usage`)).body).toMatchObject({
      total_elapsed_seconds: 1_102,
      total_active_seconds: 102,
      vcpu_seconds: 204,
      memory_gb_seconds: 816,
    });
  });

  it('runs long commands on the clock', async () => {
    await using stage = await openStage();
    const { id } = stage.simulator.world().insert.devbox();
    const { body: started } = await stage.post(`/v1/devboxes/${id}/execute_async`, {
      command: 'sleep 5 && echo done',
    });
    expect(started).toMatchObject({ status: 'running', stdout: null });
    const path = `/v1/devboxes/${id}/executions/${started.execution_id}`;
    const waiting = stage.post(`${path}/wait_for_status`, { statuses: ['completed'] });
    await stage.clock.sleepers(2);
    await stage.clock.advance(5_000);
    expect((await waiting).body).toMatchObject({ status: 'completed', exit_status: 0, stdout: 'done\n' });
    expect((await stage.get(path)).body.status).toBe('completed');
  });
});
