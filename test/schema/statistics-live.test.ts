import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway } from '../support/gateway.ts';
import { FAST_POLLS } from '../support/subscriptions.ts';

const FOLLOW = `subscription($id: ID!) { benchmarkRun(id: $id) {
  kind
  benchmarkRun {
    progress { expected started running scoring finished pending fraction }
    stats { sampleSize isComplete passed failed errored meanScore passRate { value } }
  }
  changes { scenarioRun { benchmarkRun { id progress { finished } } } }
} }`;

interface Answer {
  readonly data: {
    readonly benchmarkRun: {
      readonly kind: string;
      readonly benchmarkRun: { readonly progress: object; readonly stats: object };
      readonly changes: readonly object[];
    };
  };
  readonly errors?: unknown;
}

describe('a subscription to a benchmark run', () => {
  it('tells progress and stats of each event, with no call beside the polls and the benchmark', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { world } = gateway;
    const scenarioIds = [world.insert.scenario().id, world.insert.scenario().id];
    const benchmark = world.insert.benchmark({ scenarioIds });
    const run = world.insert.benchmarkRun({ benchmark_id: benchmark.id });
    const scenarioRun = world.insert.scenarioRun({ scenario_id: scenarioIds[0]!, benchmark_run_id: run.id });
    using stream = await openEventStream(gateway.url, { query: FOLLOW, variables: { id: run.id } });
    using other = await openEventStream(gateway.url, {
      query: FOLLOW.replace('kind', 'kind skipped'),
      variables: { id: run.id },
    });

    await stream.received(1);
    world.scenarioRuns.update(scenarioRun.id, {
      state: 'scored',
      scoring_contract_result: { score: 1, scoring_function_results: [] },
    });
    await stream.received(2);
    world.insert.scenarioRun({ scenario_id: scenarioIds[1]!, benchmark_run_id: run.id, state: 'failed' });
    await stream.received(3);
    await other.received(3);

    const answers = stream.events.map(({ data }) => data as Answer);
    expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([]);
    expect(answers.map(({ data }) => data.benchmarkRun.benchmarkRun)).toEqual([
      {
        progress: { expected: 2, started: 1, running: 1, scoring: 0, finished: 0, pending: 1, fraction: 0 },
        stats: {
          sampleSize: 0,
          isComplete: false,
          passed: 0,
          failed: 0,
          errored: 0,
          meanScore: null,
          passRate: null,
        },
      },
      {
        progress: { expected: 2, started: 1, running: 0, scoring: 0, finished: 1, pending: 1, fraction: 0.5 },
        stats: {
          sampleSize: 1,
          isComplete: false,
          passed: 1,
          failed: 0,
          errored: 0,
          meanScore: 1,
          passRate: { value: 1 },
        },
      },
      {
        progress: { expected: 2, started: 2, running: 0, scoring: 0, finished: 2, pending: 0, fraction: 1 },
        stats: {
          sampleSize: 2,
          isComplete: true,
          passed: 1,
          failed: 0,
          errored: 1,
          meanScore: 1,
          passRate: { value: 0.5 },
        },
      },
    ]);
    expect(answers[2]?.data.benchmarkRun.changes).toEqual([
      { scenarioRun: { benchmarkRun: { id: run.id, progress: { finished: 2 } } } },
    ]);

    const calls = gateway.calls();
    const polls = calls.filter((call) => call === `GET /v1/benchmark_runs/${run.id}`).length;
    const lists = calls.filter((call) => call.includes('/scenario_runs?')).length;
    expect(lists).toBeLessThanOrEqual(polls);
    const rest = calls.filter((call) => !call.startsWith(`GET /v1/benchmark_runs/${run.id}`));
    // Whoever asked first, perhaps two at once; nobody after them.
    expect(new Set(rest)).toEqual(new Set([`GET /v1/benchmarks/${benchmark.id}`]));
    expect(rest.length).toBeLessThanOrEqual(2);
  });

  it('tells the same as a query that is asked at the same time', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { world } = gateway;
    const run = world.insert.benchmarkRun({ state: 'completed' });
    for (const state of ['completed', 'timeout', 'scored'] as const) {
      world.insert.scenarioRun({ benchmark_run_id: run.id, state });
    }
    const selection = `progress { expected started finished isExhaustive }
      stats { sampleSize isComplete meanScore duration { p50 p90 max } scorers { name meanScore } failures { reason runs } attempts { total flakeRate } }`;
    using stream = await openEventStream(gateway.url, {
      query: `subscription($id: ID!) { benchmarkRun(id: $id) { benchmarkRun { ${selection} } } }`,
      variables: { id: run.id },
    });
    await stream.received(1);

    const { data } = await gateway.query(`query($id: ID!) { benchmarkRun(id: $id) { ${selection} } }`, {
      id: run.id,
    });

    expect((stream.events[0]?.data as Answer).data.benchmarkRun.benchmarkRun).toEqual(
      (data as { benchmarkRun: object }).benchmarkRun,
    );
  });

  it('says that it has not counted what the upstream sent unreadable, as a query does', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { world } = gateway;
    const run = world.insert.benchmarkRun({ state: 'completed' });
    world.insert.scenarioRun({ benchmark_run_id: run.id, state: 'completed' });
    const odd = world.insert.scenarioRun({ benchmark_run_id: run.id, state: 'completed' });
    world.scenarioRuns.update(odd.id, { scenario_id: '' });
    const selection = 'progress { started isExhaustive } stats { sampleSize isComplete }';
    using stream = await openEventStream(gateway.url, {
      query: `subscription($id: ID!) { benchmarkRun(id: $id) { benchmarkRun { ${selection} } } }`,
      variables: { id: run.id },
    });
    await stream.received(1);

    const { data } = await gateway.query(`query($id: ID!) { benchmarkRun(id: $id) { ${selection} } }`, {
      id: run.id,
    });

    expect(data).toEqual({
      benchmarkRun: {
        progress: { started: 1, isExhaustive: false },
        stats: { sampleSize: 1, isComplete: false },
      },
    });
    expect((stream.events[0]?.data as Answer).data.benchmarkRun.benchmarkRun).toEqual(
      (data as { benchmarkRun: object }).benchmarkRun,
    );
  });
});
