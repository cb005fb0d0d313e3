/** `Watched`: a watch of an account, and how its next poll is brought forward. */
import type { Watch } from './watch.ts';

export interface Watched {
  readonly watch: Watch;
  /** Something may have changed about when to poll it next. */
  readonly reschedule: () => void;
  /** Something was done to it: it is to be polled now. */
  readonly pollNow: () => void;
  /** Whether this replica polls it, or need not poll it, for all replicas. */
  readonly isHeld: () => boolean;
  /** From now on this replica does, whoever did before. */
  readonly claim: () => void;
}
