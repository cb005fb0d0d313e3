/** `Watch`: one watched thing: what is known of it, what of that is recorded, and its end. It asks the upstream nothing. */
import { GatewayError } from '../errors.ts';
import type { KnownEntity, LogPage } from '../events/event-log.ts';
import type { Topic } from '../events/topic.ts';
import { createState } from './create-state.ts';
import { Ending } from './ending.ts';
import type { FollowedKind, KnownEntities } from './kinds/followed-kind.ts';
import { KINDS } from './kinds/kinds.ts';
import type { KnownState, StateChange } from './known-state.ts';
import type { LogTailOptions } from './log-tail.ts';
import type { Observation } from './observation.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import type { PollMode } from './schedule.ts';
import { WatchLog } from './watch-log.ts';

export interface WatchOptions extends Omit<LogTailOptions, 'isListWhole' | 'onRead' | 'onSkipped'> {
  /** A thing that ended longer ago than this, in milliseconds, needs no second read. */
  readonly settledAfterMs: number;
  /** Is called when something has changed: whoever polls may want to do so at another time. */
  readonly onChange: () => void;
  /** Others have recorded what they have read: whoever else watches what it shows learns of it. */
  readonly onRecorded: (observation: Observation) => void;
  /** The same, before followers are told, also when it is not known what others have read. @default nothing */
  readonly onRecordedElsewhere?: () => void;
  /** Of the lease that the thing is polled under here; 0 without one. @default 0 */
  readonly token?: () => number;
}

export class Watch {
  readonly topic: Topic;
  /** What followers get. */
  readonly followed: WatchLog;
  readonly #options: WatchOptions;
  readonly #state: KnownState;
  readonly #ending: Ending;
  #recorder: Recorder | null = null;
  #lastChangedAtMs: number;
  /** Nothing was left out of the latest list. What was recorded before anybody listed it here is taken to be whole. */
  #isListWhole = true;
  /** The last event is in the log, or on its way: whatever is read now changes nothing. */
  #isEnding = false;
  #isRestarting = false;
  /** What was asked for before this may be older than what somebody was shown elsewhere. */
  #readsCountSinceMs = 0;

