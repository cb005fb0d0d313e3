/** A caching upstream over one in memory, on a clock that stands still. */
import { Account } from '../../src/upstream/account.ts';
import type { CachingCaller } from '../../src/upstream/cache/caching-caller.ts';
import { createCachingUpstream } from '../../src/upstream/cache/caching-upstream.ts';
import type { ReadTracker } from '../../src/upstream/cache/read-tracker.ts';
import type { Mutation } from '../../src/upstream/mutations.ts';
import type { ScenarioRun } from '../../src/upstream/types.ts';
import type { Upstream, UpstreamSession } from '../../src/upstream/upstream.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { fakeSession } from '../support/fake-session.ts';
import { createFakeUpstream } from '../support/fake-upstream.ts';

export const KEEPING = {
  maxBytes: 1_000_000,
  liveMs: 1_000,
  definitionsMs: 60_000,
  missingMs: 500,
  settledAfterMs: 10_000,
};

export function createCachingStage(settings: typeof KEEPING | null = KEEPING) {
  const clock = createFakeClock();
  const fake = createFakeUpstream(clock);
  const accounts = {
    ann: new Account('ak_ann', { hashSecret: 's' }),
    bob: new Account('ak_bob', { hashSecret: 's' }),
  };
  /** What a cancellation answers, when a test has said so. */
  const mutations: { cancel: () => Promise<Mutation<ScenarioRun>> } = {
    cancel: () => Promise.reject(new Error('nothing is canceled here')),
  };
  const canceling = fakeSession({ send: { cancelScenarioRun: () => mutations.cancel() } });
  const upstream: Upstream = {
    ...fake,
    session: (caller) => ({
      ...fake.session(caller),
      send: (mutation, input, options) => canceling.send(mutation, input, options),
    }),
  };
  const caching = createCachingUpstream(upstream, { clock, settings });
  return {
    clock,
    fake,
    caching,
    mutations,
    session: (
      caller: Partial<Omit<CachingCaller, 'account'>> & { who?: keyof typeof accounts } = {},
    ): UpstreamSession & { readonly reads: ReadTracker } => {
      const reads = caching.trackReads();
      const session = caching.session({
        account: accounts[caller.who ?? 'ann'],
        priority: 'interactive',
        signal: new AbortController().signal,
        deadlineAt: Infinity,
        reads,
        ...caller,
      });
      return { ...session, reads };
    },
  };
}
