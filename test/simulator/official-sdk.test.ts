/** The official SDK, over both of its transports, cannot tell the simulator from the real API. */
import { NotFoundError, RunloopSDK } from '@runloop/api-client';
import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../src/clock.ts';
import { openPlayed } from './played.ts';

const scoringContract = {
  scoring_function_parameters: [
    {
      name: 'said hello',
      weight: 1,
      scorer: { type: 'bash_script_scorer' as const, bash_script: 'cat greeting.txt' },
    },
    { name: 'half', weight: 1, scorer: { type: 'command_scorer' as const, command: 'echo "score=0.5"' } },
  ],
};

describe.each([
  { transport: 'HTTP/2', http2: true },
  { transport: 'HTTP/1.1', http2: false },
])('the official SDK over $transport', ({ http2 }) => {
  /** Fast enough that booting and scoring take milliseconds. */
  const open = () => openPlayed({ clock: createSystemClock(), speed: 500, size: 'empty' });
  const connect = (baseURL: string) =>
    new RunloopSDK({ bearerToken: 'ak_test', baseURL, http2, maxRetries: 0 }).api;

  it('drives a scenario run from start to completion', async () => {
    await using simulator = await open();
    const client = connect(simulator.url);
    const scenario = await client.scenarios.create({
      name: 'greeting',
      input_context: { problem_statement: 'Say hello.' },
      scoring_contract: scoringContract,
      metadata: { team: 'evals' },
    });
    expect(scenario.id).toMatch(/^scn_[0-9A-Za-z]{21}$/);

    const run = await client.scenarios.startRunAndAwaitEnvReady({
      scenario_id: scenario.id,
      run_name: 'first try',
      metadata: { agent: 'a' },
      runProfile: { envVars: { NAME: 'world' }, secrets: { KEY: 'MODEL_API_KEY' }, purpose: 'test' },
    });
    expect(run).toMatchObject({
      state: 'running',
      name: 'first try',
      environment_variables: { NAME: 'world' },
      secrets_provided: { KEY: 'MODEL_API_KEY' },
      purpose: 'test',
      duration_ms: null,
      scoring_contract_result: null,
    });

    const command = { command: 'echo "hello $NAME" > greeting.txt && cat greeting.txt' };
    const execution = await client.devboxes.executeAndAwaitCompletion(run.devbox_id, command);
    expect(execution).toMatchObject({
      status: 'completed',
      exit_status: 0,
      stdout: 'hello world\n',
      stderr: '',
    });

    const completed = await client.scenarios.runs.scoreAndComplete(run.id);
    expect(completed.state).toBe('completed');
    expect(completed.duration_ms).toBeGreaterThanOrEqual(0);
    expect(completed.scoring_contract_result).toMatchObject({
      score: 0.75,
      scoring_function_results: [
        { scoring_function_name: 'said hello', score: 1, output: 'hello world\n', state: 'complete' },
        { scoring_function_name: 'half', score: 0.5 },
      ],
    });

    const devbox = await client.devboxes.shutdown(run.devbox_id);
    expect(devbox.status).toBe('shutdown');
    const passed = devbox.state_transitions.map(({ status }) => status);
    expect(passed).toEqual(['queued', 'provisioning', 'initializing', 'running', 'shutdown']);
  });

  it('runs a benchmark by hand and cancels it', async () => {
    await using simulator = await open();
    const client = connect(simulator.url);
    const scenarios = await Promise.all(
      ['one', 'two'].map((name) =>
        client.scenarios.create({
          name,
          input_context: { problem_statement: name },
          scoring_contract: scoringContract,
        }),
      ),
    );
    const scenario_ids = scenarios.map(({ id }) => id);
    const benchmark = await client.benchmarks.create({ name: 'by hand', scenario_ids });
    expect(benchmark.scenarioIds).toEqual(scenario_ids);

    const benchmarkRun = await client.benchmarks.startRun({
      benchmark_id: benchmark.id,
      run_name: 'by hand',
    });
    expect(benchmarkRun).toMatchObject({ state: 'running', score: null, benchmark_id: benchmark.id });
    for (const scenario_id of scenario_ids) {
      await client.scenarios.startRun({ scenario_id, benchmark_run_id: benchmarkRun.id });
    }
    const started = await client.benchmarkRuns.listScenarioRuns(benchmarkRun.id);
    expect(started.runs.map(({ scenario_id }) => scenario_id)).toEqual(scenario_ids.toReversed());
    expect(started.total_count).toBe(2);

    for (const run of started.runs) {
      expect((await client.scenarios.runs.cancel(run.id)).state).toBe('canceled');
    }
    expect(await client.benchmarkRuns.cancel(benchmarkRun.id)).toMatchObject({
      state: 'canceled',
      score: null,
    });
    for (const { devbox_id } of started.runs) {
      expect((await client.devboxes.retrieve(devbox_id)).status).toBe('shutdown');
    }
  });

  it('keeps scorers', async () => {
    await using simulator = await open();
    const { scorers } = connect(simulator.url).scenarios;
    const scorer = await scorers.create({ type: 'my_scorer', bash_script: 'exit 0' });
    expect(scorer.id).toMatch(/^scs_/);
    await scorers.update(scorer.id, { type: 'my_scorer', bash_script: 'exit 1' });
    expect(await scorers.retrieve(scorer.id)).toMatchObject({ type: 'my_scorer', bash_script: 'exit 1' });
    expect((await scorers.list({ search: 'MY_' })).scorers).toHaveLength(1);
  });

  it('downloads the logs of a run as an archive', async () => {
    await using simulator = await open();
    const run = simulator.world().insert.scenarioRun({ state: 'completed' });
    const response = await connect(simulator.url).scenarios.runs.downloadLogs(run.id);
    expect(response.headers.get('content-type')).toBe('application/zip');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 4).toString('latin1')).toBe('PK\x03\x04');
    expect(bytes.toString('latin1')).toContain('scenario-run.json');
    expect(bytes.toString('latin1')).toContain('scoring/check.log');
  });

  it('walks through every page', async () => {
    await using simulator = await open();
    const world = simulator.world();
    const { id: scenario_id } = world.insert.scenario();
    const inserted = Array.from({ length: 25 }, () => world.insert.scenarioRun({ scenario_id }).id);
    const seen: string[] = [];
    for await (const run of connect(simulator.url).scenarios.runs.list({ limit: 10 })) seen.push(run.id);
    expect(seen).toEqual(inserted.toReversed());
  });

  it('creates, suspends, resumes and uses a devbox', async () => {
    await using simulator = await open();
    const { devboxes } = connect(simulator.url);
    const devbox = await devboxes.createAndAwaitRunning({ name: 'box', environment_variables: { A: 'b' } });
    expect(devbox).toMatchObject({ status: 'running', name: 'box' });
    const execution = await devboxes.executions.executeAsync(devbox.id, { command: 'echo $A; false' });
    const done = await devboxes.executions.awaitCompleted(devbox.id, execution.execution_id);
    expect(done).toMatchObject({ exit_status: 1, stdout: 'b\n' });
    expect((await devboxes.suspend(devbox.id)).status).toBe('suspending');
    expect((await devboxes.awaitSuspended(devbox.id)).status).toBe('suspended');
    expect((await devboxes.resume(devbox.id)).status).toBe('resuming');
    expect((await devboxes.awaitRunning(devbox.id)).status).toBe('running');
    expect(await devboxes.keepAlive(devbox.id)).toEqual({});
    expect(await devboxes.update(devbox.id, { name: '', metadata: { k: 'v' } })).toMatchObject({
      name: null,
      metadata: { k: 'v' },
    });
    const { logs } = await devboxes.logs.list(devbox.id, { execution_id: execution.execution_id });
    expect(logs.map(({ cmd, message, exit_code }) => cmd ?? message ?? exit_code)).toEqual([
      'echo $A; false',
      'b',
      1,
    ]);
    expect((await devboxes.retrieveResourceUsage(devbox.id)).id).toBe(devbox.id);
  });

  it('reads what else an account has', async () => {
    await using simulator = await open();
    const client = connect(simulator.url);
    const world = simulator.world();
    const blueprint = world.insert.blueprint({ name: 'base' });
    const snapshot = world.insert.snapshot({ status: 'in_progress' });
    world.insert.secret({ name: 'TOKEN' });
    expect((await client.blueprints.list({ name: 'base' })).blueprints).toHaveLength(1);
    expect((await client.blueprints.retrieve(blueprint.id)).status).toBe('build_complete');
    const { snapshots } = await client.devboxes.diskSnapshots.list();
    expect(snapshots.map(({ id }) => id)).toEqual([snapshot.id]);
    expect(snapshots[0]).not.toHaveProperty('status');
    expect((await client.devboxes.diskSnapshots.queryStatus(snapshot.id)).status).toBe('in_progress');
    expect((await client.secrets.list()).secrets.map(({ name }) => name)).toEqual(['TOKEN']);
    expect((await client.accounts.me()).account_status).toBe('ACCOUNT_STATUS_ENABLED');
    await expect(client.scenarios.runs.retrieve('scr_nobody')).rejects.toThrow(NotFoundError);
  });
});
