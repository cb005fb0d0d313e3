import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';
import { parseCsv } from '../export/parse-csv.ts';

describe('a CSV export', () => {
  it('has no cell that begins as a formula behind invisible characters, and no NUL', async () => {
    await using gateway = await createTestGateway();
    const { insert } = gateway.world;
    const { id } = insert.benchmarkRun({ state: 'completed' });
    const cells: readonly (readonly [sent: string, shown: string])[] = [
      ['＝1+1', "'＝1+1"],
      ['＋1', "'＋1"],
      ['－1', "'－1"],
      ['＠SUM(A1)', "'＠SUM(A1)"],
      ['﹦1', "'﹦1"],
      ['\u0000=1', "'=1"],
      ['\u0000\u0000@a', "'@a"],
      ['\uFEFF=1', "'\uFEFF=1"],
      ['\u00A0+1', "'\u00A0+1"],
      ['\u200B\u2028-1', "'\u200B\u2028-1"],
      [' \u0000=1', "' =1"],
      ['a\u0000b', 'ab'],
      ['a=1', 'a=1'],
      ['é+1', 'é+1'],
      ['', ''],
    ];
    for (const [name] of cells) insert.scenarioRun({ benchmark_run_id: id, name });

    const text = await (await fetch(`${gateway.url}/export/benchmark-runs/${id}.csv`)).text();

    const [header = [], ...rows] = parseCsv(text);
    const column = header.indexOf('name');
    expect(rows.map((row) => row[column]).reverse()).toEqual(cells.map(([, shown]) => shown));
    expect(text).not.toContain('\u0000');
  });
});
