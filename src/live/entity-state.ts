/** `EntityState`: the freshest known version of a watched thing and of its parts, and what each further read of them says has happened. */
import type { KnownEntity, ReadSpan } from '../events/event-log.ts';
import type { LiveEvent, Watchable, WatchRef } from '../events/event.ts';
import { fresher } from './freshness.ts';
import type { FollowedKind, News } from './kinds/followed-kind.ts';
import { KINDS, followedKindOf } from './kinds/kinds.ts';
import { type KnownState, lastOfEach, NOTHING, replacedBy, type StateChange } from './known-state.ts';
import type { Observation } from './observation.ts';

/**
 * Invariant: what is known of a thing never gets older (see `fresher`), and the events of all changes lead from the base
 * to what is known. Scenario runs that a list no longer shows stay known.
 */
export class EntityState implements KnownState {
  readonly #ref: WatchRef;
  readonly #kind: FollowedKind;
  readonly #known = new Map<string, KnownEntity>();
  /** Until there is a base to compare with, whatever is read becomes part of it, and nothing has happened. */
  #hasBase = false;

  constructor(ref: WatchRef) {
    this.#ref = ref;
    this.#kind = KINDS[ref.kind];
  }

  /** There is something to compare with, so that a difference is an event. */
  get hasBase(): boolean {
    return this.#hasBase;
  }

  /** The watched thing itself. */
  get subject(): KnownEntity | undefined {
    return this.#known.get(this.#ref.id);
  }

  get(id: string): KnownEntity | undefined {
    return this.#known.get(id);
  }

  values(): Iterable<KnownEntity> {
    return this.#known.values();
  }

  /** Starts from what the events of a log add up to; from nothing when it is empty. */
  load(entities: readonly KnownEntity[]): void {
    for (const known of entities) this.#known.set(known.entity.id, known);
    this.#hasBase = entities.length > 0;
  }

  /** Declares what has been read until now the base. */
  seed(): StateChange {
    this.#hasBase = true;
    return { events: [], entities: [...this.#known.values()], replaced: null };
  }

  /** Somebody else has recorded first: compares what is known here with `entities`, which the log adds up to instead. */
  rebase(entities: readonly KnownEntity[], nowMs: number): StateChange {
    const own = [...this.#known.values()];
    this.#known.clear();
    this.load(entities);
    if (!this.#hasBase) {
      this.load(own);
      return this.seed();
    }
    const changes = own.map(({ entity, read }) => this.apply({ entities: [entity], read }, nowMs));
    return {
      events: this.#kind.coalesce(changes.flatMap(({ events }) => events)),
      entities: changes.flatMap((change) => change.entities),
      replaced: replacedBy(changes),
    };
  }

  /** Makes one of changes that came one after the other: what has happened between the first and the last is left out. */
  squash(changes: readonly StateChange[], nowMs: number): StateChange {
    const replaced = replacedBy(changes);
    const entities = lastOfEach(changes);
    const events = replaced ? this.#diff(replaced.subject, replaced.news, nowMs) : [];
    return { events, entities, replaced };
  }

  /** Takes in what the log says, which has been an event already. */
  setRecorded(entities: readonly Watchable[], read: ReadSpan): void {
    for (const entity of entities) this.#known.set(entity.id, { entity, read });
  }

  /** The same while something that was read here is not in the log yet, and may be later. */
  mergeRecorded(entities: readonly Watchable[], read: ReadSpan, nowMs: number): void {
    for (const entity of entities) {
      const known = this.#known.get(entity.id);
      const next = known ? fresher(known, { entity, read }, nowMs) : { entity, read };
      if (next) this.#known.set(entity.id, next);
    }
  }

  /** Takes in what is new of an observation; what is older than what is known, or cannot be ordered, changes nothing. */
  apply({ entities, read }: Observation, nowMs: number): StateChange {
    const before = this.subject?.entity;
    const news: News[] = [];
    for (const entity of entities) {
      const known = this.#known.get(entity.id);
      const next = known ? fresher(known, { entity, read }, nowMs) : { entity, read };
      if (!next) continue;
      if (known && isSame(known.entity, entity)) {
        this.#known.set(entity.id, { entity: known.entity, read: next.read });
      } else {
        this.#known.set(entity.id, next);
        news.push({ previous: known?.entity, known: next });
      }
    }
    if (!this.#hasBase || !before || news.length === 0) return NOTHING;
    return {
      events: this.#diff(before, news, read.receivedAtMs),
      entities: news.map(({ known }) => known),
      replaced: { subject: before, news },
    };
  }

  #diff(previous: Watchable, news: readonly News[], atMs: number): readonly LiveEvent[] {
    const next = this.subject?.entity ?? previous;
    // An upstream that gives two kinds of things one id makes no event of that.
    return next.type === previous.type ? this.#kind.diff({ previous, next, news, atMs }) : [];
  }
}

function isSame(a: Watchable, b: Watchable): boolean {
  return a.type === b.type && followedKindOf(a).isSame(a, b);
}
