/** `WatchLog`: what followers of a watched thing get: its log, why watching has ended, and a call when there may be something new. */
import { type GatewayError } from '../errors.ts';
import type { Watchable } from '../events/event.ts';
import type { Delivery, FollowSource } from './follow.ts';
import type { TopicListener } from './live-topic.ts';
import { createLogTail, type LogTail, type LogTailOptions } from './log-tail.ts';

export interface WatchLogOptions extends LogTailOptions {
  /** When the thing was last seen to be as it is, as Unix time in milliseconds. */
  readonly seenAtMs: () => number;
  /** The log was lost, so that followers can be given nothing more. */
  readonly onLost: () => void;
}

export class WatchLog implements FollowSource {
  readonly listeners = new Set<TopicListener>();
  readonly #options: WatchLogOptions;
  #tail: LogTail | null = null;
  #subscription: Disposable | null = null;
  #failure: GatewayError | null = null;
  #isClosed = false;

  constructor(options: WatchLogOptions) {
    this.#options = options;
  }

  /** Is woken by every append from now on. Comes before the log is read, so that no append falls in between. */
  async subscribe(): Promise<void> {
    const { log, topic } = this.#options;
    this.#subscription = await log.onAppend(topic, () => void this.catchUp());
    if (this.#isClosed) this.#subscription[Symbol.dispose]();
  }

  /** Reads the log; after that it can be followed. */
  async load(): Promise<void> {
    this.#tail = await createLogTail(this.#options);
    // What was appended after the first read of the tail has woken nobody.
    await this.#tail.catchUp();
  }

  /** Resolves when followers can have whatever is in the log. */
  async catchUp(): Promise<void> {
    if (!this.#tail) return;
    const isThere = await this.#tail.catchUp().catch(() => true);
    if (!isThere) this.#options.onLost();
    this.#wake();
  }

  /** Ends it for everybody who follows: they get what is in the log, and then this error. */
  fail(error: GatewayError): void {
    this.#failure = error;
    this.#wake();
  }

  /** Unsubscribes from the log, and ends it for everybody who follows. */
  close(): void {
    this.#isClosed = true;
    this.#subscription?.[Symbol.dispose]();
    this.#wake();
    this.listeners.clear();
  }

  /** No event comes any more. */
  get isOver(): boolean {
    return this.#tail?.isComplete === true || this.#failure !== null || this.#isClosed;
  }

  #wake(): void {
    for (const listener of this.listeners) listener.wake();
  }

  // What followers ask. Nobody gets to ask before `load` has resolved.

  get #opened(): LogTail {
    if (!this.#tail) throw new Error('A watch is followed only after it was opened');
    return this.#tail;
  }

  get current(): Watchable {
    return this.#opened.current;
  }

  get head(): number {
    return this.#opened.head;
  }

  entry(sequence: number): Delivery | undefined {
    return this.#opened.entry(sequence);
  }

  snapshot(): Delivery {
    return this.#opened.snapshot(this.#options.seenAtMs());
  }

  locate(cursor: string): number | null {
    return this.#opened.locate(cursor);
  }

  get isComplete(): boolean {
    return this.#opened.isComplete;
  }

  get failure(): GatewayError | null {
    return this.#failure;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }
}
