/** `EventLog`: what happened to each watched thing, in order: append at the end, read after a position, be woken. */
import type { ReadSpan } from '../upstream/types.ts';
import type { LiveEvent, Watchable } from './event.ts';
import type { Topic } from './topic.ts';

/** A place in one topic's log. Sequences count from 1 without holes; 0 is before the first event. */
export interface LogPosition {
  /** Which life of the log the sequence counts in: a log that was forgotten begins anew under another epoch. */
  readonly epoch: string;
  readonly sequence: number;
}

export interface LogEntry {
  readonly sequence: number;
  readonly event: LiveEvent;
  /** About how large the event is: what it counts against the bound of whoever keeps it. */
  readonly bytes: number;
}

/** Entries in the order of their sequences, without holes. */
export interface LogPage {
  readonly entries: readonly LogEntry[];
  /** How the log stood when it was read: who has all entries up to its sequence knows what is in it. */
  readonly head: LogHead;
  /** The last event is among or before these entries: there will be no more. */
  readonly isComplete: boolean;
}

export type { ReadSpan };

/** A thing as it was when the upstream was last read. */
export interface KnownEntity {
  readonly entity: Watchable;
  /**
   * By the clock of this process. What another one has read was read at some time before it was heard of here: clocks of
   * different machines are never compared.
   */
  readonly read: ReadSpan;
}

/** Which append a log has seen last. Not a sequence: an append may carry no event, yet must not be overwritten. */
export interface LogVersion {
  readonly epoch: string;
  readonly revision: number;
}

/** How a log stands, without what is in it. */
export interface LogHead extends LogPosition, LogVersion {
  /** The oldest sequence that is kept; the one after the newest when none is. */
  readonly oldest: number;
  /** The last event is in the log: there will be no more. */
  readonly isComplete: boolean;
  /** Whether the latest list of the parts of the watched thing has left none out; null while nobody has listed them. */
  readonly isListWhole: boolean | null;
}

export interface LogState extends LogHead {
  /**
   * What the events add up to, so that whoever watches next compares with what the log has sent, not with what it
   * happens to see first: the watched thing, and for a benchmark run its scenario runs. Empty when nobody has ever
   * recorded anything.
   */
  readonly entities: readonly KnownEntity[];
}

export interface AppendRequest {
  /** Never the same twice, but for an append that is sent again because nobody knows what has become of it. */
  readonly id: string;
  /** What the caller has built upon; a log that has grown since is a conflict. */
  readonly expected: LogVersion;
  readonly events: readonly LiveEvent[];
  /** Replaces what is known of these things, and leaves what is known of others. */
  readonly entities: readonly KnownEntity[];
  /** @default false */
  readonly isComplete?: boolean;
  /** @default as it was */
  readonly isListWhole?: boolean | null;
  /**
   * Of the lease that the caller polls under, greater with each holder. Who has lost the lease has read before whoever
   * holds it now: its append is a conflict, whatever it expects. @default 0, for what is read without a lease
   */
  readonly token?: number;
}

export type AppendResult =
  | { readonly kind: 'appended'; readonly head: LogHead; readonly entries: readonly LogEntry[] }
  /** Nothing was appended. What is in the log instead is part of the answer, so that nobody has to ask for it. */
  | { readonly kind: 'conflict'; readonly state: LogState };

/**
 * The record of every watched thing, shared by all who watch it, on however many replicas. What is not in here did not
 * happen. Bounded: the oldest events go first, and topics that nobody uses are forgotten; the newest event of a topic
 * stays as long as the topic does. What rejects, rejects with a `GatewayError`: the record could not be reached, and may
 * be tried again.
 */
export interface EventLog extends AsyncDisposable {
  /** How the log of a topic stands, and what its events add up to, as of one instant. Begins one when there is none. */
  state(topic: Topic): Promise<LogState>;
  /**
   * Compares and appends in one atomic step, so that two who watch the same thing never both record one change. All of
   * the events become visible together, and before anybody is woken. An append that was sent before, under the same id and
   * as the last one, is answered as it was then and not done again.
   */
  append(topic: Topic, request: AppendRequest): Promise<AppendResult>;
  /**
   * At most `limit` entries after a position, oldest first; none when the log ends there. `gap` when the next one is no
   * longer kept, or the position is not of this log.
   */
  read(topic: Topic, after: LogPosition, limit: number): Promise<LogPage | 'gap'>;
  /**
   * Calls `wake` after every append, by whomever, and perhaps more often. It carries nothing but a position, because the
   * log is the truth; null when it is not known how far the log is. Resolves once no later append can be missed, so
   * whoever reads after that has a seamless view. `wake` must not throw. A topic that somebody waits on is not forgotten.
   */
  onAppend(topic: Topic, wake: (version: LogVersion | null) => void): Promise<Disposable>;
}
