import { describe, expect, it } from 'vitest';
import { recordsOf } from '../export/parse-csv.ts';
import { type EventStream, openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { FAST_POLLS } from '../support/subscriptions.ts';

const START = `mutation($input: StartBenchmarkRunInput!) {
  result: startBenchmarkRun(input: $input) {
    __typename
    ... on StartBenchmarkRunSuccess { benchmarkRun { id name state metadata { key value } progress { expected pending } } }
    ... on Error { message }
  }
}`;
const START_SCENARIO = `mutation($input: StartScenarioRunInput!) {
  result: startScenarioRun(input: $input) {
    __typename
    ... on StartScenarioRunSuccess { scenarioRun { id state benchmarkRun { id } } }
    ... on Error { message }
  }
}`;
const SCORE = `mutation($id: ID!) {
  result: scoreScenarioRun(id: $id) {
    __typename ... on ScoreScenarioRunSuccess { scenarioRun { id state } } ... on Error { message }
  }
}`;
const COMPLETE_SCENARIO = `mutation($id: ID!) {
  result: completeScenarioRun(id: $id) {
    __typename ... on CompleteScenarioRunSuccess { scenarioRun { id state outcome } } ... on Error { message }
  }
}`;
const COMPLETE = `mutation($id: ID!) {
  result: completeBenchmarkRun(id: $id) {
    __typename
    ... on CompleteBenchmarkRunSuccess { benchmarkRun { id state score } }
    ... on InvalidTransitionError { message currentState }
    ... on Error { message }
  }
}`;
const FOLLOW = `subscription($id: ID!) {
  benchmarkRun(id: $id) {
    kind
    skipped
    benchmarkRun {
      state
      score
      progress { expected started running scoring finished pending fraction }
      stats { passed failed sampleSize isComplete passRate { value } }
    }
    changes { previousState scenarioRun { id state score } }
  }
}`;

interface Progress {
  readonly started: number;
  readonly finished: number;
  readonly fraction: number;
}

interface LiveEvent {
  readonly kind: string;
  readonly skipped: number;
  readonly benchmarkRun: {
    readonly state: string;
    readonly score: number | null;
    readonly progress: Progress;
    readonly stats: { readonly passed: number; readonly failed: number; readonly isComplete: boolean };
  };
  readonly changes: readonly { readonly scenarioRun: { readonly id: string; readonly state: string } }[];
}

async function ask<T>(gateway: TestGateway, document: string, variables: object = {}): Promise<T> {
  const { data, errors } = await gateway.query(document, { ...variables });
  expect(errors).toEqual([]);
  return data as T;
}

/** The result of a mutation that succeeds. */
async function done<T>(gateway: TestGateway, document: string, variables: object): Promise<T> {
  const { result } = await ask<{ result: T & { __typename: string } }>(gateway, document, variables);
  expect(result.__typename).toMatch(/Success$/);
  return result;
}

const liveEvents = ({ events }: EventStream): readonly LiveEvent[] =>
  events.flatMap(({ data }) => {
    const event = (data as { data?: { benchmarkRun: LiveEvent } } | null)?.data?.benchmarkRun;
    return event ? [event] : [];
  });

/** Waits for an event that is so; whatever comes before it is kept in the stream. */
async function until(stream: EventStream, isSo: (event: LiveEvent) => boolean): Promise<LiveEvent> {
  for (;;) {
    const found = liveEvents(stream).find(isSo);
    if (found) return found;
    await stream.received(stream.events.length + 1);
  }
}

/** A benchmark of three scenarios, of which the second cannot be passed, and an older run that passed the last two. */
function insertBenchmark({ world }: TestGateway) {
  const { insert } = world;
  const scenarios = [1, 0, 1].map((score, index) =>
    insert.scenario({
      name: `scenario ${String(index)}`,
      scoring_contract: {
        scoring_function_parameters: [
          {
            name: 'check',
            weight: 1,
            scorer: { type: 'bash_script_scorer', bash_script: `echo "score=${String(score)}.0"` },
          },
        ],
      },
    }),
  );
  const benchmark = insert.benchmark({ name: 'suite', scenarioIds: scenarios.map(({ id }) => id) });
  const older = insert.benchmarkRun({
    name: 'older',
    benchmark_id: benchmark.id,
    state: 'completed',
    score: 2 / 3,
    metadata: { agent: 'old-agent' },
  });
  for (const [index, score] of [0, 1, 1].entries()) {
    insert.scenarioRun({
      scenario_id: scenarios[index]!.id,
      benchmark_run_id: older.id,
      state: 'completed',
      scoring_contract_result: {
        score,
        scoring_function_results: [{ scoring_function_name: 'check', score, output: '', state: 'complete' }],
      },
    });
  }
  return { benchmark, scenarios, older };
}

describe('the whole life of a benchmark run', () => {
  it('is started, followed, scored, completed, compared and exported from one place', async () => {
    await using gateway = await createTestGateway({
      env: FAST_POLLS,
      simulator: { speed: 100, size: 'empty' },
    });
    const { benchmark, scenarios, older } = insertBenchmark(gateway);

    // Start.
    const { benchmarkRun } = await done<{ benchmarkRun: { id: string } }>(gateway, START, {
      input: {
        benchmarkId: benchmark.id,
        name: 'newer',
        metadata: [{ key: 'agent', value: 'new-agent' }],
      },
    });
    const { id } = benchmarkRun;
    expect(benchmarkRun).toEqual({
      id,
      name: 'newer',
      state: 'RUNNING',
      metadata: [{ key: 'agent', value: 'new-agent' }],
      progress: { expected: 3, pending: 3 },
    });

    // See it progress live.
    using live = await openEventStream(gateway.url, { query: FOLLOW, variables: { id } });
    expect(await until(live, () => true)).toMatchObject({
      kind: 'SNAPSHOT',
      benchmarkRun: { progress: { expected: 3, started: 0, pending: 3, fraction: 0 } },
    });
    const runIds: string[] = [];
    for (const { id: scenarioId } of scenarios) {
      const { scenarioRun } = await done<{ scenarioRun: { id: string; state: string } }>(
        gateway,
        START_SCENARIO,
        { input: { scenarioId, benchmarkRunId: id } },
      );
      expect(scenarioRun).toMatchObject({ state: 'RUNNING', benchmarkRun: { id } });
      runIds.push(scenarioRun.id);
    }
    await until(live, ({ benchmarkRun: run }) => run.progress.started === 3);

    // It is too early to complete a scenario run, and the answer says so.
    const early = await ask<{ result: object }>(
      gateway,
      COMPLETE_SCENARIO.replace(
        '... on Error',
        '... on InvalidTransitionError { currentState } ... on Error',
      ),
      { id: runIds[0] },
    );
    expect(early.result).toMatchObject({ __typename: 'InvalidTransitionError', currentState: 'RUNNING' });

    // Score.
    for (const runId of runIds) {
      await done(gateway, SCORE, { id: runId });
      const { scenarioRun } = await ask<{ scenarioRun: { state: string } }>(
        gateway,
        'query($id: ID!) { scenarioRun(id: $id) { state } }',
        { id: runId },
      );
      expect(['SCORING', 'SCORED']).toContain(scenarioRun.state);
    }
    const scored = await until(live, ({ benchmarkRun: run }) => run.progress.finished === 3);
    expect(scored.benchmarkRun).toMatchObject({
      state: 'RUNNING',
      progress: { fraction: 1, running: 0, scoring: 0 },
      stats: { passed: 2, failed: 1, passRate: { value: 2 / 3 } },
    });

    // Complete.
    for (const runId of runIds) {
      const { scenarioRun } = await done<{ scenarioRun: object }>(gateway, COMPLETE_SCENARIO, { id: runId });
      expect(scenarioRun).toMatchObject({ id: runId, state: 'COMPLETED' });
    }
    const completed = await done<{ benchmarkRun: { state: string; score: number } }>(gateway, COMPLETE, {
      id,
    });
    expect(completed.benchmarkRun.state).toBe('COMPLETED');
    expect(completed.benchmarkRun.score).toBeCloseTo(2 / 3, 10);

    // The subscription ends by itself, having told everything in order.
    await live.ended;
    const events = liveEvents(live);
    expect(events.at(-1)?.benchmarkRun).toMatchObject({ state: 'COMPLETED', stats: { isComplete: true } });
    expect(events.every(({ skipped }) => skipped === 0)).toBe(true);
    const finished = events.map(({ benchmarkRun: run }) => run.progress.finished);
    expect(finished).toEqual([...finished].sort((a, b) => a - b));
    for (const runId of runIds) {
      const states = events.flatMap(({ changes }) =>
        changes
          .filter(({ scenarioRun }) => scenarioRun.id === runId)
          .map(({ scenarioRun }) => scenarioRun.state),
      );
      const order = ['RUNNING', 'SCORING', 'SCORED', 'COMPLETED'];
      expect(states).toEqual(order.filter((state) => states.includes(state)));
      expect(states.at(-1)).toBe('COMPLETED');
    }

    // What is over cannot be completed again.
    const again = await ask<{ result: object }>(gateway, COMPLETE, { id });
    expect(again.result).toMatchObject({ __typename: 'InvalidTransitionError', currentState: 'COMPLETED' });

    // Find, compare and rank.
    const found = await ask<object>(
      gateway,
      `query($id: ID!, $base: ID!, $benchmark: ID!) {
        benchmarkRun(id: $id) {
          scenarioRuns(filter: { outcome: FAILED }) { isExhaustive totalCount nodes { scenario { name } } }
        }
        compareBenchmarkRuns(base: $base, head: $id) {
          regressed fixed unchanged onlyInBase onlyInHead scoreDelta isComplete
          scenarios(change: [REGRESSED, FIXED]) { change scoreDelta scenario { name } }
        }
        benchmark(id: $benchmark) {
          runs(filter: { metadata: [{ key: "agent", value: "new-agent" }] }) { nodes { id } }
          leaderboard(by: "agent") { rows { value runs passed sampleSize } }
        }
      }`,
      { id, base: older.id, benchmark: benchmark.id },
    );
    expect(found).toMatchObject({
      benchmarkRun: {
        scenarioRuns: { isExhaustive: true, totalCount: 1, nodes: [{ scenario: { name: 'scenario 1' } }] },
      },
      compareBenchmarkRuns: {
        regressed: 1,
        fixed: 1,
        unchanged: 1,
        onlyInBase: 0,
        onlyInHead: 0,
        scoreDelta: 0,
      },
      benchmark: { runs: { nodes: [{ id }] } },
    });
    const { scenarios: changed } = (
      found as { compareBenchmarkRuns: { scenarios: { change: string; scenario: { name: string } }[] } }
    ).compareBenchmarkRuns;
    expect(Object.fromEntries(changed.map(({ change, scenario }) => [scenario.name, change]))).toEqual({
      'scenario 0': 'FIXED',
      'scenario 1': 'REGRESSED',
    });
    const { rows } = (found as { benchmark: { leaderboard: { rows: { value: string }[] } } }).benchmark
      .leaderboard;
    expect(new Map(rows.map((row) => [row.value, row]))).toEqual(
      new Map(
        ['new-agent', 'old-agent'].map((value) => [value, { value, runs: 1, passed: 2, sampleSize: 3 }]),
      ),
    );

    // Read its logs and take it away.
    const { scenarioRun } = await ask<{ scenarioRun: { logs: { totalCount: number } } }>(
      gateway,
      'query($id: ID!) { scenarioRun(id: $id) { logs { totalCount nodes { source message } } } }',
      { id: runIds[0] },
    );
    expect(scenarioRun.logs.totalCount).toBeGreaterThan(0);
    const zip = await fetch(`${gateway.url}/download/scenario-runs/${String(runIds[0])}/logs.zip`);
    expect(
      Buffer.from(await zip.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
    const csv = await fetch(`${gateway.url}/export/benchmark-runs/${id}.csv`);
    const ndjson = await fetch(`${gateway.url}/export/benchmark-runs/${id}.ndjson`);
    const records = recordsOf(await csv.text());
    const lines = (await ndjson.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records.map(({ id: runId }) => runId)).toEqual([...runIds].reverse());
    expect(records).toMatchObject(
      [2, 1, 0].map((index) => ({
        scenarioName: `scenario ${String(index)}`,
        state: 'COMPLETED',
        outcome: index === 1 ? 'FAILED' : 'PASSED',
        score: index === 1 ? '0' : '1',
        'scores.check': index === 1 ? '0' : '1',
        error: '',
      })),
    );
    expect(lines.map(({ id: runId, score }) => [runId, String(score)])).toEqual(
      records.map(({ id: runId, score }) => [runId, score]),
    );
  });
});
