/** Answers of the upstream that came in together were taken in together: twenty pages of a list kept everybody else waiting for 60 ms. */
import { describe, expect, it, vi } from 'vitest';
import { sizeOf } from '../../src/memory/size.ts';
import { Account } from '../../src/upstream/account.ts';
import { startRest } from '../upstream/rest-stage.ts';
import { json } from '../upstream/stub-server.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Of about so many bytes. */
const scenarioRuns = (bytes: number) => ({
  runs: Array.from({ length: bytes / 1_000 }, (_, number) => ({
    run_id: `scr_${String(number)}`,
    scenario_id: 'scn_1',
    state: 'completed',
    name: 'x'.repeat(900),
  })),
  has_more: false,
});

describe('answers that come in together', () => {
  it('are taken in about 32 KiB of each caller per turn of the event loop, and those of others beside them', async () => {
    await using rest = await startRest(json(scenarioRuns(50_000)), { concurrency: 50, connections: 50 });
    const others = new Account('ak_others', { hashSecret: 'test' });
    const taken: string[] = [];
    let most = 0;
    const ask = async (who: string, session = rest.session()) => {
      await session.list('scenarioRuns', {}, { limit: 100, after: undefined, totalCount: false });
      taken.push(who);
    };
    const all = Promise.all([
      ...Array.from({ length: 20 }, () => ask('one')),
      ask('other', rest.session({ account: others })),
    ]);
    const progress = { isDone: false };
    void all.finally(() => {
      progress.isDone = true;
    });
    while (!progress.isDone) {
      const before = taken.length;
      await turn();
      most = Math.max(most, taken.length - before);
    }
    await all;

    expect(taken).toHaveLength(21);
    expect(most).toBeLessThanOrEqual(2);
    expect(taken.indexOf('other')).toBeLessThan(20);
  });
});

describe('an answer of megabytes', () => {
  it('counts for 128 KiB: what comes after it waits for four turns, not for a hundred', async () => {
    await using rest = await startRest(json(scenarioRuns(4_000_000)));
    await rest.session().list('scenarioRuns', {}, { limit: 5_000, after: undefined, totalCount: false });

    const { mock } = vi.spyOn(rest.clock, 'nextTurn');
    for (let before = -1; before < mock.calls.length;) {
      before = mock.calls.length;
      for (let n = 0; n < 5; n++) await turn();
    }

    expect(mock.calls.length).toBeGreaterThan(0);
    expect(mock.calls.length).toBeLessThanOrEqual(5);
  });
});

describe('a log that was read line by line', () => {
  it('has the size that was counted meanwhile: none of its lines is measured', async () => {
    const lines = Array.from({ length: 5_000 }, (_, number) => ({
      level: 'info',
      source: 'entrypoint',
      timestamp_ms: 1_767_225_600_000 + number,
      message: `line ${String(number)} ${'x'.repeat(100)}`,
    }));
    await using rest = await startRest(json({ logs: lines }));

    const log = await rest.session().read('devboxLogs', { id: 'dbx_1' });

    const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(JSON.stringify(line)), 0);
    expect(sizeOf(log)).toBe(bytes);
  });
});
