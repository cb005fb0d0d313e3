/** `Watch`: one watched thing: what is known of it, its log, its end, and who wants to be woken. It asks nobody anything. */
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Cursors } from '../events/cursor.ts';
import type { EventLog, KnownEntity } from '../events/event-log.ts';
import type { EventBounds } from '../events/event-window.ts';
import type { Watchable } from '../events/event.ts';
import type { Topic } from '../events/topic.ts';
import type { ReadMark, ScenarioRun } from '../upstream/types.ts';
import type { Delivery, FollowSource } from './follow.ts';
import { EntityState, type Reading } from './entity-state.ts';
import type { TopicListener } from './live.ts';
import { createLogTail, type LogTail } from './log-tail.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import type { Pace } from './schedule.ts';

export interface WatchOptions {
  readonly topic: Topic;
  readonly log: EventLog;
  readonly cursors: Cursors;
  readonly clock: Clock;
  readonly bounds: EventBounds;
  /** A thing that ended longer ago than this needs no second read. */
  readonly settledAfterMs: number;
  /** Where the order of all reads is. */
  readonly mark: () => ReadMark;
  /** Is called when something has moved: whoever polls may want to do so at another time. */
  readonly onMove: () => void;
}

/** What the last page of a list says about all of it. */
interface ListEnd {
  /** When its first page was asked for: what was last read before that is not listed any more. */
  readonly listedSinceMs?: number;
  /** Whether nothing of it was left out, because it was too long or unreadable. */
  readonly isWhole?: boolean;
}

export type WatchReading = Reading & ListEnd;

export class Watch implements FollowSource {
  readonly topic: Topic;
  readonly listeners = new Set<TopicListener>();
  readonly #options: WatchOptions;
  readonly #knowledge: EntityState;
  #recorder: Recorder | null = null;
  #mirror: LogTail | null = null;
  #wakes: Disposable | null = null;
  #failure: GatewayError | null = null;
  #isClosed = false;
  #lastMovedAtMs: number;
  /** Since when the thing is known to be terminal: what was asked for later confirms it. */
  #terminalSinceMs: number | null = null;
  /** When the latest whole list of scenario runs was asked for. */
  #listedSinceMs: number | null = null;
  /** Nothing was left out of it. What was recorded before anybody listed it here is taken to be whole. */
  #isListWhole = true;
  /** The last event is in the log, or on its way: whatever is read now changes nothing. */
  #isEnding = false;

  constructor(options: WatchOptions) {
    this.topic = options.topic;
    this.#options = options;
    this.#knowledge = new EntityState(options.topic.ref);
    this.#lastMovedAtMs = options.clock.now();
  }

