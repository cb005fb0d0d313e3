/** `WatchLog`: what followers of a watched thing get: its log, why watching has ended, and a call when there may be something new. */
import { type GatewayError } from '../errors.ts';
import type { AppendRequest, AppendResult, LogPosition, LogVersion } from '../events/event-log.ts';
import type { Watchable } from '../events/event.ts';
import type { Delivery, FollowSource } from './follow.ts';
import type { TopicListener } from './live-topic.ts';
import { createLogTail, type LogTail, type LogTailOptions, type TailBase } from './log-tail.ts';

export interface WatchLogOptions extends LogTailOptions {
  /** When the thing was last seen to be as it is, as Unix time in milliseconds. */
  readonly seenAtMs: () => number;
  /** The log has begun anew: `load` is to be called with what is in it now. */
  readonly onLost: () => void;
  /** The log was away: what was not recorded or read meanwhile may be now. */
  readonly onUnknown: () => void;
}

export class WatchLog implements FollowSource {
  readonly listeners = new Set<TopicListener>();
  readonly #options: WatchLogOptions;
  #tail: LogTail | null = null;
  #subscription: Disposable | null = null;
  #failure: GatewayError | null = null;
  #isClosed = false;
  #isAppending = false;
  /** Readings of the log that are under way because of a position that is not here. */
  #confirming = 0;
  /** The log has begun anew, and what is in it now is not loaded yet. */
  #isLost = false;
  /** Up to where the log is at least, as far as is known: what of that the tail has not is to be read. */
  #woken: LogVersion | 'unknown' | null = null;
  /** When the first append began, or was heard of, that followers cannot have yet; null when they can have all. */
  #appendedAtMs: number | null = null;

  constructor(options: WatchLogOptions) {
    this.#options = options;
  }

  /** Is woken by every append from now on. Comes before the log is read, so that no append falls in between. */
  async subscribe(): Promise<void> {
    const { log, topic } = this.#options;
    this.#subscription = await log.onAppend(topic, (version) => {
      this.#onAppend(version);
    });
    if (this.#isClosed) this.#subscription[Symbol.dispose]();
  }

  /** Reads what of the log can be replayed; after that it can be followed. */
  async load(base: TailBase): Promise<void> {
    const { clock } = this.#options;
    const appendedAtMs = () => this.#appendedAtMs ?? clock.now();
    this.#tail = createLogTail(base, { ...this.#options, appendedAtMs });
    this.#isLost = false;
    const { sequence, oldest } = base.state;
    if (sequence >= oldest || this.#hasUnread) await this.catchUp();
    else this.#wake();
  }

  /** What is appended here need not be read. Whoever appends waits for one append before the next. */
  async append(request: AppendRequest): Promise<AppendResult> {
    const { log, topic } = this.#options;
    this.#isAppending = true;
    this.#appendedAtMs ??= this.#options.clock.now();
    try {
      const result = await log.append(topic, request);
      if (result.kind === 'conflict') this.#wokenTo(result.state);
      else this.#take(result);
      return result;
    } finally {
      this.#isAppending = false;
      if (this.#hasUnread) void this.catchUp();
      else this.#appendedAtMs = null;
    }
  }

  #take({ entries, head }: Extract<AppendResult, { kind: 'appended' }>): void {
    if (!this.#tail) return;
    this.#tail.take(entries, head);
    if (this.#tail.has(head)) this.#wake();
    else this.#wokenTo(head);
  }

  #onAppend(version: LogVersion | null): void {
    this.#wokenTo(version ?? 'unknown');
    if (!version) this.#options.onUnknown();
    // It may be what is being appended here: then there is nothing to read.
    else if (!this.#isAppending) {
      if (this.#hasUnread) void this.catchUp();
      else this.#appendedAtMs = null;
    }
  }

  #wokenTo(version: LogVersion | 'unknown'): void {
    if (this.#woken !== 'unknown') this.#woken = version;
    this.#appendedAtMs ??= this.#options.clock.now();
  }

  get #hasUnread(): boolean {
    if (this.#woken === null) return false;
    return this.#woken === 'unknown' || this.#tail?.has(this.#woken) !== true;
  }

  /** Resolves when followers can have whatever is known to be in the log. */
  async settle(): Promise<void> {
    if (this.#hasUnread) await this.catchUp();
  }

  /** Resolves when followers can have whatever is in the log. */
  async catchUp(): Promise<void> {
    if (!this.#tail || this.#isClosed) return;
    this.#woken = null;
    const isThere = await this.#tail.catchUp().catch(() => {
      this.#woken = 'unknown';
      return true;
    });
    if (!this.#hasUnread && !this.#isAppending) this.#appendedAtMs = null;
    if (!isThere) {
      this.#isLost = true;
      this.#options.onLost();
    }
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

  get epoch(): string {
    return this.#opened.epoch;
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

  /** A position that is not here was delivered by another replica: what that one has appended is read now. */
  locate(cursor: string): LogPosition | null {
    const position = this.#opened.locate(cursor);
    if (position && (position.epoch !== this.epoch || position.sequence > this.head)) void this.#confirm();
    return position;
  }

  async #confirm(): Promise<void> {
    this.#confirming++;
    await this.catchUp();
    this.#confirming--;
    this.#wake();
  }

  get isBehind(): boolean {
    return this.#confirming > 0 || this.#isLost || this.#hasUnread;
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
