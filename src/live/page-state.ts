/** `PageState`: the newest page of a followed list as it is known, each row of it in its freshest version. */
import type { KnownEntity, ReadSpan } from '../events/event-log.ts';
import type { ListKind, Watchable, WatchableEntity, WatchableOf, WatchRef } from '../events/event.ts';
import { fresher } from './freshness.ts';
import type { FollowedKind, ListedRows, News } from './kinds/followed-kind.ts';
import { followedKindOf, KINDS } from './kinds/kinds.ts';
import { type KnownState, lastOfEach, NOTHING, replacedBy, type StateChange } from './known-state.ts';
import type { Observation } from './observation.ts';

type AnyPage = WatchableOf<ListKind>;

/** Which rows there are, and when that was read. */
interface KnownPage {
  readonly entity: AnyPage;
  readonly read: ReadSpan;
}

/**
 * Invariant: neither what is known of a row of the page gets older, nor which rows it has. A row that has left the page is
 * forgotten, so that what is known never is more than a page.
 */
export class PageState implements KnownState {
  readonly #ref: WatchRef;
  readonly #kind: FollowedKind;
  readonly #matches: ReturnType<ListedRows['matches']>;
  #page: KnownPage | undefined;
  /** The rows of the page, in its order. */
  #rows = new Map<string, KnownEntity>();
  #hasBase = false;

  constructor(ref: WatchRef, rows: ListedRows) {
    this.#ref = ref;
    this.#kind = KINDS[ref.kind];
    this.#matches = rows.matches(ref.id);
  }

  get hasBase(): boolean {
    return this.#hasBase;
  }

  get subject(): KnownEntity | undefined {
    return this.#page;
  }

  get(id: string): KnownEntity | undefined {
    return this.#rows.get(id) ?? (id === this.#ref.id ? this.#page : undefined);
  }

  values(): Iterable<KnownEntity> {
    return this.#recorded();
  }

  load(entities: readonly KnownEntity[]): void {
    for (const { entity, read } of entities) if (isPage(entity)) this.#set(entity, read);
    this.#hasBase = entities.length > 0;
  }

