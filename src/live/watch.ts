/** `Watch`: one watched thing: what is known of it, what of that is recorded, and its end. It asks the upstream nothing. */
import { GatewayError } from '../errors.ts';
import type { KnownEntity } from '../events/event-log.ts';
import type { Topic } from '../events/topic.ts';
import { Ending } from './ending.ts';
import { EntityState } from './entity-state.ts';
import type { KnownEntities } from './kinds/followed-kind.ts';
import { KINDS } from './kinds/kinds.ts';
import type { LogTailOptions } from './log-tail.ts';
import type { Observation } from './observation.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import type { PollMode } from './schedule.ts';
import { WatchLog } from './watch-log.ts';

export interface WatchOptions extends Omit<LogTailOptions, 'isListWhole'> {
  /** A thing that ended longer ago than this, in milliseconds, needs no second read. */
  readonly settledAfterMs: number;
  /** Is called when something has changed: whoever polls may want to do so at another time. */
  readonly onChange: () => void;
}

export class Watch {
  readonly topic: Topic;
  /** What followers get. */
  readonly followed: WatchLog;
  readonly #options: WatchOptions;
  readonly #state: EntityState;
  readonly #ending: Ending;
  #recorder: Recorder | null = null;
  #lastChangedAtMs: number;
  /** Nothing was left out of the latest list. What was recorded before anybody listed it here is taken to be whole. */
  #isListWhole = true;
  /** The last event is in the log, or on its way: whatever is read now changes nothing. */
  #isEnding = false;

  constructor(options: WatchOptions) {
    const { topic, clock, settledAfterMs } = options;
    const state = new EntityState(topic.ref);
    this.topic = topic;
    this.#options = options;
    this.#state = state;
    this.#ending = new Ending({ kind: KINDS[topic.ref.kind], state, clock, settledAfterMs });
    this.#lastChangedAtMs = clock.now();
    this.followed = new WatchLog({
      ...options,
      isListWhole: () => this.#isListWhole,
      seenAtMs: () => state.subject?.read.receivedAtMs ?? clock.now(),
      onLost: () => {
        if (!this.isOver)
          this.fail(new GatewayError('UPSTREAM_UNAVAILABLE', 'The record of the watched thing is lost'));
      },
    });
  }

  /**
   * Takes up the log where it is and has the thing read once by `read`; then it can be followed. A thing whose last
   * event is in the log is not read at all.
   */
  async open(read: () => Promise<void>): Promise<void> {
    const { log, topic, clock } = this.#options;
    await this.followed.subscribe();
    this.#checkOpen();
    const recorded = await log.state(topic);
    this.#checkOpen();
    this.#state.load(recorded.entities);
    const recorder = createRecorder({ log, topic, clock, state: this.#state, version: recorded });
    this.#recorder = recorder;
    this.#isEnding = recorded.isComplete;
    if (!recorded.isComplete) await read();
    if (!this.#state.hasBase) recorder.record(this.#state.seed());
    this.#completeAtEnd();
    await recorder.flush();
    await this.followed.load();
  }

  /** Whoever closes it while it opens follows it no more, so nothing is begun after that. */
  #checkOpen(): void {
    if (this.followed.isClosed)
      throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Nobody waits any more for what was to be watched');
  }

  /** Takes in what anybody has read. What that changes is on its way into the log when this returns. */
  apply(observation: Observation): void {
    if (!this.#recorder || this.isOver) return;
    const now = this.#options.clock.now();
    const change = this.#state.apply(observation, now);
    this.#recorder.record(change);
    if (observation.isWhole !== undefined) this.#isListWhole = observation.isWhole;
    this.#ending.take(observation);
    this.#completeAtEnd();
    if (change.events.length === 0) return;
    this.#lastChangedAtMs = now;
    this.#options.onChange();
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
    await this.followed.catchUp();
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
