/** `freshUntil`: how long what was read of an entity may be answered without a call. It decides only. */
import type { CachePolicy } from '../endpoint-rows.ts';
import type { Entity, ReadSpan } from '../types.ts';

export interface FreshnessSettings {
  /** Age at which what may change at any moment is asked for again, in milliseconds; at most a second. */
  readonly liveMs: number;
  /** The same for what somebody has to edit: scenarios, benchmarks, terminal devboxes. */
  readonly definitionsMs: number;
  /** The same for that there is no such entity. */
  readonly missingMs: number;
  /** How long ago an entity must have ended for what was read of it to be its end, in milliseconds. */
  readonly settledAfterMs: number;
}

/**
 * As Unix time in milliseconds; `Infinity` for what never changes. An answer shows an instant after it was asked for,
 * so its age counts from there. `terminalSinceMs` is when the entity was first seen to be terminal; null while it is not.
 */
export function freshUntil(
  policy: CachePolicy,
  entity: Entity | null,
  { sentAtMs }: ReadSpan,
  { terminalSinceMs, settings }: { terminalSinceMs: number | null; settings: FreshnessSettings },
): number {
  if (entity === null) return sentAtMs + settings.missingMs;
  switch (policy) {
    case 'live':
    case 'definition':
      return sentAtMs + maxAgeMs(policy, settings);
    case 'final':
      return isSettled() ? Infinity : sentAtMs + settings.liveMs;
    case 'editable':
      return sentAtMs + (isSettled() ? settings.definitionsMs : settings.liveMs);
  }

  /** The upstream may still be writing down what has just ended: scores, durations, what was canceled with it. */
  function isSettled(): boolean {
    if (terminalSinceMs === null) return false;
    const endedAtMs = (entity && 'endedAtMs' in entity ? entity.endedAtMs : null) ?? terminalSinceMs;
    return sentAtMs - endedAtMs > settings.settledAfterMs;
  }
}

/** The age up to which what has no end of its own is fresh, in milliseconds. */
export function maxAgeMs(
  policy: Extract<CachePolicy, 'live' | 'definition'>,
  { liveMs, definitionsMs }: FreshnessSettings,
): number {
  return policy === 'live' ? liveMs : definitionsMs;
}

export function isTerminal(entity: Entity | null): boolean {
  return entity !== null && 'isTerminal' in entity && entity.isTerminal;
}

/** Whether a mutation of the gateway can change what is known of it: definitions are edited elsewhere. */
export function isMovable(policy: CachePolicy, entity: Entity | null): boolean {
  return entity === null || policy !== 'definition';
}
