/** `CachingCaller`: who calls a `CachingUpstream`, and how fresh its answers have to be. */
import type { UpstreamCaller } from '../caller.ts';
import type { ReadMark } from '../types.ts';
import type { ReadTracker } from './read-tracker.ts';

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
   * Tracks what its session reads: one of `CachingUpstream.trackReads`.
   * @default a tracker that is not used
   */
  readonly reads?: ReadTracker | undefined;
}
