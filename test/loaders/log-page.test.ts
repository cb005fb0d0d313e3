import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import {
  countOfLog,
  type LogBounds,
  type LogConditions,
  type LogLine,
  type LogRange,
  pageOfLog,
  positionOf,
} from '../../src/loaders/log-page.ts';
import type { DevboxLog, Row } from '../../src/upstream/types.ts';

const BOUNDS: LogBounds = { maxLines: 1_000, pageMaxBytes: 10_000, messageMaxChars: 100 };
const UNREADABLE = new GatewayError('UPSTREAM_ERROR', 'unreadable');

function line(message: string, parts: Partial<DevboxLog> = {}): DevboxLog {
  return {
    level: 'info',
    source: 'entrypoint',
    atMs: 1_000,
    message,
    command: null,
    executionId: null,
    exitCode: null,
    shellName: null,
    ...parts,
  };
}

const textOf = (row: Row<LogLine>) => (row instanceof GatewayError ? 'unreadable' : row.message);

function page(lines: readonly Row<DevboxLog>[], conditions: LogConditions, bounds: Partial<LogBounds> = {}) {
  const { rows, ...rest } = pageOfLog(
    lines,
    { count: 100, from: 'start', after: null, before: null, conditions },
    { ...BOUNDS, ...bounds },
  );
  return { texts: rows.map(textOf), ...rest };
}

interface Walk {
  readonly batches: readonly (readonly { readonly later: number; readonly kind: string }[])[];
  readonly sizes: readonly number[];
  readonly bounds: LogBounds;
  readonly search: string | undefined;
}

/** Walks a log of which another batch is written after each page; answers what was seen and what was written. */
function walk({ batches, sizes, bounds, search }: Walk) {
  const log: Row<DevboxLog>[] = [];
  const seen: Row<LogLine>[] = [];
  let atMs = 1_000;
  let after: string | null = null;
  for (let turn = 0, isOver = false; !isOver; turn++) {
    for (const { later, kind } of batches[turn] ?? []) {
      atMs += later;
      log.push(kind === 'unreadable' ? UNREADABLE : line(`${kind}${String(log.length)}`, { atMs }));
    }
    const first = sizes[turn % sizes.length] ?? 1;
    const position = after === null ? null : positionOf(after);
    const range: LogRange = {
      count: first,
      from: 'start',
      after: position,
      before: null,
      conditions: { search },
    };
    const { rows, hasMore, resumeAfter } = pageOfLog(log, range, bounds);
    expect(rows.length).toBeLessThanOrEqual(first);
    seen.push(...rows);
    after = resumeAfter ?? after;
    isOver = !hasMore && turn >= batches.length;
  }
  return { seen, log };
}

describe('walking a log', () => {
  it('shows every line that meets the conditions once, whatever the pages, the bounds and what is appended', () => {
    const written = fc.record({
      later: fc.constantFrom(0, 0, 1, 5),
      kind: fc.constantFrom('a', 'b', 'unreadable'),
    });
    fc.assert(
      fc.property(
        fc.record({
          batches: fc.array(fc.array(written, { maxLength: 20 }), { maxLength: 5 }),
          sizes: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
          bounds: fc.record({
            maxLines: fc.integer({ min: 1, max: 20 }),
            pageMaxBytes: fc.integer({ min: 1, max: 40 }),
            messageMaxChars: fc.constant(100),
          }),
          search: fc.constantFrom(undefined, 'A'),
        }),
        (given) => {
          const { seen, log } = walk(given);
          const wanted = log.filter(
            (row) =>
              row instanceof GatewayError || given.search === undefined || row.message?.startsWith('a'),
          );

          expect(seen.map(textOf)).toEqual(
            wanted.map((row) => (row instanceof GatewayError ? 'unreadable' : row.message)),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a page of a log', () => {
  it('is by time, and keeps the order of the upstream within an instant', () => {
    const lines = [
      line('c', { atMs: 3 }),
      line('a', { atMs: 1 }),
      line('b1', { atMs: 2 }),
      line('b2', { atMs: 2 }),
    ];

    expect(page(lines, {}).texts).toEqual(['a', 'b1', 'b2', 'c']);
  });

  it.each<[LogConditions, string[]]>([
    [{ level: 'ERROR' }, ['two']],
    [{ source: 'kmsg' }, ['three']],
    [{ search: 'ON' }, ['one']],
    [{ search: 'npm TEST' }, ['four']],
    [{ search: 'o', level: 'error' }, ['two']],
    [{ search: 'nowhere' }, []],
  ])('of %o has the lines that meet it', (conditions, texts) => {
    const lines = [
      line('one'),
      line('two', { level: 'error' }),
      line('three', { source: 'kmsg' }),
      line('four', { command: 'npm test' }),
    ];

    expect(page(lines, conditions)).toMatchObject({ texts, hasMore: false, isExhaustive: true });
    expect(countOfLog(lines, conditions, BOUNDS)).toBe(texts.length);
  });

  it('cuts what is too long, never within a character, and says so', () => {
    const { rows } = pageOfLog(
      [line('abcd\u{1F600}e'), line('abcde'), line('x', { command: 'abcdefgh' })],
      { count: 10, from: 'start', after: null, before: null, conditions: {} },
      { ...BOUNDS, messageMaxChars: 5 },
    );

    expect(rows).toMatchObject([
      { message: 'abcd', isCut: true },
      { message: 'abcde', isCut: false },
      { message: 'x', command: 'abcde', isCut: true },
    ]);
  });

  it('ends before it has too many bytes, and shows a line that alone is longer', () => {
    const lines = [line('a'.repeat(30)), line('b'.repeat(5)), line('c'.repeat(5)), line('d'.repeat(5))];

    expect(page(lines, {}, { pageMaxBytes: 20 })).toEqual({
      texts: ['a'.repeat(30)],
      hasMore: true,
      isExhaustive: false,
      resumeAfter: '1000-0',
    });
    expect(page(lines.slice(1), {}, { pageMaxBytes: 10 }).texts).toEqual(['bbbbb', 'ccccc']);
  });

  it('says that it looked at no more lines than it may, and goes on behind them', () => {
    const lines = Array.from({ length: 50 }, (_, index) => line(`line ${String(index)}`));

    expect(page(lines, { search: 'line 40' }, { maxLines: 30 })).toEqual({
      texts: [],
      hasMore: true,
      isExhaustive: false,
      resumeAfter: '1000-29',
    });
    expect(countOfLog(lines, { search: 'line' }, { maxLines: 30 })).toBeNull();
    expect(countOfLog(lines, {}, { maxLines: 30 })).toBe(50);
  });

  it('after a cursor stays where it was when the oldest lines are dropped', () => {
    const lines = Array.from({ length: 10 }, (_, index) => line(String(index), { atMs: index }));
    const after = positionOf('4-0');

    expect(
      pageOfLog(
        lines.slice(3),
        { count: 2, from: 'start', after, before: null, conditions: {} },
        BOUNDS,
      ).rows.map(textOf),
    ).toEqual(['5', '6']);
  });

  it.each(['', 'x', '1', '1-', '-1-1', '1-1-1', '99999999999999999999-1', '1-1\n'])(
    'refuses the cursor %j',
    (cursor) => {
      expect(() => positionOf(cursor)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }) as Error);
    },
  );
});
