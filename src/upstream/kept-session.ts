/** `createKeptSession`: what one caller sees of a `KeptUpstream`: told what is kept, else asked for, with whoever asks the same. */
import { setMaxListeners } from 'node:events';
import type { Kept } from './kept-value.ts';
import { keepMutations } from './kept-mutations.ts';
import { createKeptPages } from './kept-pages.ts';
import type { Keeping } from './kept-state.ts';
import type { KeptCaller } from './kept-upstream.ts';
import { Reads } from './read-record.ts';
import type { ReadingSession, UpstreamCaller, UpstreamSession } from './upstream.ts';
import type { Kind, Kinds, ReadSpan } from './types.ts';

export interface KeptSession extends ReadingSession {
  /** What was read by this session so far. */
  readonly reads: Reads;
  /** The entity, or that there is none, when that can be told without asking; undefined when it has to be asked for. */
  readonly peek: <K extends Kind>(kind: K, id: string) => Kept<Kinds[K] | null> | undefined;
  /** When an entity or a page was read that some session has answered. */
  readonly spanOf: (answer: object) => ReadSpan | undefined;
}

/** Sends a call, or joins who has sent the same, and notes what was read. */
export type Ask = <T>(key: string, send: (caller: UpstreamCaller) => Promise<Kept<T>>) => Promise<Kept<T>>;

export function createKeptSession(keeping: Keeping, caller: KeptCaller): KeptSession {
  const { cache, clock, upstream, counts, spans } = keeping;
  const { account, isFresh = false, since } = caller;
  // Where nothing is kept, nothing is true for longer than it takes to tell it.
  const reads = new Reads(cache?.changes ?? { count: 0 });
  // An operation waits for many calls under its one signal: no leak, since each takes its listener away again.
  setMaxListeners(0, caller.signal);

  const peek: KeptSession['peek'] = (kind, id) => {
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
      reads.spoil();
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
      return keeping.keep(account.id, kind, { id, ...received(value) });
    });
    return kept.value;
  }

  return {
    reads,
    peek,
    spanOf: (answer) => spans.get(answer),
    ...createKeptPages(keeping, { account, isFresh, since, reads, ask }),
    ...keepMutations(keeping, caller, reads),
    scenarioRun: (id) => one('scenarioRun', id, (session) => session.scenarioRun(id)),
    benchmarkRun: (id) => one('benchmarkRun', id, (session) => session.benchmarkRun(id)),
    benchmarkJob: (id) => one('benchmarkJob', id, (session) => session.benchmarkJob(id)),
    benchmark: (id) => one('benchmark', id, (session) => session.benchmark(id)),
    scenario: (id) => one('scenario', id, (session) => session.scenario(id)),
    devbox: (id) => one('devbox', id, (session) => session.devbox(id)),
    scenarioRunLogs: (id) => {
      // A stream is read once.
      reads.actual++;
      reads.spoil();
      return upstream.session(caller).scenarioRunLogs(id);
    },
    waitForDevboxStatus: async (id, wait) => {
      reads.actual++;
      reads.spoil();
      const received = keeping.begin(account.id);
      const value = await upstream.session(caller).waitForDevboxStatus(id, wait);
      return value === 'unchanged'
        ? value
        : keeping.keep(account.id, 'devbox', { id, ...received(value) }).value;
    },
  };
}
