/** `KnownState`: what is known of a watched thing, and what each further read of it says has happened. */
import type { KnownEntity, ReadSpan } from '../events/event-log.ts';
import type { LiveEvent, Watchable } from '../events/event.ts';
import type { KnownEntities, News } from './kinds/followed-kind.ts';
import type { Observation } from './observation.ts';

/** What an observation has changed, in the form in which it is appended. */
export interface StateChange {
  readonly events: readonly LiveEvent[];
  readonly entities: readonly KnownEntity[];
  /** What it has replaced; null when nothing was known before. */
  readonly replaced: Replaced | null;
}

/** How things were before a change, to compare with. */
export interface Replaced {
  readonly subject: Watchable;
  readonly news: readonly News[];
}

export const NOTHING: StateChange = { events: [], entities: [], replaced: null };

/** Invariant: the events of all changes lead from the base to what is known. */
export interface KnownState extends KnownEntities {
  /** There is something to compare with, so that a difference is an event. */
  readonly hasBase: boolean;
  /** What the events of the log add up to, as it is appended. */
  values(): Iterable<KnownEntity>;
  /** Starts from what the events of a log add up to; from nothing when it is empty. */
  load(entities: readonly KnownEntity[]): void;
  /** Declares what has been read until now the base. */
  seed(): StateChange;
  /** Somebody else has recorded first: compares what is known here with `entities`, which the log adds up to instead. */
  rebase(entities: readonly KnownEntity[], nowMs: number): StateChange;
  /** Makes one of changes that came one after the other: what has happened between the first and the last is left out. */
  squash(changes: readonly StateChange[], nowMs: number): StateChange;
  /** Takes in what the log says, which has been an event already. */
  setRecorded(entities: readonly Watchable[], read: ReadSpan): void;
  /** The same while something that was read here is not in the log yet, and may be later. */
  mergeRecorded(entities: readonly Watchable[], read: ReadSpan, nowMs: number): void;
  /** Takes in what is new of an observation; what is older than what is known, or cannot be ordered, changes nothing. */
  apply(observation: Observation, nowMs: number): StateChange;
}

/** The newest version of each thing that some changes have brought, the latest change last. */
export function lastOfEach(changes: readonly StateChange[]): readonly KnownEntity[] {
  const last = new Map<string, KnownEntity>();
  for (const { entities } of changes) for (const known of entities) last.set(known.entity.id, known);
  return [...last.values()];
}

/** What several changes together have replaced: of each thing what the first has found, and what the last has left. */
export function replacedBy(changes: readonly StateChange[]): Replaced | null {
  const news = new Map<string, News>();
  for (const { replaced } of changes) {
    for (const one of replaced?.news ?? []) {
      const { id } = one.known.entity;
      const first = news.get(id);
      news.set(id, first ? { previous: first.previous, known: one.known } : one);
    }
  }
  const first = changes.find(({ replaced }) => replaced !== null);
  return first?.replaced ? { subject: first.replaced.subject, news: [...news.values()] } : null;
}