  constructor(options: WatchOptions) {
    const { topic, clock, settledAfterMs } = options;
    const state = createState(topic.ref);
    this.topic = topic;
    this.#options = options;
    this.#state = state;
    this.#ending = new Ending({ kind: KINDS[topic.ref.kind], state, clock, settledAfterMs });
    this.#lastChangedAtMs = clock.now();
    this.followed = new WatchLog({
      ...options,
      isListWhole: () => this.#isListWhole,
      seenAtMs: () => state.subject?.read.receivedAtMs ?? clock.now(),
      onRead: (page) => {
        this.#applyRecorded(page);
      },
      onSkipped: (recorded) => {
        options.onRecordedElsewhere?.();
        // What is on its way finds out by itself.
        if (this.#recorder?.isIdle) this.#recorder.rebase(recorded);
      },
      onLost: () => void this.#restart(),
      onUnknown: () => void this.flush().catch(() => undefined),
    });
  }

  /**
   * Takes up the log where it is and has the thing read once by `read`; then it can be followed. A thing whose last
   * event is in the log is not read at all.
   */
  async open(read: () => Promise<void>): Promise<void> {
    const { log, topic, clock, token = () => 0 } = this.#options;
    await this.followed.subscribe();
    this.#checkOpen();
    const recorded = await log.state(topic);
    this.#checkOpen();
    this.#state.load(recorded.entities);
    this.#isListWhole = recorded.isListWhole ?? true;
    const recorder = createRecorder({
      kind: topic.ref.kind,
      append: (request) => this.followed.append(request),
      clock,
      state: this.#state,
      head: recorded,
      token,
    });
    this.#recorder = recorder;
    this.#isEnding = recorded.isComplete;
    if (!recorded.isComplete) await read();
    if (!this.#state.hasBase) recorder.record(this.#state.seed());
    this.#completeAtEnd();
    await this.#load(recorder);
  }

  /** Has followers get what the log adds up to, when everything that is known is in it. */
  async #load(recorder: Recorder): Promise<void> {
    do await recorder.flush();
    while (!recorder.isIdle);
    const state = { ...recorder.head, entities: [...this.#state.values()] };
    const { subject } = this.#state;
    if (!subject)
      throw new GatewayError('UPSTREAM_UNAVAILABLE', 'What was recorded of the watched thing is lost');
    await this.followed.load({ state, subject: subject.entity });
  }

  /** The log was lost and has begun anew: how things are here is recorded in it, as far as nobody else has done so. */
  async #restart(): Promise<void> {
    const { log, topic } = this.#options;
    if (!this.#recorder || this.#isRestarting) return;
    this.#isRestarting = true;
    try {
      const recorded = await log.state(topic);
      this.#options.onRecordedElsewhere?.();
      // What is on its way finds out by itself.
      if (this.#recorder.isIdle) this.#recorder.rebase(recorded);
      await this.#load(this.#recorder);
    } catch (error) {
      // A log that is away is tried again as soon as it is back.
      if (!(error instanceof GatewayError)) throw error;
    } finally {
      this.#isRestarting = false;
    }
  }

  /** Takes in what others have recorded, before followers hear of it: queries must not show anything older than that. */
  #applyRecorded({ entries, head }: LogPage): void {
    // Also what a refused append has shown before: it was compared then, and is told now.
    if (entries.length > 0) this.#options.onRecordedElsewhere?.();
    const recorder = this.#recorder;
    if (!recorder) return;
    const kind: FollowedKind = KINDS[this.topic.ref.kind];
    const news = entries.filter(({ sequence }) => sequence > recorder.head.sequence);
    const entities = news.flatMap(({ event }) => kind.shown(event));
    const now = this.#options.clock.now();
    // When it was read nobody can tell, but it was before now.
    const read = { sentAtMs: 0, receivedAtMs: now };
    const isAtHead = (entries.at(-1)?.sequence ?? head.sequence) === head.sequence;
    if (!recorder.isIdle) this.#state.mergeRecorded(entities, read, now);
    else {
      this.#state.setRecorded(entities, read);
      if (isAtHead) recorder.advance(head);
    }
    if (head.isListWhole !== null) this.#isListWhole = head.isListWhole;
    if (head.isComplete && isAtHead) this.#isEnding = true;
    if (news.length === 0) return;
    const observation = { entities, read };
    this.#ending.take(observation);
    this.#lastChangedAtMs = now;
    this.#options.onChange();
    this.#options.onRecorded(observation);
  }

  /** Whoever closes it while it opens follows it no more, so nothing is begun after that. */
  #checkOpen(): void {
    if (this.followed.isClosed)
      throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Nobody waits any more for what was to be watched');
  }

  /** Takes in what anybody has read. What that changes is on its way into the log when this returns. */
  apply(observation: Observation): void {
    if (!this.#recorder || this.isOver || observation.read.sentAtMs < this.#readsCountSinceMs) return;
    const now = this.#options.clock.now();
    const change = readBy(this.#state.apply(observation, now), observation.traceparent);
    this.#recorder.record(change);
    if (observation.isWhole !== undefined) {
      this.#isListWhole = observation.isWhole;
      this.#recorder.recordList(observation.isWhole);
    }
    this.#ending.take(observation);
    this.#completeAtEnd();
    if (change.events.length === 0) return;
    this.#lastChangedAtMs = now;
    this.#options.onChange();
  }

  /** Another replica has done something to it, and has answered what came of that: what is being read now may not show it. */
  ignoreReadsUnderWay(): void {
    this.#readsCountSinceMs = this.#options.clock.now();
  }

  #completeAtEnd(): void {
    if (this.#isEnding || !this.#ending.isReached) return;
    this.#isEnding = true;
    this.#recorder?.complete();
  }

  /** How it goes on, as far as it matters for when to poll again. */
  get pollMode(): PollMode {
    return this.#ending.pollMode;
  }

  /** When something of it has changed last, as Unix time in milliseconds. */
  get lastChangedAtMs(): number {
    return this.#lastChangedAtMs;
  }

  /** The freshest version of the thing and of its parts; it may be ahead of the log. */
  get known(): KnownEntities {
    return this.#state;
  }

  /** What is known of a part that the latest whole list has shown. */
  listed(id: string): KnownEntity | undefined {
    const known = this.#state.get(id);
    return known && this.#ending.isListed(known) ? known : undefined;
  }

  /** Resolves when what is known is in the log, and followers can have it. */
  async flush(): Promise<void> {
    await this.#recorder?.flush();
    await this.followed.settle();
  }

  /** What is known is in the log, and followers can have it. */
  get isRecorded(): boolean {
    return this.#recorder?.isIdle ?? true;
  }

  /** Nothing more is to be read. */
  get isOver(): boolean {
    return this.#isEnding || this.followed.isOver;
  }

  /** Ends it for everybody who follows: they get what is in the log, and then this error. */
  fail(error: GatewayError): void {
    this.followed.fail(error);
  }

  /** Unsubscribes from the log, and ends it for everybody who follows. */
  close(): void {
    this.followed.close();
  }
}

/** The same change, whose events name the poll that has brought them. */
function readBy(change: StateChange, traceparent: string | undefined): StateChange {
  if (traceparent === undefined || change.events.length === 0) return change;
  return { ...change, events: change.events.map((event) => ({ ...event, traceparent })) };
}
