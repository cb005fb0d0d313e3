/** `fresher`: which of two reads of one thing shows the later state, as far as anybody can tell. */
import type { KnownEntity, ReadSpan } from '../events/event-log.ts';
import type { Watchable } from '../events/event.ts';
import { followedKindOf } from './kinds/kinds.ts';

/**
 * What is known after another read: `next` when it shows a later state, else null. An answer shows some instant between
 * its request and its arrival, so reads that overlap are ordered by how far the thing has come; where that says
 * nothing either, what is known stays, and the next poll settles it. A read that surely is later wins even when it shows
 * an earlier state: then the upstream really went back.
 */
export function fresher(known: KnownEntity, next: KnownEntity, nowMs: number): KnownEntity | null {
  const read = pastOf(known.read, nowMs);
  if (next.read.sentAtMs > read.receivedAtMs) return next;
  if (next.read.receivedAtMs < read.sentAtMs) return null;
  if (!isFurther(next.entity, known.entity)) return null;
  // It shows more, so its instant lies behind the known one, however early it was asked for.
  const sentAtMs = Math.max(read.sentAtMs, next.read.sentAtMs);
  return {
    entity: next.entity,
    read: { sentAtMs, receivedAtMs: Math.max(sentAtMs, next.read.receivedAtMs) },
  };
}

/** A machine's clock can be set back: what was read "in the future" would make every later read look old. */
function pastOf({ sentAtMs, receivedAtMs }: ReadSpan, nowMs: number): ReadSpan {
  return { sentAtMs: Math.min(sentAtMs, nowMs), receivedAtMs: Math.min(receivedAtMs, nowMs) };
}

function isFurther(next: Watchable, known: Watchable): boolean {
  const [nextRank, knownRank] = [followedKindOf(next).rank(next), followedKindOf(known).rank(known)];
  return nextRank !== null && knownRank !== null && nextRank > knownRank;
}