  /**
   * Takes up the log where it is and has the thing read once by `read`; then it can be followed. A thing whose last
   * event is in the log is not read at all.
   */
  async open(read: () => Promise<void>): Promise<void> {
    const { log, topic, clock, cursors, bounds, mark } = this.#options;
    // Before the log is read, so that no append falls in between.
    this.#wakes = await log.onAppend(topic, () => void this.#catchUp());
    if (this.#isClosed) this.#wakes[Symbol.dispose]();
    this.#checkOpen();
    const state = await log.state(topic);
    this.#checkOpen();
    this.#knowledge.load(state.entities);
    const recorder = createRecorder({ log, topic, clock, knowledge: this.#knowledge, version: state });
    this.#recorder = recorder;
    this.#isEnding = state.isComplete;
    if (!state.isComplete) await read();
    if (!this.#knowledge.hasBase) recorder.record(this.#knowledge.seed());
    this.#end();
    await recorder.flush();
    const isListWhole = () => this.#isListWhole;
    this.#mirror = await createLogTail({ log, topic, cursors, clock, bounds, isListWhole, mark });
    // What was appended after the mirror's first look has woken nobody.
    await this.#mirror.catchUp();
  }

  /** Whoever closes it while it opens has let go of what there was; nothing more is to be begun. */
  #checkOpen(): void {
    if (this.#isClosed)
      throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Nobody waits any more for what was to be watched');
  }

  /** Takes in what anybody has read. What that changes is on its way into the log when this returns. */
  learn(reading: WatchReading): void {
    if (!this.#recorder || this.isOver) return;
    const now = this.#options.clock.now();
    const lesson = this.#knowledge.apply(reading, now);
    this.#recorder.record(lesson);
    if (reading.listedSinceMs !== undefined) this.#listedSinceMs = reading.listedSinceMs;
    if (reading.isWhole !== undefined) this.#isListWhole = reading.isWhole;
    this.#noteTerminal(reading);
    this.#end();
    if (lesson.events.length === 0) return;
    this.#lastMovedAtMs = now;
    this.#options.onMove();
  }

  #noteTerminal({ read }: Reading): void {
    if (!this.#knowledge.subject?.entity.isTerminal) this.#terminalSinceMs = null;
    else this.#terminalSinceMs ??= read.receivedAtMs;
  }

  /** Completes a thing that is terminal, and has been read once more since it is, or ended long ago. */
  #end(): void {
    if (this.#isEnding || !this.#knowledge.hasBase || this.#terminalSinceMs === null) return;
    const { entity, read } = this.#knowledge.subject ?? {};
    if (!entity || !read || !this.#isEachFinished()) return;
    // A job does not say when it ended.
    const endedAtMs = entity.type === 'BenchmarkJob' ? Infinity : (entity.endedAtMs ?? Infinity);
    const isSettled = this.#options.clock.now() - endedAtMs > this.#options.settledAfterMs;
    const confirmedAtMs =
      entity.type === 'BenchmarkRun' ? Math.min(this.#listedSinceMs ?? 0, read.sentAtMs) : read.sentAtMs;
    if (confirmedAtMs <= this.#terminalSinceMs && !isSettled) return;
    this.#isEnding = true;
    this.#recorder?.complete();
  }

  /** Of a benchmark run: its whole list is known, and each scenario run in it has its result or is over. */
  #isEachFinished(): boolean {
    if (this.topic.ref.kind !== 'benchmarkRun') return true;
    if (this.#listedSinceMs === null) return false;
    for (const { entity, read } of this.#knowledge.values()) {
      if (entity.type !== 'ScenarioRun' || entity.isFinished) continue;
      if (read.receivedAtMs >= this.#listedSinceMs) return false;
    }
    return true;
  }

  /** How it moves, as far as it matters for when to look again. */
  get pace(): Pace {
    const subject = this.#knowledge.subject?.entity;
    if (this.#terminalSinceMs !== null) return this.#isEachFinished() ? 'ending' : 'active';
    return subject?.type === 'ScenarioRun' && subject.state === 'scored' ? 'scored' : 'active';
  }

  get lastMovedAtMs(): number {
    return this.#lastMovedAtMs;
  }

  /** The freshest version of the thing, or of one of its scenario runs; it may be ahead of the log. */
  known(id: string): KnownEntity | undefined {
    return this.#knowledge.get(id);
  }

  /** Whether one of the scenario runs that it knows is like this. */
  shows(isLike: (run: ScenarioRun) => boolean): boolean {
    for (const { entity } of this.#knowledge.values()) {
      if (entity.type === 'ScenarioRun' && isLike(entity)) return true;
    }
    return false;
  }

  /** The freshest version of the thing itself. */
  get subject(): KnownEntity | undefined {
    return this.#knowledge.subject;
  }

  /** What is known of a scenario run that the latest whole list has shown. */
  listed(id: string): KnownEntity | undefined {
    const known = this.#knowledge.get(id);
    return known && this.#listedSinceMs !== null && known.read.receivedAtMs >= this.#listedSinceMs
      ? known
      : undefined;
  }

  /** Resolves when what is known is in the log, and what is in the log is mirrored. */
  async flush(): Promise<void> {
    await this.#recorder?.flush();
    await this.#catchUp();
  }

  /** Nothing more is to be read. */
  get isOver(): boolean {
    return this.#isEnding || this.#mirror?.isComplete === true || this.#failure !== null || this.#isClosed;
  }

  /** Ends it for everybody who follows: they get what is in the log, and then this error. */
  fail(error: GatewayError): void {
    this.#failure = error;
    this.#wake();
  }

  /** Lets go of the log, and of everybody who follows. */
  close(): void {
    this.#isClosed = true;
    this.#wakes?.[Symbol.dispose]();
    this.#wake();
    this.listeners.clear();
  }

  async #catchUp(): Promise<void> {
    if (!this.#mirror) return;
    const isThere = await this.#mirror.catchUp().catch(() => true);
    if (!isThere && !this.isOver)
      this.fail(new GatewayError('UPSTREAM_UNAVAILABLE', 'The record of the watched thing is lost'));
    this.#wake();
  }

  #wake(): void {
    for (const listener of this.listeners) listener.wake();
  }

  // What followers ask. Nobody gets to ask before `open` has resolved.

  get #opened(): LogTail {
    if (!this.#mirror) throw new Error('A watch is followed only after it was opened');
    return this.#mirror;
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
    return this.#opened.snapshot(this.#knowledge.subject?.read.receivedAtMs ?? this.#options.clock.now());
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
