/** `Follower`: one follower's reference to a watch, until it is disposed. */
import type { GatewayError } from '../errors.ts';
import type { Watchable, WatchRef } from '../events/event.ts';
import type { LogPosition } from '../events/event-log.ts';
import type { Delivery } from './follow.ts';
import type { LiveTopic, TopicListener } from './live-topic.ts';
import type { WatchLog } from './watch-log.ts';

export class Follower implements LiveTopic, TopicListener {
  readonly ref: WatchRef;
  readonly #log: WatchLog;
  readonly #onLeave: () => void;
  #listener: TopicListener | null = null;
  #hasLeft = false;

  constructor(ref: WatchRef, log: WatchLog, onLeave: () => void) {
    this.ref = ref;
    this.#log = log;
    this.#onLeave = onLeave;
  }

  [Symbol.dispose](): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#log.listeners.delete(this);
    this.#onLeave();
  }

  subscribe(listener: TopicListener): void {
    this.#listener = listener;
    if (!this.#hasLeft) this.#log.listeners.add(this);
  }

  wake(): void {
    this.#listener?.wake();
  }

  get current(): Watchable {
    return this.#log.current;
  }

  get epoch(): string {
    return this.#log.epoch;
  }

  get head(): number {
    return this.#log.head;
  }

  entry(sequence: number): Delivery | undefined {
    return this.#log.entry(sequence);
  }

  snapshot(): Delivery {
    return this.#log.snapshot();
  }

  locate(cursor: string): LogPosition | null {
    return this.#log.locate(cursor);
  }

  get isBehind(): boolean {
    return this.#log.isBehind;
  }

  get isComplete(): boolean {
    return this.#log.isComplete;
  }

  get failure(): GatewayError | null {
    return this.#log.failure;
  }

  get isClosed(): boolean {
    return this.#log.isClosed;
  }
}
