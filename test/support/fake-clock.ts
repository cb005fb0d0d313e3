/** A clock that stands still until a test moves it. */
import { type Clock, reasonOf } from '../../src/clock.ts';

export interface FakeClock extends Clock {
  /** Moves time forward, waking sleepers in the order in which they are due and letting each run before the next. */
  advance(ms: number): Promise<void>;
  /** Resolves once at least `count` sleepers wait, however many turns of the event loop that takes. */
  sleepers(count: number): Promise<void>;
  /** How many sleepers wait now: 0 means that no timer is set. */
  readonly pending: number;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** 2026-01-01T00:00:00Z, so that instants in assertions are recognisable. */
const EPOCH = Date.UTC(2026, 0, 1);

export function createFakeClock(start: number = EPOCH): FakeClock {
  let now = start;
  const sleepers = new Set<Sleeper>();
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  /**
   * Lets work in memory run to its end, and sockets of this process take a few steps. Node does not say what is pending in
   * sockets: a test that waits for them polls for what it expects.
   */
  const settle = async () => {
    for (let turns = 0; turns < 5; turns++) await turn();
  };

  const after: Clock['after'] = (ms, wake) => {
    const sleeper: Sleeper = {
      at: now + Math.max(0, ms),
      wake: () => {
        sleepers.delete(sleeper);
        wake();
      },
    };
    sleepers.add(sleeper);
    return () => {
      sleepers.delete(sleeper);
    };
  };

  return {
    now: () => now,
    nextTurn: (wake) => {
      setImmediate(wake);
    },
    after,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(reasonOf(signal));
          return;
        }
        const onAbort = () => {
          cancel();
          reject(reasonOf(signal));
        };
        const cancel = after(ms, () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        });
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (;;) {
        const due = [...sleepers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        now = Math.max(now, due.at);
        due.wake();
        await settle();
      }
      now = until;
    },
    async sleepers(count) {
      while (sleepers.size < count) await turn();
    },
    get pending() {
      return sleepers.size;
    },
  };
}
