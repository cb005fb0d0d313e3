import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type TestGateway, UNCACHED } from '../support/gateway.ts';
import { SNAPSHOT_CURSOR, RARE_POLLS } from '../support/subscriptions.ts';

const RUN = 'bmr_large';
/** Large answers take the time that the machine takes. */
const PATIENT = { ...RARE_POLLS, OPERATION_TIMEOUT_MS: '120000', LIVE_OPEN_TIMEOUT_MS: '120000' };

/** A benchmark run whose scorers have written much. Its scenario runs pass and fail in turns. */
function fill({ world }: TestGateway, { runs, outputBytes }: { runs: number; outputBytes: number }): void {
  world.insert.benchmarkRun({ id: RUN, state: 'running' });
  for (let run = 0; run < runs; run++) {
    const score = run % 2;
    const output = `"${String(run)}"\n`.repeat(outputBytes).slice(0, outputBytes);
    world.insert.scenarioRun({
      id: `scr_${String(run)}`,
      benchmark_run_id: RUN,
      state: 'completed',
      scoring_contract_result: {
        score,
        scoring_function_results: [{ scoring_function_name: 'check', score, output, state: 'complete' }],
      },
    });
  }
}

const FIGURES = `fragment Figures on BenchmarkRun {
  state
  progress { finished }
  stats { passed failed }
}`;
const figuresOf = (runs: number) => ({
  state: 'RUNNING',
  progress: { finished: runs },
  stats: { passed: runs / 2, failed: runs / 2 },
});

describe.each([
  { runs: 60, outputBytes: 4_000, env: { UPSTREAM_RESPONSE_MAX_BYTES: '65536' } },
  { runs: 500, outputBytes: 140_000, env: {} },
])(
  'a benchmark run of $runs runs with $outputBytes bytes of scorer output each',
  ({ runs, outputBytes, env }) => {
    it('has figures, rows, an export and a subscription', { timeout: 120_000 }, async () => {
      await using gateway = await createTestGateway({ env: { ...PATIENT, ...env } });
      fill(gateway, { runs, outputBytes });

      const figures = await gateway.query(
        `query($id: ID!) { benchmarkRun(id: $id) { ...Figures scenarioRuns(first: 1) { totalCount } } } ${FIGURES}`,
        { id: RUN },
      );
      expect(figures.errors).toEqual([]);
      expect(figures.data).toEqual({
        benchmarkRun: { ...figuresOf(runs), scenarioRuns: { totalCount: runs } },
      });

      const rows = await gateway.query(
        `query($id: ID!) { benchmarkRun(id: $id) { scenarioRuns(first: 30) {
        pageInfo { hasNextPage }
        nodes { id scoringResult { functionResults { output } } }
      } } }`,
        { id: RUN },
      );
      expect(rows.errors).toEqual([]);
      const { nodes, pageInfo } = (
        rows.data as { benchmarkRun: { scenarioRuns: { nodes: object[]; pageInfo: object } } }
      ).benchmarkRun.scenarioRuns;
      expect(pageInfo).toEqual({ hasNextPage: true });
      expect(nodes).toHaveLength(30);
      expect(nodes[0]).toMatchObject({ id: `scr_${String(runs - 1)}` });
      expect(rows.text.length).toBeGreaterThan(30 * outputBytes);

      const exported = await fetch(`${gateway.url}/export/benchmark-runs/${RUN}.ndjson`);
      const lines = (await exported.text()).trimEnd().split('\n');
      expect(new Set(lines.map((line) => (JSON.parse(line) as { id: string }).id)).size).toBe(runs);

      using stream = await openEventStream(gateway.url, {
        query: `subscription($id: ID!) { benchmarkRun(id: $id) { kind benchmarkRun { ...Figures } } } ${FIGURES}`,
        variables: { id: RUN },
      });
      await stream.received(1);
      expect(stream.events[0]?.data).toEqual({
        data: { benchmarkRun: { kind: 'SNAPSHOT', benchmarkRun: figuresOf(runs) } },
        extensions: SNAPSHOT_CURSOR,
      });
    });
  },
);

describe('a list of which an answer was too large', () => {
  it('is asked for in pages that fit from then on, and counted once', async () => {
    await using gateway = await createTestGateway({
      env: { ...UNCACHED, UPSTREAM_RESPONSE_MAX_BYTES: '65536' },
    });
    fill(gateway, { runs: 60, outputBytes: 4_000 });
    const ask = () =>
      gateway.query('query($id: ID!) { benchmarkRun(id: $id) { progress { finished } } }', { id: RUN });
    const limits = () =>
      gateway
        .calls()
        .filter((call) => call.includes('/scenario_runs'))
        .map((call) => Number(/limit=(\d+)/.exec(call)?.[1]));

    await ask();
    const [first, ...others] = limits();
    expect(first).toBeGreaterThanOrEqual(60);
    expect(others.length).toBeGreaterThan(4);
    for (const limit of others) expect(limit).toBeLessThan(16);
    await ask();
    const again = limits();
    expect(again.length).toBeGreaterThan(6);
    for (const limit of again) expect(limit).toBeLessThan(16);
  });
});
