import { describe, expect, it } from 'vitest';
import { createRequestQueue } from '../../src/server/graphql/request-queue.ts';

/** Turns of an event loop that a test makes go round. */
function createStage({ maxBytes = 1_000 } = {}) {
  const next: (() => void)[] = [];
  const acquireTurn = createRequestQueue({
    nextTurn: (wake) => void next.push(wake),
    maxBytes: () => maxBytes,
  });
  const done: string[] = [];
  return {
    done,
    /** How many wait for the loop to go round: at most the queues themselves. */
    get pending() {
      return next.length;
    },
    ask: (callerId: string, name: string, bytes = 1) => {
      const turn = acquireTurn(callerId, bytes);
      if (turn) void turn.then(() => done.push(name));
      else done.push(name);
    },
    goRound: async () => {
      for (const wake of next.splice(0)) wake();
      await Promise.resolve();
    },
  };
}

describe('the fair queue', () => {
  it('admits one request of each caller per turn of the event loop, in the order of arrival', async () => {
    const stage = createStage();
    for (const name of ['a1', 'a2', 'a3']) stage.ask('a', name);
    stage.ask('b', 'b1');
    expect(stage.done).toEqual(['a1', 'b1']);

    await stage.goRound();
    expect(stage.done).toEqual(['a1', 'b1', 'a2']);
    stage.ask('a', 'a4');
    stage.ask('b', 'b2');
    expect(stage.done).toEqual(['a1', 'b1', 'a2', 'b2']);
    await stage.goRound();
    await stage.goRound();
    expect(stage.done).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'a4']);
  });

  it('schedules turns only while it has callers', async () => {
    const stage = createStage();
    expect(stage.pending).toBe(0);
    stage.ask('a', 'first');
    stage.ask('b', 'second');
    expect(stage.pending).toBe(1);
    await stage.goRound();
    expect(stage.pending).toBe(0);
    stage.ask('a', 'third');
    expect(stage.done).toEqual(['first', 'second', 'third']);
  });

  it('refuses a caller of whom too many bytes wait', async () => {
    const stage = createStage({ maxBytes: 100 });
    stage.ask('a', 'at once', 500);
    stage.ask('a', 'waits', 60);
    stage.ask('a', 'waits too', 40);
    expect(() => {
      stage.ask('a', 'one too many', 1);
    }).toThrow(
      expect.objectContaining({
        code: 'RATE_LIMITED',
        message:
          'Expected at most 100 bytes of new requests of one caller to wait (CALLER_WAITING_MAX_BYTES), got more: send fewer at once',
      }) as Error,
    );
    stage.ask('b', 'somebody else', 500);
    await stage.goRound();
    stage.ask('a', 'now', 60);
    await stage.goRound();
    await stage.goRound();
    expect(stage.done).toEqual(['at once', 'somebody else', 'waits', 'waits too', 'now']);
  });
});
