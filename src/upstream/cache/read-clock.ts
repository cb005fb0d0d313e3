/** `ReadClock`: one order of all that is sent and received, because milliseconds are too coarse to tell what came first. */
import type { Clock } from '../../clock.ts';
import type { ReadMark } from '../types.ts';
import type { Reading } from './reading.ts';

export class ReadClock {
  readonly #clock: Clock;
  #ticks = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The next point in the order. */
  tick(): number {
    return ++this.#ticks;
  }

  /** The present point: whatever is sent from now on shows what was so after it. */
  mark(): ReadMark {
    return this.#ticks;
  }

  /** A read is sent now, in this generation; the function that comes back is called with what was received. */
  begin(generation: number): <T>(value: T) => Reading<T> {
    const sentAtMs = this.#clock.now();
    const sentTick = this.tick();
    return (value) => ({
      value,
      read: { sentAtMs, receivedAtMs: this.#clock.now() },
      sentTick,
      receivedTick: this.tick(),
      generation,
    });
  }
}
