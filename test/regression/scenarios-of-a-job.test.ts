import { describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

/** A job of three scenarios, whose benchmark run was made from no benchmark. */
function insertJob({ world }: TestGateway): { readonly jobId: string; readonly runId: string } {
  const scenarioIds = Array.from({ length: 3 }, () => world.insert.scenario().id);
  const run = world.insert.benchmarkRun({ state: 'completed', start_time_ms: world.now() - 3_600_000 });
  const { id: jobId } = world.insert.benchmarkJob({
    job_source: { type: 'scenarios', scenario_ids: scenarioIds },
    job_spec: { agent_configs: [], scenario_ids: scenarioIds, orchestrator_config: null },
    in_progress_runs: [
      {
        benchmark_run_id: run.id,
        start_time_ms: run.start_time_ms,
        state: 'completed',
        agent_config: null,
        duration_ms: 60_000,
      },
    ],
  });
  return { jobId, runId: run.id };
}

describe('how many scenario runs are expected', () => {
  it('comes from the job for its agents and from the benchmark for its runs, whichever is read first', async () => {
    await using gateway = await createTestGateway();
    const { jobId, runId } = insertJob(gateway);
    const ofAgents = `job: benchmarkJob(id: "${jobId}") { agents { progress { expected } } }`;
    const ofRun = `run: benchmarkRun(id: "${runId}") { progress { expected } }`;
    const run = { progress: { expected: 0 } };
    const job = { agents: [{ progress: { expected: 3 } }] };

    for (const [document, expected] of [
      [`{ ${ofRun} }`, { run }],
      [`{ ${ofAgents} ${ofRun} }`, { job, run }],
      [`{ ${ofRun} ${ofAgents} }`, { run, job }],
    ] as const) {
      const { data } = await gateway.query(document);
      expect(data).toEqual(expected);
    }
  });
});
