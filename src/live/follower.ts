/** `Follower`: one follower's hold on a watch, until it is disposed. */
import type { GatewayError } from '../errors.ts';
import type { Watchable, WatchRef } from '../events/event.ts';
import type { Delivery } from './follow.ts';
import type { LiveTopic, TopicListener } from './live.ts';
import type { Watch } from './watch.ts';

export class Follower implements LiveTopic, TopicListener {
  readonly #watch: Watch;
  readonly #onLeave: () => void;
  #listener: TopicListener | null = null;
  #hasLeft = false;

  constructor(watch: Watch, onLeave: () => void) {
    this.#watch = watch;
    this.#onLeave = onLeave;
  }

  [Symbol.dispose](): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#watch.listeners.delete(this);
    this.#onLeave();
  }

  subscribe(listener: TopicListener): void {
    this.#listener = listener;
    if (!this.#hasLeft) this.#watch.listeners.add(this);
  }

  wake(): void {
    this.#listener?.wake();
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
