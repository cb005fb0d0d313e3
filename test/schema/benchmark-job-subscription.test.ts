import { expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, TEST_KEY } from '../support/gateway.ts';
import { FAST_POLLS } from '../support/subscriptions.ts';

const FOLLOW_JOB = `subscription($id: ID!, $after: Cursor) {
  benchmarkJob(id: $id, after: $after) {
    __typename kind skipped previousState
    benchmarkJob {
      state isTerminal
      agents { agentName state benchmarkRun { id state } outcome { completedCount failedCount timeoutCount } }
    }
  }
}`;

interface JobEvent {
  readonly __typename: string;
  readonly kind: string;
  readonly skipped: number;
  readonly previousState: string | null;
  readonly benchmarkJob: {
    readonly state: string;
    readonly isTerminal: boolean;
    readonly agents: readonly {
      readonly agentName: string;
      readonly state: string;
      readonly benchmarkRun: { readonly id: string } | null;
      readonly outcome: Readonly<Record<string, number>> | null;
    }[];
  };
}

it('a job over an event stream is followed from its start to its end, agent by agent, and resumes', async () => {
  await using gateway = await createTestGateway({ env: FAST_POLLS, simulator: { speed: 1_000 } });
  const scenarios = [0, 1, 2].map(() => gateway.world.insert.scenario().id);
  const response = await fetch(`${gateway.simulator.url}/v1/benchmark_jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TEST_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'nightly',
      spec: {
        type: 'scenarios',
        scenario_ids: scenarios,
        agent_configs: [
          { type: 'job_agent', name: 'claude-code', model_name: 'claude-opus-4-5' },
          { type: 'job_agent', name: 'opencode', model_name: 'qwen3-coder-480b' },
        ],
        orchestrator_config: { n_concurrent_trials: 3 },
      },
    }),
  });
  const { id } = (await response.json()) as { readonly id: string };

  using stream = await openEventStream(gateway.url, { query: FOLLOW_JOB, variables: { id } });
  await stream.ended;

  expect(stream.events.at(-1)?.event).toBe('complete');
  const events = stream.events.flatMap(({ data }) =>
    data === null ? [] : [(data as { readonly data: { readonly benchmarkJob: JobEvent } }).data.benchmarkJob],
  );
  const [snapshot, ...changes] = events;
  expect(snapshot).toMatchObject({ __typename: 'BenchmarkJobEvent', kind: 'SNAPSHOT', previousState: null });
  expect(changes.length).toBeGreaterThan(0);
  let before = snapshot?.benchmarkJob;
  for (const { kind, skipped, previousState, benchmarkJob } of changes) {
    expect([kind, skipped, previousState]).toEqual(['CHANGED', 0, before?.state]);
    before = benchmarkJob;
  }
  expect(before).toMatchObject({ state: 'COMPLETED', isTerminal: true });
  expect(before?.agents).toMatchObject([
    { agentName: 'claude-code', state: 'FINISHED', benchmarkRun: { state: 'COMPLETED' } },
    { agentName: 'opencode', state: 'FINISHED', benchmarkRun: { state: 'COMPLETED' } },
  ]);
  for (const { outcome } of before?.agents ?? []) {
    const { completedCount = 0, failedCount = 0, timeoutCount = 0 } = outcome ?? {};
    expect(completedCount + failedCount + timeoutCount).toBe(scenarios.length);
  }

  // Whoever was there until the event before the last gets that one, and the end.
  const lastButOne = stream.events.filter(({ event }) => event === 'next').at(-2)?.id ?? '';
  using resumed = await openEventStream(gateway.url, {
    query: FOLLOW_JOB,
    variables: { id },
    headers: { 'Last-Event-ID': lastButOne },
  });
  await resumed.ended;
  expect(resumed.events.map(({ event }) => event)).toEqual(['next', 'complete']);
  expect(resumed.events[0]?.data).toMatchObject({
    data: { benchmarkJob: { kind: 'CHANGED', benchmarkJob: { state: 'COMPLETED' } } },
  });
  expect({ ...gateway.watches }).toEqual({ subscriptions: 0, watchers: 0 });
});
