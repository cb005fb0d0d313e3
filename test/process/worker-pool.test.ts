/** Workers that end by themselves are begun anew, later each time, until that is given up. */
import { describe, expect, it } from 'vitest';
import type { MessageToWorker } from '../../src/process/worker-messages.ts';
import {
  createWorkerPool,
  MAX_SHORT_LIVES,
  WorkerEnded,
  type WorkerListener,
} from '../../src/process/worker-pool.ts';
import { createFakeClock } from '../support/fake-clock.ts';

interface Forked {
  readonly number: number;
  readonly listener: WorkerListener;
  readonly sent: MessageToWorker[];
}

/** A pool whose workers do what the test says. */
function createStage(count: number) {
  const clock = createFakeClock();
  const forked: Forked[] = [];
  const told: string[] = [];
  const pool = createWorkerPool({
    count,
    clock,
    fork: (number, listener) => {
      const sent: MessageToWorker[] = [];
      forked.push({ number, listener, sent });
      return { send: (message) => sent.push(message) };
    },
    onMessage: () => undefined,
    onEnded: ({ worker, how, restartInMs }) =>
      told.push(`${String(worker)} ended by ${how}, again in ${String(restartInMs)}`),
    onRestarted: (worker) => told.push(`${String(worker)} restarted`),
    onGivenUp: ({ worker, how }) => told.push(`${String(worker)} given up after ${how}`),
  });
  const latest = (number: number) => forked.findLast((one) => one.number === number);
  const url = 'http://127.0.0.1:1';
  return {
    ...{ clock, forked, told, pool },
    latest,
    becomeReady: (number: number) => latest(number)?.listener.onMessage({ kind: 'ready', url }),
    end: (number: number, how = 'SIGSEGV') => latest(number)?.listener.onExit(how),
    async start() {
      const starting = pool.start();
      for (let number = 1; number <= count; number++) {
        this.becomeReady(number);
        await clock.advance(0);
      }
      return starting;
    },
  };
}

describe('a pool of workers', () => {
  it('starts the first one alone, and the others when it accepts requests', async () => {
    const { pool, forked, becomeReady, clock } = createStage(3);
    const starting = pool.start();
    expect(forked.map(({ number }) => number)).toEqual([1]);
    becomeReady(1);
    await clock.advance(0);
    expect(forked.map(({ number }) => number)).toEqual([1, 2, 3]);
    becomeReady(2);
    becomeReady(3);

    expect(await starting).toBe('http://127.0.0.1:1');
    expect([...pool.ready.keys()]).toEqual([1, 2, 3]);
  });

  it('does not start when one of them ends before it accepts requests', async () => {
    const { pool, forked, end, told } = createStage(2);
    const starting = pool.start();
    end(1, 'exit code 1');

    await expect(starting).rejects.toThrow(WorkerEnded);
    await expect(starting).rejects.toThrow('Worker 1 has ended before it accepted requests (exit code 1)');
    await pool.stop();
    expect(forked).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it('begins one anew that has ended, twice as late after each short life, and gives up in the end', async () => {
    const stage = createStage(2);
    await stage.start();
    for (let lives = 1; lives < MAX_SHORT_LIVES; lives++) {
      const before = stage.forked.length;
      const waitMs = 250 * 2 ** (lives - 1);
      stage.end(2);
      expect(stage.told.splice(0)).toEqual([`2 ended by SIGSEGV, again in ${String(waitMs)}`]);
      await stage.clock.advance(waitMs - 1);
      expect(stage.forked).toHaveLength(before);
      await stage.clock.advance(1);
      expect(stage.forked).toHaveLength(before + 1);
      stage.becomeReady(2);
      await stage.clock.advance(0);
      expect(stage.told.splice(0)).toEqual(['2 restarted']);
    }
    stage.end(2);

    expect(stage.told).toEqual(['2 given up after SIGSEGV']);
  });

  it('counts no short lives before a long one, after which it waits for nothing', async () => {
    const stage = createStage(1);
    await stage.start();
    for (let times = 0; times < 3 * MAX_SHORT_LIVES; times++) {
      await stage.clock.advance(60_000);
      stage.end(1);
      await stage.clock.advance(0);
      stage.becomeReady(1);
      await stage.clock.advance(0);
    }

    expect(new Set(stage.told)).toEqual(new Set(['1 ended by SIGSEGV, again in 0', '1 restarted']));
  });

  it('begins none while it stops, which ends when all have ended', async () => {
    const stage = createStage(2);
    await stage.start();
    stage.end(1);
    let isStopped = false;
    const stopping = stage.pool.stop().then(() => {
      isStopped = true;
    });
    await stage.clock.advance(60_000);
    expect(stage.latest(2)?.sent).toEqual([{ kind: 'leave' }]);
    expect(isStopped).toBe(false);
    stage.end(2, 'exit code 0');
    await stopping;

    expect(stage.forked).toHaveLength(2);
  });

  it('tells one to leave that begins to listen while it stops', async () => {
    const stage = createStage(1);
    await stage.start();
    stage.end(1);
    await stage.clock.advance(250);
    void stage.pool.stop();
    stage.becomeReady(1);

    expect(stage.latest(1)?.sent.at(-1)).toEqual({ kind: 'leave' });
  });
});
