/** `FollowedKind`: everything that the live engine asks of one kind of thing that can be followed. */
import type { KnownEntity } from '../../events/event-log.ts';
import type {
  EntityKind,
  LiveEventOf,
  Watchable,
  WatchableEntity,
  WatchableOf,
  WatchKind,
  WatchRef,
} from '../../events/event.ts';
import type { RunningTotals, RunningTotalsOptions } from '../running-totals.ts';
import type { PollMode } from '../schedule.ts';
import type { Source, SourceOptions } from '../source.ts';

/**
 * One row of the table of kinds. What depends on the kind is asked here and nowhere else. Its functions are methods, whose
 * parameters TypeScript lets vary, so that a row stands for `FollowedKind` of any kind: whoever asks a row gives it entities
 * and events of its own kind.
 */
export interface FollowedKind<
  K extends WatchKind = WatchKind,
  T extends { readonly type: string } = WatchableOf<K>,
  E = LiveEventOf<K>,
> {
  readonly kind: K;
  /** What its entities say in `type`. */
  readonly type: T['type'];
  /** How it is read from the upstream. */
  read(id: string, options: SourceOptions): Source;
  /** What has happened, in order; nothing when the two states are the same and nothing of `news` is an event. */
  diff(step: StateStep<K, T>): readonly E[];
  /** Makes fewer events of neighbours where none of what they say is lost. */
  coalesce(events: readonly E[]): readonly E[];
  /** Whether nothing differs that is an event. Asked thousands of times a second. */
  isSame(a: T, b: T): boolean;
  /** How far it has come, comparable between versions of the same thing; null when its state does not say. */
  rank(entity: T): number | null;
  /** The event that says how it is. `atMs` is when it was last seen to be so. */
  snapshot(entity: T, atMs: number): E;
  /** What an event is about. */
  subject(event: E): T;
  /** All that an event says how it is now: what it is about, and which of its parts have changed. */
  shown(event: E): readonly Watchable[];
  /** What its parts add up to after each event; null for a thing without parts. */
  totals(base: TotalsBase, options: RunningTotalsOptions): RunningTotals | null;
  readonly ends: Ends<K, T>;
  readonly related: Related<K, T>;
  /** What its rows are, where what is followed is the newest page of a list; else null. */
  readonly rows: ListedRows | null;
}

/** Two states of a watched thing, one after the other. */
export interface StateStep<K extends WatchKind, T = WatchableOf<K>> {
  readonly previous: T;
  readonly next: T;
  /** Whatever differs from what was known, of the thing and of its parts. */
  readonly news: readonly News[];
  /** When `next` was read, as Unix time in milliseconds. */
  readonly atMs: number;
}

export interface News {
  /** Undefined for what was not known before. */
  readonly previous: Watchable | undefined;
  readonly known: KnownEntity;
}

/** What a log holds right after the event `sequence`. */
export interface TotalsBase {
  readonly entities: readonly KnownEntity[];
  readonly sequence: number;
}

/** How it goes on, and when it is over. It is over when it is terminal and was read once more since. */
export interface Ends<K extends WatchKind, T = WatchableOf<K>> {
  /** Whether its state is the last one. */
  isTerminal(entity: T): boolean;
  /** When it ended, as it says itself: one that ended long ago is not read once more. Null when it does not say. */
  endedAtMs(entity: T): number | null;
  /** How fast it is polled while it is not terminal. */
  pollMode(entity: T): Exclude<PollMode, 'ending'>;
  /**
   * Whether a part of it has come to its end: it is over only after its whole list, and each part in it. Null for a thing
   * without parts.
   */
  readonly isPartFinished: ((part: Watchable) => boolean) | null;
}

export interface Related<K extends WatchKind, T = WatchableOf<K>> {
  /**
   * The kind of thing whose lists show this one, so that no poll of its own is needed while that is watched; null when none
   * do.
   */
  readonly listedBy: ListedBy<K, T> | null;
  /** Whether what is watched may have changed because something was done to another thing, and is to be polled now. */
  isTouchedBy(ref: WatchRef, known: KnownEntities): boolean;
}

export interface ListedBy<K extends WatchKind = WatchKind, T = WatchableOf<K>> {
  readonly kind: WatchKind;
  /** The id of the thing whose lists show it, as far as the entity says that. */
  parentId(entity: T): string | null;
}

export interface ListedRows {
  readonly kind: EntityKind;
  /**
   * Whether a row meets the conditions of the list with this id, as far as a row says: one that has changed may do so no
   * more.
   */
  matches(id: string): (row: WatchableEntity) => boolean;
}

/** What is known of a watched thing and of its parts. */
export interface KnownEntities {
  /** The thing itself. */
  readonly subject: KnownEntity | undefined;
  get(id: string): KnownEntity | undefined;
  values(): Iterable<KnownEntity>;
}
