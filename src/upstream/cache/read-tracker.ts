/** `ReadTracker`: records what one operation has read of the upstream, what that cost, and whether it is still valid. */

/** How an operation got what it read: each entity or page that was read counts once. */
export interface UpstreamTally {
  /** Calls that were sent for this operation; retries of one call are not counted. */
  readonly actual: number;
  /** Reads that were answered from the cache, without a call. */
  readonly cached: number;
  /** Reads that joined the same call of another operation of the account: no call of their own. */
  readonly shared: number;
}

/** Something cached that an answer depends on: an entity, its absence, or a page of a list. */
export interface CacheDependency {
  /** Until when it may be answered without a call, as Unix time in milliseconds; `Infinity` when it never changes. */
  readonly freshUntilMs: number;
  /** A poll, a query or a mutation of the account has read another state since, or it was evicted. */
  readonly isReplaced: boolean;
}

/**
 * An answer that was made of these reads alone may be cached, and sent to callers with the same view (see
 * `Caller.viewKey`), while `isValid` holds: executing the operation again would then give the same answer, without a call.
 * `isValid` takes a few comparisons for each dependency, so it can be called before every reuse, and changes need no
 * listeners: whatever reads a newer state (a poll of a watcher, another query, a mutation) replaces the dependency before
 * anybody is notified of the change. It may be called once the operation has ended.
 */
export interface ReadRecord {
  readonly tally: UpstreamTally;
  /**
   * The earliest `freshUntilMs` of what was read, as Unix time in milliseconds: `Infinity` when nothing of it ever
   * changes, `-Infinity` when something uncacheable was read: an error, a mutation, a download.
   */
  readonly freshUntilMs: number;
  /** Whether nothing that was read has been replaced, and all of it is fresh. */
  isValid(nowMs: number): boolean;
}

/** Counts how often any dependency was replaced or put in doubt: while it is equal, each is valid until it is no longer fresh. */
export interface Changes {
  count: number;
}

/** The record of an operation that is running. */
export class ReadTracker implements ReadRecord, UpstreamTally {
  readonly #changes: Changes;
  actual = 0;
  cached = 0;
  shared = 0;
  #isUncacheable = false;
  readonly #dependencies: CacheDependency[] = [];
  /** The count of changes when all dependencies were last found valid, and until when they are fresh without another change. */
  #validated = { changes: -1, untilMs: -Infinity };

  /** `changes` counts those of all dependencies that will be noted. */
  constructor(changes: Changes) {
    this.#changes = changes;
  }

  get tally(): UpstreamTally {
    return this;
  }

  /** Adds a dependency. */
  note(dependency: CacheDependency): void {
    if (this.#isUncacheable) return;
    // One uncacheable read makes the whole answer uncacheable; a reference to it would only hold its memory.
    if (dependency.freshUntilMs === -Infinity) {
      this.markUncacheable();
      return;
    }
    this.#dependencies.push(dependency);
    this.#validated.changes = -1;
  }

  /** The answer holds something that must not be cached. */
  markUncacheable(): void {
    this.#isUncacheable = true;
    this.#dependencies.length = 0;
    this.#validated.changes = -1;
  }

  get freshUntilMs(): number {
    if (this.#isUncacheable) return -Infinity;
    let earliest = Infinity;
    for (const { freshUntilMs } of this.#dependencies) if (freshUntilMs < earliest) earliest = freshUntilMs;
    return earliest;
  }

  isValid(nowMs: number): boolean {
    const { count } = this.#changes;
    if (this.#validated.changes === count && nowMs < this.#validated.untilMs) return true;
    let untilMs = Infinity;
    for (const { isReplaced, freshUntilMs } of this.#dependencies) {
      if (isReplaced || nowMs >= freshUntilMs) return false;
      if (freshUntilMs < untilMs) untilMs = freshUntilMs;
    }
    if (this.#isUncacheable) return false;
    this.#validated = { changes: count, untilMs };
    return true;
  }
}
