/** `Follower`: one follower's hold on a watch, let go by disposal or by its signal, whichever comes first. */
import type { GatewayError } from '../errors.ts';
import type { Watchable, WatchRef } from '../events/event.ts';
import type { Delivery } from './follow.ts';
import type { LiveTopic } from './live.ts';
import type { Watch } from './watch.ts';

export class Follower implements LiveTopic {
  readonly #watch: Watch;
  readonly #signal: AbortSignal;
  readonly #onLeave: () => void;
  /** A list, because it has one most of the time, and there are thousands of followers. */
  #listeners: readonly (() => void)[] = [];
  readonly #leave = () => {
    this[Symbol.dispose]();
  };
  #hasLeft = false;

  constructor(watch: Watch, options: { readonly signal: AbortSignal; readonly onLeave: () => void }) {
    this.#watch = watch;
    this.#signal = options.signal;
    this.#onLeave = options.onLeave;
    this.#signal.addEventListener('abort', this.#leave, { once: true });
  }

  [Symbol.dispose](): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#signal.removeEventListener('abort', this.#leave);
    for (const listener of this.#listeners) this.#watch.listeners.delete(listener);
    this.#onLeave();
  }

  subscribe(listener: () => void): () => void {
    // A function of its own, so that one listener can be given twice.
    const own = () => {
      listener();
    };
    if (!this.#hasLeft) {
      this.#listeners = [...this.#listeners, own];
      this.#watch.listeners.add(own);
    }
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== own);
      this.#watch.listeners.delete(own);
    };
  }

  get ref(): WatchRef {
    return this.#watch.topic.ref;
  }

  get current(): Watchable {
    return this.#watch.current;
  }

  get head(): number {
    return this.#watch.head;
  }

  entry(sequence: number): Delivery | undefined {
    return this.#watch.entry(sequence);
  }

  snapshot(): Delivery {
    return this.#watch.snapshot();
  }

  locate(cursor: string): number | null {
    return this.#watch.locate(cursor);
  }

  get isComplete(): boolean {
    return this.#watch.isComplete;
  }

  get failure(): GatewayError | null {
    return this.#watch.failure;
  }

  get isClosed(): boolean {
    return this.#watch.isClosed;
  }
}
