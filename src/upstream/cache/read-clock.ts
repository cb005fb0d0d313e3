/** `ReadClock`: a logical clock that orders all requests and answers, because milliseconds are too coarse to order them. */
import type { Clock } from '../../clock.ts';
import type { ReadMark } from '../types.ts';
import type { Reading } from './reading.ts';

export class ReadClock {
  readonly #clock: Clock;
  #ticks = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The next tick. */
  tick(): number {
    return ++this.#ticks;
  }

  /** The current tick: whatever is sent from now on shows a later state. */
  mark(): ReadMark {
    return this.#ticks;
  }

  /** Begins a read that is sent now, in this generation; the returned function is called with what was received. */
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
