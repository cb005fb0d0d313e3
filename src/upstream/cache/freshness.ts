/** `freshUntil`: how long a reading of an entity is fresh, that is, answered without a call. Pure functions. */
import type { CachePolicy } from '../endpoint-rows.ts';
import type { Entity, ReadSpan } from '../types.ts';

export interface FreshnessSettings {
  /** Maximum age of what may change at any moment, in milliseconds; at most a second. */
  readonly liveMs: number;
  /** Maximum age of what changes only when somebody edits it: scenarios, benchmarks, terminal devboxes. */
  readonly definitionsMs: number;
  /** Maximum age of the absence of an entity. */
  readonly missingMs: number;
  /** How long after its end a terminal entity counts as final, in milliseconds: the upstream still writes results before. */
  readonly settledAfterMs: number;
}

/**
 * As Unix time in milliseconds; `Infinity` for what never changes. An answer shows some instant after its request was
 * sent, so its age counts from then. `terminalSinceMs` is when the entity was first read as terminal; null while it is not.
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

  /** The upstream may still be writing the results of what has just ended: scores, durations, what was canceled with it. */
  function isSettled(): boolean {
    if (terminalSinceMs === null) return false;
    const endedAtMs = (entity && 'endedAtMs' in entity ? entity.endedAtMs : null) ?? terminalSinceMs;
    return sentAtMs - endedAtMs > settings.settledAfterMs;
  }
}

/** The maximum age of what has no terminal state, in milliseconds. */
export function maxAgeMs(
  policy: Extract<CachePolicy, 'live' | 'definition'>,
  { liveMs, definitionsMs }: FreshnessSettings,
): number {
  return policy === 'live' ? liveMs : definitionsMs;
}

export function isTerminal(entity: Entity | null): boolean {
  return entity !== null && 'isTerminal' in entity && entity.isTerminal;
}

/** Whether a mutation of the gateway can change it: definitions are edited elsewhere. */
export function isMovable(policy: CachePolicy, entity: Entity | null): boolean {
  return entity === null || policy !== 'definition';
}
