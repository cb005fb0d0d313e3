import { describe, expect, it } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import { createTestGateway } from '../support/gateway.ts';

const AGENTS = [
  { type: 'job_agent' as const, name: 'claude-code', model_name: 'opus', kwargs: { depth: '2' } },
  { type: 'job_agent' as const, name: 'codex', model_name: 'gpt', timeout_seconds: 60 },
  { type: 'job_agent' as const, name: 'opencode', model_name: 'qwen' },
];

/** A job whose first agent is through, whose second works, and whose third is to come. */
function insertJob(world: World) {
  const scenarios = [0, 1, 2].map((index) => world.insert.scenario({ name: `scenario ${String(index)}` }));
  const [first, second, third] = scenarios.map(({ id }) => id) as [string, string, string];
  const done = world.insert.benchmarkRun({ state: 'completed', name: 'done', benchmark_id: null });
  const live = world.insert.benchmarkRun({ name: 'live', benchmark_id: null });
  const passed = world.insert.scenarioRun({
    scenario_id: first,
    benchmark_run_id: done.id,
    state: 'completed',
  });
  world.insert.scenarioRun({ scenario_id: first, benchmark_run_id: live.id, state: 'completed' });
  world.insert.scenarioRun({ scenario_id: second, benchmark_run_id: live.id });
  const row = (run: { readonly id: string }, agent: (typeof AGENTS)[number] | undefined) => ({
    benchmark_run_id: run.id,
    start_time_ms: 1_767_225_600_000,
    state: 'running' as const,
    agent_config: agent ?? null,
    duration_ms: 5_000,
  });
  const job = world.insert.benchmarkJob({
    name: 'nightly',
    job_source: { type: 'scenarios', scenario_ids: [first, second, third] },
    job_spec: {
      agent_configs: AGENTS,
      scenario_ids: [first, second, third],
      orchestrator_config: { n_concurrent_trials: 4 },
    },
    in_progress_runs: [row(done, AGENTS[0]), row(live, AGENTS[1])],
    benchmark_outcomes: [
      {
        benchmark_run_id: done.id,
        agent_name: 'claude-code',
        model_name: 'opus',
        n_completed: 1,
        n_failed: 1,
        n_timeout: 1,
        average_score: 1,
        duration_ms: 60_000,
        scenario_outcomes: [
          {
            scenario_definition_id: first,
            scenario_name: 'scenario 0',
            scenario_run_id: passed.id,
            state: 'COMPLETED',
            score: 1,
            duration_ms: 30_000,
            failure_reason: null,
          },
          {
            scenario_definition_id: second,
            scenario_name: 'scenario 1',
            scenario_run_id: null,
            state: 'FAILED',
            score: null,
            duration_ms: 1_000,
            failure_reason: { exception_type: 'SetupError', exception_message: 'No such image' },
          },
          {
            scenario_definition_id: third,
            scenario_name: 'scenario 2',
            scenario_run_id: null,
            state: 'TIMEOUT',
            score: null,
            duration_ms: null,
            failure_reason: null,
          },
        ],
      },
    ],
  });
  return { job, done, live, passed };
}

