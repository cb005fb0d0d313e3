/** `Observation`: what one answer of the upstream shows of a watched thing. */
import type { ReadSpan } from '../events/event-log.ts';
import type { Watchable } from '../events/event.ts';

export interface Observation {
  /** The watched thing, or some of its parts. */
  readonly entities: readonly Watchable[];
  readonly read: ReadSpan;
  /** On the last page of a list of parts: when its first page was asked for. A part that was read before that is listed no more. */
  readonly listedSinceMs?: number;
  /** On the last page of a list of parts: whether no part was left out because the list was too long or a row unreadable. */
  readonly isWhole?: boolean;
  /** By which others name the span of the poll that has read it. Absent when that was no poll, or is not traced. */
  readonly traceparent?: string | undefined;
}
