/** `ReadRecord`: what one operation has read of the upstream, what that cost, and until when it is true. */

/** How an operation got what it read: each entity or page that was read counts once. */
export interface UpstreamTally {
  /** Calls that were sent for this operation; retries of one call are not counted. */
  readonly actual: number;
  /** Reads that were answered by what is kept: no call. */
  readonly cached: number;
  /** Reads that joined the same call of another operation of the account: no call of their own. */
  readonly shared: number;
}

/** Something that was read and is kept: an entity, that there is none, or a page of a list. */
export interface CacheDependency {
  /** Until when it may be told without asking again, as Unix time in milliseconds; `Infinity` when it never changes. */
  readonly freshUntilMs: number;
  /** A poll, a query or a mutation of the account has read another state since; or the fact was let go. */
  readonly isReplaced: boolean;
}

/**
 * An answer that was made of these reads alone may be told again to the same view (see `Caller.viewKey`) for as long as
 * `isTrue` says so: it is then what executing the operation again would answer, without a call. `isTrue` is a few
 * comparisons for each thing that was read, so it can be asked before every reuse, and nobody has to be told when
 * something changes: whatever reads a newer state (a poll of a watcher, another query, a mutation) replaces the fact,
 * before anybody is told of the change. It may be asked from the end of the operation on.
 */
export interface ReadRecord {
  readonly tally: UpstreamTally;
  /**
   * The earliest end of what was read, as Unix time in milliseconds: `Infinity` when nothing of it ever changes,
   * `-Infinity` when something was read that must not be told again: an error, a mutation, what is never kept.
   */
  readonly freshUntilMs: number;
  /** Whether all that was read is still what is known, and not too old to be told. */
  isValid(nowMs: number): boolean;
}

/** How often any fact was replaced or put in doubt: while it is equal, each is true until its end, or for longer. */
export interface Changes {
  count: number;
}

/** A record that is being written. */
export class ReadTracker implements ReadRecord, UpstreamTally {
  readonly #changes: Changes;
  actual = 0;
  cached = 0;
  shared = 0;
  #isSpoilt = false;
  readonly #facts: CacheDependency[] = [];
  /** How many changes there were when every fact was last looked at and found true, and until when it is, without another. */
  #found = { changes: -1, untilMs: -Infinity };

  /** `changes` counts those of all facts that will be noted. */
  constructor(changes: Changes) {
    this.#changes = changes;
  }

  get tally(): UpstreamTally {
    return this;
  }

  /** Notes something that was read and is kept. */
  note(fact: CacheDependency): void {
    if (this.#isSpoilt) return;
    // What is told once makes the whole answer one that is told once; its value is not held for that.
    if (fact.freshUntilMs === -Infinity) {
      this.markUncacheable();
      return;
    }
    this.#facts.push(fact);
    this.#found.changes = -1;
  }

  /** Notes that the answer holds something that must not be told again. */
  markUncacheable(): void {
    this.#isSpoilt = true;
    this.#facts.length = 0;
    this.#found.changes = -1;
  }

  get freshUntilMs(): number {
    if (this.#isSpoilt) return -Infinity;
    let earliest = Infinity;
    for (const { freshUntilMs: freshUntilMs } of this.#facts)
      if (freshUntilMs < earliest) earliest = freshUntilMs;
    return earliest;
  }

  isValid(nowMs: number): boolean {
    const { count } = this.#changes;
    if (this.#found.changes === count && nowMs < this.#found.untilMs) return true;
    let untilMs = Infinity;
    for (const { isReplaced, freshUntilMs: freshUntilMs } of this.#facts) {
      if (isReplaced || nowMs >= freshUntilMs) return false;
      if (freshUntilMs < untilMs) untilMs = freshUntilMs;
    }
    if (this.#isSpoilt) return false;
    this.#found = { changes: count, untilMs };
    return true;
  }
}