  seed(): StateChange {
    this.#hasBase = true;
    return { events: [], entities: this.#recorded(), replaced: null };
  }

  rebase(entities: readonly KnownEntity[], nowMs: number): StateChange {
    const own = [...(this.#page ? [this.#page] : []), ...this.#rows.values()];
    this.#page = undefined;
    this.#rows.clear();
    this.load(entities);
    if (!this.#hasBase) {
      for (const { entity, read } of own) this.apply({ entities: [entity], read }, nowMs);
      return this.seed();
    }
    const changes = own.map(({ entity, read }) => this.apply({ entities: [entity], read }, nowMs));
    return {
      events: this.#kind.coalesce(changes.flatMap(({ events }) => events)),
      entities: lastOfEach(changes),
      replaced: replacedBy(changes),
    };
  }

  squash(changes: readonly StateChange[], nowMs: number): StateChange {
    const replaced = replacedBy(changes);
    const next = this.#page?.entity;
    const events =
      replaced && next
        ? this.#kind.diff({ previous: replaced.subject, next, news: replaced.news, atMs: nowMs })
        : [];
    return { events, entities: lastOfEach(changes), replaced };
  }

  setRecorded(entities: readonly Watchable[], read: ReadSpan): void {
    for (const entity of entities) if (isPage(entity)) this.#set(entity, read);
  }

  mergeRecorded(entities: readonly Watchable[], read: ReadSpan, nowMs: number): void {
    this.#take({ entities, read }, nowMs);
  }

  apply(observation: Observation, nowMs: number): StateChange {
    const previous = this.#page?.entity;
    const news = this.#take(observation, nowMs);
    const next = this.#page?.entity;
    if (!this.#hasBase || !previous || !next || next === previous) return NOTHING;
    const atMs = observation.read.receivedAtMs;
    const events = this.#kind.diff({ previous, next, news, atMs });
    return { events, entities: this.#recorded(), replaced: { subject: previous, news } };
  }

  /** Takes in what is later than what is known. What differs replaces the page, and nothing else does. */
  #take({ entities, read }: Observation, nowMs: number): readonly News[] {
    const news: News[] = [];
    for (const entity of entities) {
      if (isPage(entity)) this.#takePage(entity, read, nowMs, news);
      else if (this.#rows.has(entity.id)) this.#takeRows([entity], read, nowMs, news);
    }
    return news;
  }

  #takePage(page: AnyPage, read: ReadSpan, nowMs: number, news: News[]): void {
    const known = this.#page;
    const isNewer = !known || fresher(known, { entity: page, read }, nowMs) !== null;
    const rows = isNewer ? page.rows : page.rows.filter(({ id }) => this.#rows.has(id));
    if (!isNewer) {
      this.#takeRows(rows, read, nowMs, news);
      return;
    }
    const fresh = rows.map((row) => this.#fresher(row, read, nowMs, news));
    this.#rows = new Map(fresh.map((one) => [one.entity.id, one]));
    this.#rebuild(page, read);
  }

  #takeRows(rows: readonly WatchableEntity[], read: ReadSpan, nowMs: number, news: News[]): void {
    const page = this.#page;
    if (!page) return;
    const before = news.length;
    for (const row of rows) this.#rows.set(row.id, this.#fresher(row, read, nowMs, news));
    if (news.length > before) this.#rebuild(page.entity, page.read);
  }

  #fresher(row: WatchableEntity, read: ReadSpan, nowMs: number, news: News[]): KnownEntity {
    const known = this.#rows.get(row.id);
    if (!known) return { entity: row, read };
    const next = fresher(known, { entity: row, read }, nowMs);
    if (!next) return known;
    if (followedKindOf(row).isSame(known.entity, row)) return { entity: known.entity, read: next.read };
    news.push({ previous: known.entity, known: next });
    return next;
  }

  /** Makes the page of the rows that still meet its conditions. The same page stays the same object. */
  #rebuild(page: AnyPage, read: ReadSpan): void {
    let { receivedAtMs } = read;
    for (const [id, { entity, read: rowRead }] of this.#rows) {
      if (isPage(entity) || this.#matches(entity)) continue;
      this.#rows.delete(id);
      // What was asked for before this was known may still show it.
      receivedAtMs = Math.max(receivedAtMs, rowRead.receivedAtMs);
    }
    const rows = Array.from(this.#rows.values(), ({ entity }) => entity);
    // The rows of a page are of its kind.
    const next = { ...page, rows } as AnyPage;
    const known = this.#page?.entity;
    const entity = known && this.#kind.isSame(known, next) ? known : next;
    this.#page = { entity, read: { sentAtMs: read.sentAtMs, receivedAtMs } };
  }

  /** A page of which it is known no better when each row was read. */
  #set(page: AnyPage, read: ReadSpan): void {
    const before = this.#rows;
    this.#rows = new Map(
      page.rows.map((row) => {
        const known = before.get(row.id);
        return [row.id, known?.entity === row ? known : { entity: row, read }];
      }),
    );
    this.#page = { entity: page, read };
  }

  /** As it goes into the log, which does not say when each row was read: none of them later than the page. */
  #recorded(): readonly KnownEntity[] {
    if (!this.#page) return [];
    const { entity, read } = this.#page;
    let { receivedAtMs } = read;
    for (const known of this.#rows.values()) receivedAtMs = Math.max(receivedAtMs, known.read.receivedAtMs);
    return [{ entity, read: { sentAtMs: read.sentAtMs, receivedAtMs } }];
  }
}

function isPage(entity: Watchable): entity is AnyPage {
  return KINDS[followedKindOf(entity).kind].rows !== null;
}
