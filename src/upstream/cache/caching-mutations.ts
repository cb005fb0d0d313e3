/** `createCachingMutations`: sends mutations, caches their answers and invalidates what was read before. */
import type { Done } from '../endpoint-rows.ts';
import { kindOf } from '../kinds.ts';
import type { Entity } from '../types.ts';
import type { UpstreamSession } from '../upstream.ts';
import type { CacheState } from './cache-state.ts';
import type { CachingCaller } from './caching-caller.ts';
import { isTerminal } from './freshness.ts';
import type { ReadTracker } from './read-tracker.ts';
import type { Reading } from './reading.ts';

export function createCachingMutations(
  state: CacheState,
  caller: CachingCaller,
  reads: ReadTracker,
): UpstreamSession['send'] {
  const { upstream } = state;
  const { id: accountId } = caller.account;

  function take(answer: Entity | Done, received: <T>(value: T) => Reading<T>): void {
    const generation = state.invalidate(accountId);
    if (answer === 'done') return;
    // The answer may be that of an earlier request with the same idempotency key, of unknown age. A terminal state is
    // final at any age; any other state is stored as the oldest of all readings, so that it answers no later read.
    const reading = received(answer);
    const sent = isTerminal(answer)
      ? {}
      : { sentTick: 0, read: { sentAtMs: 0, receivedAtMs: reading.read.receivedAtMs } };
    state.put(accountId, kindOf(answer), { id: answer.id, ...reading, ...sent, generation });
  }

  return async (name, input, options) => {
    reads.actual++;
    // The answer of a mutation must not be cached as that of a query.
    reads.markUncacheable();
    const received = state.begin(accountId);
    const sending = upstream.session(caller).send(name, input, options);
    const mutation = await sending.catch((error: unknown) => {
      state.invalidate(accountId);
      throw error;
    });
    switch (mutation.kind) {
      case 'done':
        take(mutation.value, received);
        return mutation;
      case 'missing':
      case 'refused':
        state.invalidate(accountId);
        return mutation;
      case 'unknown': {
        state.invalidate(accountId);
        const late = mutation.late.then((answer) => {
          if (answer === null) state.invalidate(accountId);
          else take(answer, received);
          return answer;
        });
        return { ...mutation, late };
      }
    }
  };
}
