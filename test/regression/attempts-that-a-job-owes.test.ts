import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type TestGateway, UNCACHED } from '../support/gateway.ts';
import { FAST_POLLS } from '../support/subscriptions.ts';

const AGENTS = 'agents { progress { expected started finished pending fraction } stats { isComplete } }';

/** A job of two scenarios that tries again what broke, whose one benchmark run goes on. */
function insertJob({ world }: TestGateway, attempts: number | null) {
  const scenarioIds = [world.insert.scenario().id, world.insert.scenario().id];
  const run = world.insert.benchmarkRun();
  const job = world.insert.benchmarkJob({
    state: 'running',
    job_spec: {
      agent_configs: [],
      scenario_ids: scenarioIds,
      orchestrator_config: attempts === null ? null : { n_attempts: attempts },
    },
    in_progress_runs: [
      {
        benchmark_run_id: run.id,
        start_time_ms: run.start_time_ms,
        state: 'running',
        agent_config: null,
        duration_ms: null,
      },
    ],
  });
  const attempt = (scenario: number, state: 'failed' | 'timeout' | 'completed' | 'running') =>
    world.insert.scenarioRun({ scenario_id: scenarioIds[scenario]!, benchmark_run_id: run.id, state });
  return { run, job, attempt };
}

async function agentOf(gateway: TestGateway, jobId: string) {
  const { data, errors } = await gateway.query(`{ benchmarkJob(id: "${jobId}") { ${AGENTS} } }`);
  expect(errors).toEqual([]);
  return (data as { readonly benchmarkJob: { readonly agents: readonly unknown[] } }).benchmarkJob.agents[0];
}

describe('the agent of a job that tries again what broke', () => {
  it('is complete only once every attempt of the job has been made', async () => {
    await using gateway = await createTestGateway({ env: UNCACHED });
    const { job, attempt } = insertJob(gateway, 1);
    attempt(0, 'completed');
    attempt(1, 'failed');

    expect(await agentOf(gateway, job.id)).toEqual({
      progress: { expected: 3, started: 2, finished: 2, pending: 1, fraction: 2 / 3 },
      stats: { isComplete: false },
    });

    attempt(1, 'timeout');

    // It was tried again as often as the job asks for.
    expect(await agentOf(gateway, job.id)).toEqual({
      progress: { expected: 3, started: 3, finished: 3, pending: 0, fraction: 1 },
      stats: { isComplete: true },
    });
  });

  it('expects no further attempt at a scenario that has ended or goes on, or after its run is over', async () => {
    await using gateway = await createTestGateway({ env: UNCACHED });
    const { run, job, attempt } = insertJob(gateway, 5);
    attempt(0, 'failed');
    attempt(0, 'completed');
    attempt(1, 'failed');
    const { id } = attempt(1, 'running');
    const progress = { expected: 4, started: 4, pending: 0 };

    expect(await agentOf(gateway, job.id)).toMatchObject({
      progress: { ...progress, finished: 3 },
      stats: { isComplete: false },
    });

    gateway.world.scenarioRuns.update(id, { state: 'failed', duration_ms: 1_000 });
    expect(await agentOf(gateway, job.id)).toMatchObject({
      progress: { expected: 5, pending: 1 },
      stats: { isComplete: false },
    });

    gateway.world.benchmarkRuns.update(run.id, { state: 'completed', duration_ms: 2_000 });
    expect(await agentOf(gateway, job.id)).toMatchObject({
      progress: { ...progress, finished: 4, fraction: 1 },
      stats: { isComplete: true },
    });
  });

  it('expects no further attempt where the job asks for none', async () => {
    await using gateway = await createTestGateway();
    const { job, attempt } = insertJob(gateway, null);
    attempt(0, 'failed');
    attempt(1, 'completed');

    expect(await agentOf(gateway, job.id)).toMatchObject({
      progress: { expected: 2, fraction: 1 },
      stats: { isComplete: true },
    });
  });

  it('is complete in the events of the job, too', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { job, attempt } = insertJob(gateway, 1);
    attempt(0, 'completed');
    attempt(1, 'failed');
    using stream = await openEventStream(gateway.url, {
      query: `subscription { benchmarkJob(id: "${job.id}") { benchmarkJob { ${AGENTS} } } }`,
    });

    await stream.received(1);

    expect(stream.events[0]?.data).toMatchObject({
      data: {
        benchmarkJob: {
          benchmarkJob: { agents: [{ progress: { expected: 3 }, stats: { isComplete: false } }] },
        },
      },
    });
  });
});

describe('a scenario that was run more than once', () => {
  it('does not stand for one that was not run', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { world } = gateway;
    const scenarioIds = [world.insert.scenario().id, world.insert.scenario().id];
    const run = world.insert.benchmarkRun({ benchmark_id: world.insert.benchmark({ scenarioIds }).id });
    for (let attempt = 0; attempt < 2; attempt++)
      world.insert.scenarioRun({
        scenario_id: scenarioIds[0]!,
        benchmark_run_id: run.id,
        state: 'completed',
      });
    const selection = 'progress { expected pending fraction } stats { isComplete }';
    const expected = {
      progress: { expected: 3, pending: 1, fraction: 2 / 3 },
      stats: { isComplete: false },
    };

    const { data } = await gateway.query(`{ benchmarkRun(id: "${run.id}") { ${selection} } }`);
    using stream = await openEventStream(gateway.url, {
      query: `subscription { benchmarkRun(id: "${run.id}") { benchmarkRun { ${selection} } } }`,
    });
    await stream.received(1);

    expect(data).toEqual({ benchmarkRun: expected });
    expect(stream.events[0]?.data).toMatchObject({ data: { benchmarkRun: { benchmarkRun: expected } } });
  });
});
