/** `AccountWatches`: what one account watches, and how what anybody reads reaches the watches that it concerns. */
import type { Clock } from '../clock.ts';
import type { KnownEntity, ReadSpan } from '../events/event-log.ts';
import type {
  ListKind,
  Watchable,
  WatchableEntity,
  WatchableOf,
  WatchKind,
  WatchRef,
} from '../events/event.ts';
import { Coverage } from './coverage.ts';
import { fresher } from './freshness.ts';
import { forEachKind, KINDS, followedKindOf } from './kinds/kinds.ts';
import { type ListFilters, listRef, questionOf } from './kinds/list-ref.ts';
import type { Observation } from './observation.ts';
import { PollAllowance } from './poll-allowance.ts';
import type { Watch } from './watch.ts';
import type { Watched } from './watched.ts';

/** The newest rows of a list, as the upstream filters it. */
export interface ListRead {
  readonly list: ListKind;
  readonly filter: ListFilters[ListKind];
  /** Those that could be read. */
  readonly rows: readonly WatchableEntity[];
  readonly hasMore: boolean;
}

/** By kind: the lists that have things of it as rows. */
const LISTS_OF: Readonly<Record<WatchKind, readonly WatchKind[]>> = forEachKind(({ kind }) =>
  Object.values(KINDS).flatMap((row) => (row.rows?.kind === kind ? [row.kind] : [])),
);

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
    if (KINDS[ref.kind].rows) {
      for (const page of observation.entities) this.#applyPage(page as WatchableOf<ListKind>, observation);
      return;
    }
    const coverages = this.#coverageBy[ref.kind];
    if (coverages.length === 0) {
      const { read, traceparent } = observation;
      for (const entity of observation.entities) this.observe(entity, read, traceparent);
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
  observe(entity: Watchable, read: ReadSpan, traceparent?: string): KnownEntity {
    const concerned = this.#concernedBy(entity);
    const freshest = this.#freshest({ entity, read }, concerned);
    for (const watch of concerned)
      watch.apply({ entities: [freshest.entity], read: freshest.read, traceparent });
    return freshest;
  }

  /** What follows as many of these rows, or fewer, takes them in. */
  observeList({ list, filter, rows: all, hasMore }: ListRead, read: ReadSpan): void {
    for (const { watch } of this.#watched[list].values()) {
      const { id } = watch.topic.ref;
      const { first } = questionOf(id);
      if ((all.length < first && hasMore) || listRef(list, { filter, first }).id !== id) continue;
      const rows = all.slice(0, first);
      const page = { type: list, id, rows, hasMore: hasMore || all.length > first, isExhaustive: true };
      // The rows of a list are of its kind.
      watch.apply({ entities: [page as WatchableOf<ListKind>], read });
    }
  }

  /** Every row is told elsewhere as it is told here, and in its freshest version. */
  #applyPage(page: WatchableOf<ListKind>, { read, traceparent }: Observation): void {
    const rows = page.rows.map((row) =>
      row.isPartial ? row : this.#freshest({ entity: row, read }, this.#concernedBy(row)).entity,
    );
    // The versions of the rows are of the kind of the rows.
    this.get({ kind: page.type, id: page.id })?.watch.apply({
      entities: [{ ...page, rows } as WatchableOf<ListKind>],
      read,
      traceparent,
    });
    for (const row of page.rows) if (!row.isPartial) this.observe(row, read, traceparent);
  }

  /** Each of those whom it concerns may know more than the others, and than this read. */
  #freshest(seen: KnownEntity, concerned: readonly Watch[]): KnownEntity {
    if (concerned.length === 0) return seen;
    let freshest = seen;
    const now = this.#clock.now();
    for (const watch of concerned) {
      const known = watch.known.get(seen.entity.id);
      if (known && !fresher(known, freshest, now)) freshest = known;
    }
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

  /** The watch of the thing itself, that of the thing whose lists show it, and those of lists that it is a row of. */
  #concernedBy(entity: Watchable): readonly Watch[] {
    const { kind, related } = followedKindOf(entity);
    const concerned: Watch[] = [];
    const own = this.#watched[kind].get(entity.id);
    if (own) concerned.push(own.watch);
    const parentId = related.listedBy?.parentId(entity) ?? null;
    const parent =
      related.listedBy && parentId !== null && this.#watched[related.listedBy.kind].get(parentId);
    if (parent) concerned.push(parent.watch);
    for (const list of LISTS_OF[kind]) {
      for (const { watch } of this.#watched[list].values()) {
        const row = watch.known.get(entity.id)?.entity;
        // A row that lacks fields is compared with such rows alone.
        if (row && !isPartial(row)) concerned.push(watch);
      }
    }
    return concerned;
  }
}

function isPartial(row: Watchable): boolean {
  return !('rows' in row) && row.isPartial === true;
}
