import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, csvHeader, csvLine, csvRow } from '../../src/export/csv.ts';
import { exportedRun } from '../../src/export/exported-run.ts';
import { ndjsonRow } from '../../src/export/ndjson.ts';
import { GatewayError } from '../../src/errors.ts';
import { scenarioRun } from '../support/entities.ts';
import { parseCsv, recordsOf } from './parse-csv.ts';

const FORMULA_STARTS = ['=', '+', '-', '@', '\t', '\r', '\n'];
const NAMES = new Map([['scn_1', 'first']]);

function run(id: string, scores: Record<string, number>, metadata: Record<string, string>) {
  return exportedRun(
    scenarioRun({
      id,
      state: 'completed',
      metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      scoringResult: {
        score: 1,
        functionResults: Object.entries(scores).map(([name, score]) => ({
          name,
          score,
          state: 'complete',
          output: '',
        })),
      },
    }),
    NAMES,
  );
}

describe('a line of CSV', () => {
  it('reads back as what was written, whatever the text, save for the mark of a formula and NUL', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', ',', "'", ' ', 'a', ...FORMULA_STARTS) }),
    );
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (cells) => {
        const [row = []] = parseCsv(csvLine(cells));

        const unmarked = (cell: string) => (cell.startsWith("'") ? cell.slice(1) : cell);
        // NUL never leaves.
        expect(row.map(unmarked)).toEqual(cells.map((cell) => unmarked(cell.replaceAll('\0', ''))));
      }),
    );
  });

  it('begins no cell with what a spreadsheet takes for a formula', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FORMULA_STARTS), fc.string(), (start, rest) => {
        expect(parseCsv(csvLine([start + rest]))).toEqual([[`'${start}${rest}`]]);
      }),
    );
  });

  it('leaves numbers as they are and has nothing where there is nothing', () => {
    expect(csvLine([-1.5, 0, null, undefined, ''])).toBe('-1.5,0,,,\r\n');
  });
});

describe('the columns of a CSV', () => {
  const runs = [
    run('scr_1', { pytest: 1 }, { model: 'opus', '=cmd': 'x' }),
    run('scr_2', { lint: 0.5 }, { agent: 'codex' }),
  ];

  it('are those that its first rows have, each in the order of its first appearance', () => {
    const columns = columnsOf(runs, { isAll: true, maxColumns: 10 });

    expect(columns).toEqual({
      scores: ['pytest', 'lint'],
      metadata: ['model', '=cmd', 'agent'],
      hasRest: false,
    });
    expect(recordsOf(csvHeader(columns) + runs.map((each) => csvRow(each, columns)).join(''))).toMatchObject([
      { id: 'scr_1', scenarioName: 'first', 'scores.pytest': '1', 'scores.lint': '', 'metadata.=cmd': 'x' },
      { id: 'scr_2', 'scores.pytest': '', 'scores.lint': '0.5', 'metadata.agent': 'codex' },
    ]);
  });

  it('hold what later rows have beyond them in two columns more', () => {
    const columns = columnsOf(runs, { isAll: false, maxColumns: 10 });
    const later = run('scr_3', { pytest: 0, tone: 0.25 }, { model: 'haiku', team: 'a"b' });

    expect(recordsOf(csvHeader(columns) + csvRow(later, columns))).toMatchObject([
      {
        'scores.pytest': '0',
        'metadata.model': 'haiku',
        otherScores: '{"tone":0.25}',
        otherMetadata: '{"team":"a\\"b"}',
      },
    ]);
  });

  it('are no more than they may be', () => {
    const columns = columnsOf(runs, { isAll: true, maxColumns: 3 });

    expect(columns).toEqual({ scores: ['pytest', 'lint'], metadata: ['model'], hasRest: true });
    expect(
      recordsOf(csvHeader(columns) + csvRow(run('scr_1', {}, { agent: 'codex' }), columns)),
    ).toMatchObject([{ otherScores: '', otherMetadata: '{"agent":"codex"}' }]);
  });
});

describe('a row', () => {
  it('says what of it could not be read', () => {
    const unavailable = new GatewayError('UPSTREAM_UNAVAILABLE', 'Runloop is unavailable');
    const nameless = exportedRun(scenarioRun({ id: 'scr_1' }), new Map([['scn_1', unavailable]]));
    const lost = exportedRun(new GatewayError('UPSTREAM_ERROR', 'unreadable'), NAMES);

    expect(nameless).toMatchObject({ id: 'scr_1', error: 'scenarioName: Runloop is unavailable' });
    expect(lost).toMatchObject({ id: null, state: null, error: 'unreadable' });
  });

  it('of a scenario that is gone has no name and no error', () => {
    expect(exportedRun(scenarioRun({ id: 'scr_1' }), new Map([['scn_1', null]]))).toMatchObject({
      scenarioName: null,
      error: null,
    });
  });

  it('of NDJSON is the whole run, its text unchanged', () => {
    const line = ndjsonRow(run('scr_1', { pytest: 0.5 }, { formula: '=1+1', __proto__x: '' }));

    expect(line.endsWith('}\n')).toBe(true);
    expect(JSON.parse(line)).toMatchObject({
      id: 'scr_1',
      state: 'COMPLETED',
      outcome: 'PASSED',
      score: 1,
      startedAt: '2026-01-01T00:00:00.000Z',
      scores: { pytest: 0.5 },
      metadata: { formula: '=1+1' },
    });
  });

  it('tells scoring functions with the same name apart', () => {
    const result = { name: 'pytest', state: 'complete', output: '' } as const;
    const both = scenarioRun({
      id: 'scr_1',
      scoringResult: {
        score: 1,
        functionResults: [
          { ...result, score: 1 },
          { ...result, score: 0 },
        ],
      },
    });

    expect([...exportedRun(both, NAMES).scores]).toEqual([
      ['pytest', 1],
      ['pytest (2)', 0],
    ]);
  });
});