describe('a benchmark job', () => {
  it('shows each agent: through, at work and to come, and what came of it rather than its row in progress', async () => {
    await using gateway = await createTestGateway();
    const { job, done, live } = insertJob(gateway.world);

    const { data, errors } = await gateway.query(
      `query($id: ID!) { benchmarkJob(id: $id) {
        __typename id name state isTerminal createdAt failureReason scenarioCount
        source { __typename ... on ScenariosJobSource { scenarioIds } }
        orchestrator { concurrentTrials attempts }
        agents {
          agentName modelName state startedAt durationMs timeoutSec parameters { key value }
          benchmarkRun { id name }
          outcome { averageScore }
        }
        benchmarkRuns { id }
      } }`,
      { id: job.id },
    );

    expect(errors).toEqual([]);
    expect(data).toEqual({
      benchmarkJob: {
        __typename: 'BenchmarkJob',
        id: job.id,
        name: 'nightly',
        state: 'RUNNING',
        isTerminal: false,
        createdAt: new Date(job.create_time_ms).toISOString(),
        failureReason: null,
        scenarioCount: 3,
        source: { __typename: 'ScenariosJobSource', scenarioIds: job.job_spec?.scenario_ids },
        orchestrator: { concurrentTrials: 4, attempts: null },
        agents: [
          {
            agentName: 'claude-code',
            modelName: 'opus',
            state: 'FINISHED',
            startedAt: '2026-01-01T00:00:00.000Z',
            durationMs: 60_000,
            timeoutSec: null,
            parameters: [{ key: 'depth', value: '2' }],
            benchmarkRun: { id: done.id, name: 'done' },
            outcome: { averageScore: 1 },
          },
          {
            agentName: 'codex',
            modelName: 'gpt',
            state: 'RUNNING',
            startedAt: '2026-01-01T00:00:00.000Z',
            durationMs: 5_000,
            timeoutSec: 60,
            parameters: [],
            benchmarkRun: { id: live.id, name: 'live' },
            outcome: null,
          },
          {
            agentName: 'opencode',
            modelName: 'qwen',
            state: 'PENDING',
            startedAt: null,
            durationMs: null,
            timeoutSec: null,
            parameters: [],
            benchmarkRun: null,
            outcome: null,
          },
        ],
        benchmarkRuns: [{ id: done.id }, { id: live.id }],
      },
    });
  });

  it('tells what came of each scenario, and why it failed', async () => {
    await using gateway = await createTestGateway();
    const { job, passed } = insertJob(gateway.world);

    const { data, errors } = await gateway.query(
      `query($id: ID!) { benchmarkJob(id: $id) { outcomes {
        agentName modelName completedCount failedCount timeoutCount averageScore durationMs
        scenarioOutcomes {
          state score durationMs scenarioName
          failureReason { exceptionType exceptionMessage }
          scenario { name } scenarioRun { id state }
        }
        failed: scenarioOutcomes(states: [FAILED, CANCELED]) { scenarioName }
      } } }`,
      { id: job.id },
    );

    expect(errors).toEqual([]);
    expect(data).toEqual({
      benchmarkJob: {
        outcomes: [
          {
            agentName: 'claude-code',
            modelName: 'opus',
            completedCount: 1,
            failedCount: 1,
            timeoutCount: 1,
            averageScore: 1,
            durationMs: 60_000,
            scenarioOutcomes: [
              {
                state: 'COMPLETED',
                score: 1,
                durationMs: 30_000,
                scenarioName: 'scenario 0',
                failureReason: null,
                scenario: { name: 'scenario 0' },
                scenarioRun: { id: passed.id, state: 'COMPLETED' },
              },
              {
                state: 'FAILED',
                score: null,
                durationMs: 1_000,
                scenarioName: 'scenario 1',
                failureReason: { exceptionType: 'SetupError', exceptionMessage: 'No such image' },
                scenario: { name: 'scenario 1' },
                scenarioRun: null,
              },
              {
                state: 'TIMEOUT',
                score: null,
                durationMs: null,
                scenarioName: 'scenario 2',
                failureReason: null,
                scenario: { name: 'scenario 2' },
                scenarioRun: null,
              },
            ],
            failed: [{ scenarioName: 'scenario 1' }],
          },
        ],
      },
    });
  });

  it('tells the progress of its agents, measured against its own scenarios', async () => {
    await using gateway = await createTestGateway();
    const { job, live } = insertJob(gateway.world);

    const { data, errors } = await gateway.query(
      `query($id: ID!) { benchmarkJob(id: $id) { agents {
        progress { expected started running finished pending fraction }
        stats { sampleSize }
      } } }`,
      { id: job.id },
    );

    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      benchmarkJob: {
        agents: [
          { progress: { expected: 3, started: 1, finished: 1 } },
          {
            progress: { expected: 3, started: 2, running: 1, finished: 1, pending: 1, fraction: 1 / 3 },
            stats: { sampleSize: 1 },
          },
          { progress: null, stats: null },
        ],
      },
    });
    const calls = gateway.calls();
    // The job; both runs, one by one or in a list; and the scenario runs of each.
    expect(calls.length).toBeLessThanOrEqual(5);
    expect(calls.filter((call) => call.includes(`/${live.id}/scenario_runs`))).toHaveLength(1);
  });

  it('is found among others, newest first', async () => {
    await using gateway = await createTestGateway();
    const names = ['one', 'two', 'three'];
    for (const name of names) gateway.world.insert.benchmarkJob({ name });

    const { data, errors } = await gateway.query(`{
      all: benchmarkJobs(first: 2) { nodes { name } totalCount pageInfo { hasNextPage } }
      named: benchmarkJobs(filter: { name: "one" }) { nodes { name } }
      searched: benchmarkJobs(filter: { search: "TW" }) { nodes { name } }
    }`);

    expect(errors).toEqual([]);
    expect(data).toEqual({
      all: {
        nodes: [{ name: 'three' }, { name: 'two' }],
        totalCount: 3,
        pageInfo: { hasNextPage: true },
      },
      named: { nodes: [{ name: 'one' }] },
      searched: { nodes: [{ name: 'two' }] },
    });
  });

  it('is null when it is unknown', async () => {
    await using gateway = await createTestGateway();

    expect(await gateway.query('{ benchmarkJob(id: "bmj_nowhere") { id } }')).toMatchObject({
      data: { benchmarkJob: null },
      errors: [],
    });
  });
});

describe('a node', () => {
  it('is a job when its prefix is of nothing else', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.benchmarkJob({ id: 'anything_1' });

    const { data, errors } = await gateway.query(
      'query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }',
      { ids: [id, 'scs_1', 'bpt_1', 'snp_1', 'agt_1', 'nowhere_1', 'plain'] },
    );

    expect(errors).toEqual([]);
    expect(data).toEqual({
      nodes: [{ __typename: 'BenchmarkJob', id }, null, null, null, null, null, null],
    });
    expect(gateway.calls().toSorted()).toEqual([
      'GET /v1/benchmark_jobs/anything_1',
      'GET /v1/benchmark_jobs/nowhere_1',
    ]);
  });
});
