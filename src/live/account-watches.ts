/** `AccountWatches`: what one account watches, and how what anybody reads reaches the watches that it concerns. */
import type { Clock } from '../clock.ts';
import type { KnownEntity, ReadSpan } from '../events/event-log.ts';
import type { Watchable, WatchRef } from '../events/event.ts';
import { Coverage } from './coverage.ts';
import { fresher } from './freshness.ts';
import { forEachKind, KINDS, followedKindOf } from './kinds/kinds.ts';
import type { Observation } from './observation.ts';
import { PollAllowance } from './poll-allowance.ts';
import type { Watch } from './watch.ts';
import type { Watched } from './watched.ts';

export class AccountWatches<T extends Watched> implements Disposable {
  readonly polls: PollAllowance;
  readonly #clock: Clock;
  readonly #watched = forEachKind(() => new Map<string, T>());
  /** Of each kind that others list: which of its followed things need no poll of their own. */
  readonly #coverage = forEachKind(({ kind, related: { listedBy } }) =>
    listedBy === null
      ? null
      : new Coverage({
          children: this.#watched[kind],
          parents: this.#watched[listedBy.kind],
          parentId: (entity) => listedBy.parentId(entity),
        }),
  );
  /** The same by the kind that lists them. */
  readonly #coverageBy = forEachKind(({ kind }) =>
    Object.values(KINDS).flatMap((row) => {
      const coverage = row.related.listedBy?.kind === kind ? this.#coverage[row.kind] : null;
      return coverage ? [coverage] : [];
    }),
  );

  /** How often other replicas were found to have done something to things of the account. */
  mutations = 0;
  readonly #owned: Disposable[] = [];

  constructor(options: {
    readonly clock: Clock;
    readonly maxLongPolls: number;
    /** Calls the listener when another replica has done something to a thing of this account. */
    readonly onTouch: (listener: (ref: WatchRef) => void) => Disposable;
  }) {
    this.#clock = options.clock;
    this.polls = new PollAllowance(options);
    this.own(
      options.onTouch((ref) => {
        for (const touched of this.#touchedBy(ref)) {
          touched.watch.ignoreReadsUnderWay();
          touched.pollNow();
        }
      }),
    );
  }

  /** Disposes it with the last of what is watched. */
  own(part: Disposable): void {
    this.#owned.push(part);
  }

  [Symbol.dispose](): void {
    for (const part of this.#owned.splice(0)) part[Symbol.dispose]();
  }

  get size(): number {
    return Object.values(this.#watched).reduce((sum, { size }) => sum + size, 0);
  }

  get({ kind, id }: WatchRef): T | undefined {
    return this.#watched[kind].get(id);
  }

  values(): readonly T[] {
    return Object.values(this.#watched).flatMap((watched) => [...watched.values()]);
  }

  add(watched: T): void {
    const { kind, id } = watched.watch.topic.ref;
    this.#watched[kind].set(id, watched);
  }

  /** Takes out exactly this one: another may have taken its place. */
  remove(watched: T): void {
    const { kind, id } = watched.watch.topic.ref;
    if (this.#watched[kind].get(id) !== watched) return;
    this.#watched[kind].delete(id);
    this.release({ kind, id });
    this.#coverage[kind]?.remove(id);
  }

  /** This thing is read no more: what its lists have shown is polled by itself from now on. */
  release({ kind, id }: WatchRef): void {
    for (const coverage of this.#coverageBy[kind]) coverage.releaseAll(id);
  }

  /**
   * What the watch of its parent knows of a followed thing, when that one's lists show it. A watch that relies on this is
   * rescheduled when it is no longer so.
   */
  coveredByParent({ kind, id }: WatchRef): KnownEntity | undefined {
    return this.#coverage[kind]?.find(id);
  }

  /** Gives what a poll of `ref` has read to the watches that it concerns. */
  apply(ref: WatchRef, observation: Observation): void {
    const coverages = this.#coverageBy[ref.kind];
    if (coverages.length === 0) {
      for (const entity of observation.entities) this.observe(entity, observation.read);
      return;
    }
    const watch = this.get(ref)?.watch;
    watch?.apply(observation);
    for (const coverage of coverages) {
      coverage.apply(ref.id, observation);
      if (watch?.isOver) coverage.releaseAll(ref.id);
      // Only a whole list says that something is not in it.
      else if (observation.listedSinceMs !== undefined) coverage.releaseUnlisted(ref.id);
    }
  }

  /** Gives what others have recorded of `ref`, which its own watch knows, to the other watches that it concerns. */
  applyRecorded(ref: WatchRef, observation: Observation): void {
    for (const coverage of this.#coverageBy[ref.kind]) coverage.apply(ref.id, observation);
    const own = this.get(ref)?.watch;
    for (const entity of observation.entities) {
      for (const watch of this.#concernedBy(entity))
        if (watch !== own) watch.apply({ entities: [entity], read: observation.read });
    }
  }

  /** Gives what was read of one thing to the watches that it concerns, and answers its freshest version. */
  observe(entity: Watchable, read: ReadSpan): KnownEntity {
    const concerned = this.#concernedBy(entity);
    let freshest: KnownEntity = { entity, read };
    if (concerned.length === 0) return freshest;
    const now = this.#clock.now();
    for (const watch of concerned) {
      const known = watch.known.get(entity.id);
      // Each of them may know more than the others, and than this read.
      if (known && !fresher(known, freshest, now)) freshest = known;
    }
    for (const watch of concerned) watch.apply({ entities: [freshest.entity], read: freshest.read });
    return freshest;
  }

  /** Polls now whatever may have changed because something was done to this thing. */
  touch(ref: WatchRef): void {
    for (const touched of this.#touchedBy(ref)) touched.pollNow();
  }

  #touchedBy(ref: WatchRef): readonly T[] {
    const own = this.get(ref);
    const related = Object.values(KINDS).flatMap(({ kind, related: relation }) =>
      [...this.#watched[kind].values()].filter(({ watch }) => relation.isTouchedBy(ref, watch.known)),
    );
    return own ? [own, ...related] : related;
  }

  /** Resolves when what is known is in the logs; undefined when it is already. */
  recorded(): Promise<unknown> | undefined {
    const behind = this.values().filter(({ watch }) => !watch.isRecorded);
    return behind.length === 0 ? undefined : Promise.all(behind.map(({ watch }) => watch.flush()));
  }

  /** The watch of the thing itself, and that of the thing whose lists show it. */
  #concernedBy(entity: Watchable): readonly Watch[] {
    const { kind, related } = followedKindOf(entity);
    const own = this.#watched[kind].get(entity.id);
    const parentId = related.listedBy?.parentId(entity) ?? null;
    const parent =
      related.listedBy && parentId !== null && this.#watched[related.listedBy.kind].get(parentId);
    if (!parent) return own ? [own.watch] : [];
    return own ? [own.watch, parent.watch] : [parent.watch];
  }
}
