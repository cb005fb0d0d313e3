/** `CachingCaller`: who calls a `CachingUpstream`, and how fresh its answers have to be. */
import type { UpstreamCaller } from '../caller.ts';
import type { ReadMark } from '../types.ts';
import type { Clock } from '../../clock.ts';
import type { ReadTracker } from './read-tracker.ts';
import type { AskedAt } from './value-store.ts';

export interface CachingCaller extends UpstreamCaller {
  /**
   * Whether everything is read anew, past the cache; the readings are cached for others.
   * @default false
   */
  readonly isFresh?: boolean | undefined;
  /**
   * What may change and was requested before this mark of the same upstream is read anew.
   * @default none, everything that is fresh is answered from the cache
   */
  readonly since?: ReadMark | undefined;
  /**
   * What is not fresh at this instant, as Unix time in milliseconds, is read anew: for reads ahead of need.
   * @default the time of each read
   */
  readonly freshAtMs?: number | undefined;
  /**
   * Tracks what its session reads: one of `CachingUpstream.trackReads`.
   * @default a tracker that is not used
   */
  readonly reads?: ReadTracker | undefined;
}

/** How fresh what this caller reads now has to be. */
export function askedAt(
  { since, freshAtMs = -Infinity }: Pick<CachingCaller, 'since' | 'freshAtMs'>,
  clock: Clock,
): AskedAt {
  return { nowMs: Math.max(clock.now(), freshAtMs), since };
}
