import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { FAST_POLLS } from '../support/subscriptions.ts';

const COUNTS = 'sampleSize passed failed errored failures { reason runs examples }';

/** A benchmark run with one scenario run that passed, and one in each state that ends without a score. */
function insertRuns({ world }: TestGateway) {
  const scenarioIds = Array.from({ length: 3 }, () => world.insert.scenario().id);
  const run = world.insert.benchmarkRun({ benchmark_id: world.insert.benchmark({ scenarioIds }).id });
  const [passed, completed, scored] = scenarioIds.map((scenario_id, index) =>
    world.insert.scenarioRun({
      scenario_id,
      benchmark_run_id: run.id,
      state: index === 2 ? 'scored' : 'completed',
      ...(index === 0 ? {} : { scoring_contract_result: null }),
    }),
  );
  return { run, passed: passed!, completed: completed!, scored: scored! };
}

describe('a run that ended without any score', () => {
  it('is ERRORED with the reason NO_SCORE wherever it stands', async () => {
    await using gateway = await createTestGateway();
    const { run, passed, completed, scored } = insertRuns(gateway);
    const idsOf = (...runs: readonly { readonly id: string }[]) => runs.map(({ id }) => ({ id }));

    const { data, errors } = await gateway.query(`{
      passed: scenarioRun(id: "${passed.id}") { outcome outcomeReason }
      completed: scenarioRun(id: "${completed.id}") { outcome outcomeReason score }
      scored: scenarioRun(id: "${scored.id}") { outcome outcomeReason score }
      errored: scenarioRuns(filter: { outcome: ERRORED }) { nodes { id } }
      failed: scenarioRuns(filter: { outcome: FAILED }) { nodes { id } totalCount }
      benchmarkRun(id: "${run.id}") { stats { ${COUNTS} } }
    }`);

    expect(errors).toEqual([]);
    const noScore = { outcome: 'ERRORED', outcomeReason: 'NO_SCORE', score: null };
    expect(data).toEqual({
      passed: { outcome: 'PASSED', outcomeReason: null },
      completed: noScore,
      scored: noScore,
      errored: { nodes: idsOf(scored, completed) },
      failed: { nodes: [], totalCount: 0 },
      benchmarkRun: {
        stats: {
          sampleSize: 3,
          passed: 1,
          failed: 0,
          errored: 2,
          failures: [{ reason: 'NO_SCORE', runs: 2, examples: [scored.id, completed.id] }],
        },
      },
    });
  });

  it.each([
    ['failed', 'FAILED'],
    ['timeout', 'TIMEOUT'],
    ['canceled', 'CANCELED'],
  ] as const)('is told apart from one that is %s', async (state, reason) => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.scenarioRun({ state });

    const { data } = await gateway.query(`{ scenarioRun(id: "${id}") { outcome outcomeReason } }`);

    expect(data).toEqual({ scenarioRun: { outcome: 'ERRORED', outcomeReason: reason } });
  });

  it('is ERRORED in the event in which it ends, and in the totals beside it', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { world } = gateway;
    const run = world.insert.benchmarkRun();
    const { id } = world.insert.scenarioRun({ benchmark_run_id: run.id });
    using stream = await openEventStream(gateway.url, {
      query: `subscription { benchmarkRun(id: "${run.id}") {
        changes { scenarioRun { outcome outcomeReason } }
        benchmarkRun { stats { failed errored scored coverage { value } } }
      } }`,
    });
    await stream.received(1);

    world.scenarioRuns.update(id, { state: 'completed', duration_ms: 1_000, scoring_contract_result: null });
    await stream.received(2);

    expect(stream.events[1]?.data).toMatchObject({
      data: {
        benchmarkRun: {
          changes: [{ scenarioRun: { outcome: 'ERRORED', outcomeReason: 'NO_SCORE' } }],
          benchmarkRun: { stats: { failed: 0, errored: 1, scored: 0, coverage: { value: 0 } } },
        },
      },
    });
  });

  it('is exported so', async () => {
    await using gateway = await createTestGateway();
    const { run } = insertRuns(gateway);
    const read = async (format: string) =>
      (await fetch(`${gateway.url}/export/benchmark-runs/${run.id}.${format}`)).text();

    const [header = '', ...lines] = (await read('csv')).trimEnd().split('\r\n');
    const column = (name: string) => header.split(',').indexOf(name);
    const rows = (await read('ndjson')).trimEnd().split('\n');

    const expected = [
      ['ERRORED', 'NO_SCORE'],
      ['ERRORED', 'NO_SCORE'],
      ['PASSED', ''],
    ];
    expect(
      lines.map((line) => ['outcome', 'outcomeReason'].map((name) => line.split(',')[column(name)])),
    ).toEqual(expected);
    expect(
      rows.map((row) => {
        const { outcome, outcomeReason } = JSON.parse(row) as Record<string, string | null>;
        return [outcome, outcomeReason ?? ''];
      }),
    ).toEqual(expected);
  });
});
