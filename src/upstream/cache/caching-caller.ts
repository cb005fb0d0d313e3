/** `CachingCaller`: who calls a `CachingUpstream`, and how fresh its answers have to be. */
import type { UpstreamCaller } from '../caller.ts';
import type { ReadMark } from '../types.ts';
import type { ReadTracker } from './read-tracker.ts';

export interface CachingCaller extends UpstreamCaller {
  /**
   * Whether everything is asked for anew; what comes back is cached for others.
   * @default false
   */
  readonly isFresh?: boolean | undefined;
  /**
   * What may move and was asked for before this point is too old, and is asked for again: a mark of the same upstream.
   * @default none, everything answers for as long as it is fresh
   */
  readonly since?: ReadMark | undefined;
  /**
   * Where what its session reads is noted: one of `CachingUpstream.trackReads`.
   * @default a tracker that nobody looks at
   */
  readonly reads?: ReadTracker | undefined;
}
