/** `createAsk`: sends a call of one caller, or joins an equal call under way, and tracks what was read. */
import type { UpstreamCaller } from '../caller.ts';
import type { CacheState } from './cache-state.ts';
import type { CachingCaller } from './caching-caller.ts';
import type { ReadTracker } from './read-tracker.ts';
import type { Cached } from './reading.ts';

/** `key` is equal for equal calls. */
export type Ask = <T>(
  key: string,
  send: (caller: UpstreamCaller) => Promise<Cached<T>>,
) => Promise<Cached<T>>;

export function createAsk(state: CacheState, caller: CachingCaller, reads: ReadTracker): Ask {
  const { account, isFresh = false, since } = caller;
  const ask: Ask = async (key, send) => {
    const { answer, isShared } = state
      .flightsOf(account.id)
      .join(key, caller, { send, isOwn: isFresh, since });
    if (isShared) reads.shared++;
    else reads.actual++;
    try {
      const cached = await answer;
      // A caller that joined an earlier call may have been answered the other version already.
      if (cached.isContested && isShared) return await ask(key, send);
      reads.note(cached);
      return cached;
    } catch (error) {
      reads.markUncacheable();
      throw error;
    }
  };
  return ask;
}
