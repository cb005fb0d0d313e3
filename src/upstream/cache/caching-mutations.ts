/** `createCachingMutations`: what a mutation answers replaces what is kept, and what was read before it is not told any more. */
import type { Kind, Kinds } from '../types.ts';
import { isTerminal } from './freshness.ts';
import type { CacheState } from './cache-state.ts';
import type { Mutation, UpstreamMutations } from '../mutations.ts';
import type { ReadTracker } from './read-tracker.ts';
import type { UpstreamCaller } from '../upstream.ts';

export function createCachingMutations(
  keeping: CacheState,
  caller: UpstreamCaller,
  reads: ReadTracker,
): UpstreamMutations {
  const { upstream } = keeping;
  const { id: accountId } = caller.account;

  /** `kind` is that of the entity that comes back; null when none does. */
  async function change<T>(
    kind: Kind | null,
    send: (mutations: UpstreamMutations) => Promise<Mutation<T>>,
  ): Promise<Mutation<T>> {
    reads.actual++;
    // What a mutation answers is told once.
    reads.markUncacheable();
    const received = keeping.begin(accountId);
    const take = (value: T) => {
      const generation = keeping.invalidate(accountId);
      if (kind === null) return;
      const entity = value as Kinds[Kind];
      // The answer may be that of an earlier request with the same idempotency key, from whenever that was. An end is
      // an end; anything else is not told to others, who ask when they want to know.
      const reading = received(entity);
      const sent = isTerminal(entity)
        ? {}
        : { sentTick: 0, read: { sentAtMs: 0, receivedAtMs: reading.read.receivedAtMs } };
      keeping.put(accountId, kind, { id: entity.id, ...reading, ...sent, generation });
    };
    let mutation: Mutation<T>;
    try {
      mutation = await send(upstream.session(caller));
    } catch (error) {
      keeping.invalidate(accountId);
      throw error;
    }
    switch (mutation.kind) {
      case 'done':
        take(mutation.value);
        return mutation;
      case 'missing':
      case 'refused':
        keeping.invalidate(accountId);
        return mutation;
      case 'unknown': {
        keeping.invalidate(accountId);
        const late = mutation.late.then((value) => {
          if (value === null) keeping.invalidate(accountId);
          else take(value);
          return value;
        });
        return { ...mutation, late };
      }
    }
  }

  return {
    startScenarioRun: (start, key) => change('scenarioRun', (to) => to.startScenarioRun(start, key)),
    scoreScenarioRun: (id, key) => change('scenarioRun', (to) => to.scoreScenarioRun(id, key)),
    completeScenarioRun: (id, key) => change('scenarioRun', (to) => to.completeScenarioRun(id, key)),
    cancelScenarioRun: (id, key) => change('scenarioRun', (to) => to.cancelScenarioRun(id, key)),
    startBenchmarkRun: (start, key) => change('benchmarkRun', (to) => to.startBenchmarkRun(start, key)),
    completeBenchmarkRun: (id, key) => change('benchmarkRun', (to) => to.completeBenchmarkRun(id, key)),
    cancelBenchmarkRun: (id, key) => change('benchmarkRun', (to) => to.cancelBenchmarkRun(id, key)),
    shutdownDevbox: (id, key) => change('devbox', (to) => to.shutdownDevbox(id, key)),
    suspendDevbox: (id, key) => change('devbox', (to) => to.suspendDevbox(id, key)),
    resumeDevbox: (id, key) => change('devbox', (to) => to.resumeDevbox(id, key)),
    keepDevboxAlive: (id, key) => change(null, (to) => to.keepDevboxAlive(id, key)),
  };
}
