/** `createCachingSession`: what one caller sees of a `CachingUpstream`: told what is kept, else asked for, with whoever asks the same. */
import { setMaxListeners } from 'node:events';
import type { Cached } from './cached-value.ts';
import { createCachingMutations } from './caching-mutations.ts';
import { createCachingLists } from './caching-lists.ts';
import type { CacheState } from './cache-state.ts';
import type { CachingCaller } from './caching-upstream.ts';
import { ReadTracker } from './read-tracker.ts';
import type { ReadingSession, UpstreamCaller, UpstreamSession } from '../upstream.ts';
import type { Kind, Kinds, ReadSpan } from '../types.ts';

export interface CachingSession extends ReadingSession {
  /** What was read by this session so far. */
  readonly reads: ReadTracker;
  /** The entity, or that there is none, when that can be told without asking; undefined when it has to be asked for. */
  readonly peek: <K extends Kind>(kind: K, id: string) => Cached<Kinds[K] | null> | undefined;
  /** When an entity or a page was read that some session has answered. */
  readonly spanOf: (answer: object) => ReadSpan | undefined;
}

/** Sends a call, or joins who has sent the same, and notes what was read. */
export type Ask = <T>(
  key: string,
  send: (caller: UpstreamCaller) => Promise<Cached<T>>,
) => Promise<Cached<T>>;

export function createCachingSession(keeping: CacheState, caller: CachingCaller): CachingSession {
  const { cache, clock, upstream, counts, spans } = keeping;
  const { account, isFresh = false, since } = caller;
  // Where nothing is kept, nothing is true for longer than it takes to tell it.
  const reads = new ReadTracker(cache?.changes ?? { count: 0 });
  // An operation waits for many calls under its one signal: no leak, since each takes its listener away again.
  setMaxListeners(0, caller.signal);

  const peek: CachingSession['peek'] = (kind, id) => {
    if (isFresh) return undefined;
    const kept = cache?.find(account.id)?.entity(kind, id, { nowMs: clock.now(), since });
    if (!kept) return undefined;
    counts[kind].hits++;
    reads.cached++;
    reads.note(kept);
    return kept;
  };

  const ask: Ask = async (key, send) => {
    const { answer, isShared } = keeping
      .flightsOf(account.id)
      .join(key, caller, { send, isOwn: isFresh, since });
    if (isShared) reads.shared++;
    else reads.actual++;
    try {
      const kept = await answer;
      // Who joined late may have been told the other version already.
      if (kept.isContested && isShared) return await ask(key, send);
      reads.note(kept);
      return kept;
    } catch (error) {
      reads.markUncacheable();
      throw error;
    }
  };

  async function one<K extends Kind>(
    kind: K,
    id: string,
    read: (session: UpstreamSession) => Promise<Kinds[K] | null>,
  ): Promise<Kinds[K] | null> {
    const known = peek(kind, id);
    if (known) return known.value;
    counts[kind].misses++;
    const kept = await ask(`${kind} ${id}`, async (shared) => {
      const received = keeping.begin(account.id);
      const value = await read(upstream.session(shared));
      return keeping.put(account.id, kind, { id, ...received(value) });
    });
    return kept.value;
  }

  return {
    reads,
    peek,
    spanOf: (answer) => spans.get(answer),
    ...createCachingLists(keeping, { account, isFresh, since, reads, ask }),
    ...createCachingMutations(keeping, caller, reads),
    scenarioRun: (id) => one('scenarioRun', id, (session) => session.scenarioRun(id)),
    benchmarkRun: (id) => one('benchmarkRun', id, (session) => session.benchmarkRun(id)),
    benchmarkJob: (id) => one('benchmarkJob', id, (session) => session.benchmarkJob(id)),
    benchmark: (id) => one('benchmark', id, (session) => session.benchmark(id)),
    scenario: (id) => one('scenario', id, (session) => session.scenario(id)),
    devbox: (id) => one('devbox', id, (session) => session.devbox(id)),
    scenarioRunLogs: (id) => {
      // A stream is read once.
      reads.actual++;
      reads.markUncacheable();
      return upstream.session(caller).scenarioRunLogs(id);
    },
    waitForDevboxStatus: async (id, wait) => {
      reads.actual++;
      reads.markUncacheable();
      const received = keeping.begin(account.id);
      const value = await upstream.session(caller).waitForDevboxStatus(id, wait);
      return value === 'unchanged'
        ? value
        : keeping.put(account.id, 'devbox', { id, ...received(value) }).value;
    },
  };
}
