/** `nextFor`: the one step of following a topic: what a reader at some position gets next. Decides only; waits nowhere. */
import type { LiveEvent } from '../events/event.ts';
import type { LogPosition } from '../events/event-log.ts';
import type { GatewayError } from '../errors.ts';
import type { RunTotals } from '../statistics/run-totals.ts';
import type { ReadMark } from '../upstream/types.ts';

/** An event on its way to followers: the same object for all who get it and skipped nothing, so it can key a cache. */
export interface DeliveryOf<E extends LiveEvent> {
  /** A snapshot says how things are; a change says what happened. */
  readonly kind: 'snapshot' | 'changed';
  /** Resuming after this cursor continues right behind this delivery. */
  readonly cursor: string;
  /** Where in the log it is: for a snapshot, the last event that it includes. */
  readonly sequence: number;
  /** How many events before this one the follower does not get, because it was too slow for them. */
  readonly skipped: number;
  readonly event: E;
  /** What is read beside it has to be asked for after this point, or it would show them as they were before. @default 0 */
  readonly mark?: ReadMark;
  /** When it was appended, or this process was told that somebody else has, as Unix time in milliseconds. Absent in snapshots. */
  readonly appendedAtMs?: number;
  /** What all scenario runs add up to right after this event; absent unless it is about a benchmark run. */
  readonly totals?: () => RunTotals;
}

export type Delivery = DeliveryOf<LiveEvent>;

/** What following needs of a topic: all of it answered at once, from memory. */
export interface FollowSource {
  /** Which life of the log the sequences count in. */
  readonly epoch: string;
  /** The sequence of the newest event; 0 when there is none yet. */
  readonly head: number;
  /** The event of a sequence; undefined when it is dropped, or not there yet. */
  entry(sequence: number): Delivery | undefined;
  /** How things are at `head`. */
  snapshot(): Delivery;
  /** Where a reader who presents this cursor continues, which may not be here yet; null when only a snapshot can help. */
  locate(cursor: string): LogPosition | null;
  /** What is here may be older than what was delivered elsewhere. Listeners are woken when it has been read, or is lost. */
  readonly isBehind: boolean;
  /** The last event is in the log. */
  readonly isComplete: boolean;
  /** Why watching has ended before the thing has; null while it goes on. */
  readonly failure: GatewayError | null;
  /** The gateway shuts down. */
  readonly isClosed: boolean;
}

/** Where a follower is. A value: each step makes the next one. */
export interface Reader {
  /** Which life of the log the position is in. */
  readonly epoch: string;
  /** The sequence of what it got last; null when it starts with a snapshot. */
  readonly position: number | null;
  /** What was in the log when it came: all of that is replayed however much it is, so it does not count as lag. */
  readonly replayUntil: number;
}

export interface FollowBounds {
  /** How many events a reader may be behind before it loses the middle. */
  readonly maxLag: number;
}

export type FollowStep =
  /** Deliver this, then ask again with `reader`. */
  | { readonly kind: 'deliver'; readonly delivery: Delivery; readonly reader: Reader }
  /** Nothing now: ask again when the topic wakes its listeners. */
  | { readonly kind: 'wait' }
  /** All has been delivered, and there will be no more. */
  | { readonly kind: 'complete' }
  /** All has been delivered, and watching has failed. */
  | { readonly kind: 'fail'; readonly error: GatewayError }
  /** The gateway shuts down: the follower can resume elsewhere with its last cursor. */
  | { readonly kind: 'close' };

/** A reader who has got nothing yet, or everything up to a cursor. */
export function startReader(source: FollowSource, options: { readonly after?: string | undefined }): Reader {
  const located = options.after === undefined ? null : source.locate(options.after);
  const { epoch, sequence: position } = located ?? { epoch: source.epoch, sequence: null };
  return { epoch, position, replayUntil: source.head };
}

export function nextFor(reader: Reader, source: FollowSource, bounds: FollowBounds): FollowStep {
  if (source.isClosed) return { kind: 'close' };
  const { position, replayUntil } = reader;
  const { epoch, head } = source;
  if (position === null) return deliver(source.snapshot(), { epoch, replayUntil: head });
  if (position > head || reader.epoch !== epoch) {
    // It was delivered by another replica, of whose appends not all have been read here: how things are here is older.
    if (source.isBehind) return { kind: 'wait' };
    const snapshot = source.snapshot();
    // A snapshot may be ahead of the events that have been read here: whoever got it waits for what comes behind it.
    if (reader.epoch === epoch && position <= snapshot.sequence) return { kind: 'wait' };
    // A position in a log that was lost: only a snapshot is sure to be no older than what was seen.
    return deliver(snapshot, { epoch, replayUntil: head });
  }
  if (position === head) {
    if (source.failure) return { kind: 'fail', error: source.failure };
    return { kind: source.isComplete ? 'complete' : 'wait' };
  }
  const next = source.entry(position + 1);
  if (next && head - Math.max(position, replayUntil) <= bounds.maxLag) return deliver(next, reader);
  const newest = source.entry(head);
  // The newest event is never lost: where even that is dropped, how things are now stands for it.
  if (!newest) return deliver({ ...source.snapshot(), skipped: head - position }, reader);
  const skipped = head - position - 1;
  return deliver(skipped === 0 ? newest : { ...newest, skipped }, reader);
}

function deliver(delivery: Delivery, { epoch, replayUntil }: Omit<Reader, 'position'>): FollowStep {
  return { kind: 'deliver', delivery, reader: { epoch, position: delivery.sequence, replayUntil } };
}
