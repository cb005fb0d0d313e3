import { describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

/** A benchmark run in which `judge` gave 1, gave 0.5, and broke with the 0 that stands for no score; `lint` only broke. */
function insertRun({ world }: TestGateway): string {
  const run = world.insert.benchmarkRun({ state: 'completed' });
  for (const [score, state] of [
    [1, 'complete'],
    [0.5, 'complete'],
    [0, 'error'],
  ] as const)
    world.insert.scenarioRun({
      benchmark_run_id: run.id,
      state: 'completed',
      scoring_contract_result: {
        score,
        scoring_function_results: [
          { scoring_function_name: 'judge', score, output: '', state },
          { scoring_function_name: 'lint', score: 0, output: '', state: 'error' },
        ],
      },
    });
  return run.id;
}

describe('a result of a scoring function that broke', () => {
  it('enters no mean, and no rate of what was scored', async () => {
    await using gateway = await createTestGateway();
    const id = insertRun(gateway);

    const { data, errors } = await gateway.query(`{ benchmarkRun(id: "${id}") { stats { scorers {
      name results passed errors scored meanScore
      passRate { value } scoredPassRate { value } coverage { value }
    } } } }`);

    expect(errors).toEqual([]);
    expect(data).toEqual({
      benchmarkRun: {
        stats: {
          scorers: [
            {
              name: 'judge',
              results: 3,
              passed: 1,
              errors: 1,
              scored: 2,
              meanScore: 0.75,
              passRate: { value: 1 / 3 },
              scoredPassRate: { value: 1 / 2 },
              coverage: { value: 2 / 3 },
            },
            {
              name: 'lint',
              results: 3,
              passed: 0,
              errors: 3,
              scored: 0,
              meanScore: null,
              passRate: { value: 0 },
              scoredPassRate: null,
              coverage: { value: 0 },
            },
          ],
        },
      },
    });
  });

  it('has no score in an export, where columns are averaged, and keeps its column', async () => {
    await using gateway = await createTestGateway();
    const id = insertRun(gateway);
    const read = async (format: string) =>
      (await fetch(`${gateway.url}/export/benchmark-runs/${id}.${format}`)).text();

    const [header = '', ...lines] = (await read('csv')).trimEnd().split('\r\n');
    const cells = (name: string) => lines.map((line) => line.split(',')[header.split(',').indexOf(name)]);
    const rows = (await read('ndjson')).trimEnd().split('\n');

    expect(cells('scores.judge')).toEqual(['', '0.5', '1']);
    expect(cells('scores.lint')).toEqual(['', '', '']);
    expect(rows.map((row) => (JSON.parse(row) as { readonly scores: unknown }).scores)).toEqual([
      { judge: null, lint: null },
      { judge: 0.5, lint: null },
      { judge: 1, lint: null },
    ]);
  });
});
