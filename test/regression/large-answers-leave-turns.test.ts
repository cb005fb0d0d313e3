/** While large logs were read, whatever their sockets had brought was parsed in one go, and nobody else was answered meanwhile. */
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { pageOfLog } from '../../src/loaders/log-page.ts';
import { sizeOf } from '../../src/memory/size.ts';
import { createByteBudget } from '../../src/upstream/rest/byte-budget.ts';
import { readBody } from '../../src/upstream/rest/read-body.ts';
import { createReadingBudget } from '../../src/upstream/rest/reading-budget.ts';
import type { DevboxLog } from '../../src/upstream/types.ts';

const KIB = 1024;
const CHUNK_BYTES = 64 * KIB;
const BODIES = 20;

/** Rows of a KiB each, in chunks as sockets bring them. */
function largeBody(chunks: number): PassThrough {
  const body = new PassThrough({ highWaterMark: chunks * CHUNK_BYTES * 2 });
  const row = JSON.stringify('x'.repeat(KIB - 3));
  body.write('{"logs":[');
  for (let chunk = 0; chunk < chunks; chunk++)
    body.write(`${chunk === 0 ? '' : ','}${Array.from({ length: 64 }, () => row).join(',')}`);
  body.end(']}');
  return body;
}

/** The most bytes of rows that were parsed between two turns of the event loop, of all of them. */
async function parsedPerTurn(bytesPerTurn: number): Promise<number> {
  const budget = createByteBudget({
    maxBytes: Infinity,
    freeBytes: 0,
    acquireTurn: createReadingBudget({ nextTurn: (wake) => setImmediate(wake), bytesPerTurn }),
  });
  let most = 0;
  let parsed = 0;
  const progress = { isDone: false };
  const read = (text: string) => {
    parsed += text.length;
    most = Math.max(most, parsed);
  };
  const all = Promise.all(
    Array.from({ length: BODIES }, () =>
      readBody(largeBody(32), {
        bytes: budget.enter('somebody'),
        rows: { wrapper: 'logs', read },
        maxBytes: Infinity,
      }),
    ),
  ).finally(() => {
    progress.isDone = true;
  });
  while (!progress.isDone) {
    await new Promise((resolve) => setImmediate(resolve));
    parsed = 0;
  }
  for (const { rows } of await all) expect(rows).toHaveLength(32 * 64);
  return most;
}

describe('large answers that come in side by side', () => {
  it('are parsed a few chunks per turn of the event loop, however many they are', async () => {
    // What is read of one before it is known to be large is parsed at once.
    const early = 5 * CHUNK_BYTES;
    expect(await parsedPerTurn(2 * CHUNK_BYTES)).toBeLessThanOrEqual(4 * CHUNK_BYTES + 2 * early);
    expect(await parsedPerTurn(Infinity)).toBeGreaterThan(BODIES * CHUNK_BYTES);
  });
});

describe('a page of a long log', () => {
  /** Lines that count how often they are looked at more closely than when they were written. */
  function countedLines(count: number) {
    const looked = new Set<number>();
    const lines = Array.from({ length: count }, (_, number) => {
      const line = { level: 'info', atMs: number } as unknown as DevboxLog;
      Object.defineProperty(line, 'message', {
        enumerable: true,
        get: () => {
          looked.add(number);
          return `line ${String(number)}`;
        },
      });
      return line;
    });
    return { lines, looked };
  }

  it.each(['start', 'end'] as const)('looks at the lines that it shows, from the %s', (from) => {
    const { lines, looked } = countedLines(10_000);
    const range = { count: 3, from, after: null, before: null, conditions: {} };
    const bounds = { maxLines: 10_000, pageMaxBytes: 1_000_000, messageMaxChars: 1_000 };
    const { rows } = pageOfLog(lines, range, bounds);

    expect(rows).toHaveLength(3);
    expect(looked.size).toBeLessThanOrEqual(4);
  });

  it('is measured only until it is known to be too large for the cache', () => {
    const { lines, looked } = countedLines(10_000);
    expect(sizeOf(lines, 1_000)).toBeGreaterThan(1_000);
    expect(looked.size).toBeLessThan(100);
  });
});
