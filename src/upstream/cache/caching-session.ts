/** `createCachingSession`: one caller's session of a `CachingUpstream`: answers from the cache, else by a call that equal reads share. */
import { setMaxListeners } from 'node:events';
import { sizeOf } from '../../memory/size.ts';
import { DETAILS, WAITS } from '../endpoints.ts';
import type { UpstreamSession } from '../upstream.ts';
import { createAsk } from './ask.ts';
import { cacheKey } from './cache-key.ts';
import type { CacheState } from './cache-state.ts';
import { askedAt, type CachingCaller } from './caching-caller.ts';
import { createCachingLists } from './caching-lists.ts';
import { createCachingMutations } from './caching-mutations.ts';
import { createCachingPages } from './caching-pages.ts';
import { ReadTracker } from './read-tracker.ts';

/** Longer logs are not cached: measuring their size would block the event loop. */
const MAX_CACHED_LINES = 5_000;

function isLong(answer: unknown): boolean {
  return Array.isArray(answer) && answer.length > MAX_CACHED_LINES;
}

export function createCachingSession(state: CacheState, caller: CachingCaller): UpstreamSession {
  const { cache, clock, upstream, counts, spans } = state;
  const { account, isFresh = false, reads = new ReadTracker(state.changes) } = caller;
  const ask = createAsk(state, caller, reads);
  const pages = createCachingPages(state, caller, { reads, ask });
  // An operation waits for many calls under its one signal. That is no leak: each removes its listener.
  setMaxListeners(0, caller.signal);

  /** Notes a call that is neither shared nor cached. */
  function noteUncacheable(): void {
    reads.actual++;
    reads.markUncacheable();
  }

  const peek: UpstreamSession['peek'] = (kind, id) => {
    if (isFresh) return undefined;
    const cached = cache?.find(account.id)?.entity(kind, id, askedAt(caller, clock));
    if (!cached) return undefined;
    counts[kind].hits++;
    reads.cached++;
    reads.note(cached);
    return cached.value;
  };

  return {
    peek,
    spanOf: (answer) => spans.get(answer),
    get: async (kind, id) => {
      const known = peek(kind, id);
      if (known !== undefined) return known;
      counts[kind].misses++;
      const cached = await ask(`${kind} ${id}`, async (shared) => {
        const received = state.begin(account.id);
        const value = await upstream.session(shared).get(kind, id);
        return state.put(account.id, kind, { id, ...received(value) });
      });
      return cached.value;
    },
    list: createCachingLists(state, caller, { reads, pages }),
    read: async (detail, of) => {
      const key = cacheKey(detail, of);
      const known = pages.find<Awaited<ReturnType<typeof send>>>(key);
      if (known) {
        pages.noteHit(known);
        return known.value;
      }
      const send = (session: UpstreamSession) => session.read(detail, of);
      const { value } = await pages.ask(key, {
        send,
        make: ({ value: answer }) => ({
          value: answer,
          bytes: isLong(answer) ? Infinity : sizeOf(answer, pages.maxBytes),
          isLasting: false,
          isContested: false,
        }),
        cache: DETAILS[detail].cache,
        place: null,
      });
      return value;
    },
    send: createCachingMutations(state, caller, reads),
    wait: async (wait, on) => {
      noteUncacheable();
      const received = state.begin(account.id);
      const value = await upstream.session(caller).wait(wait, on);
      if (value === 'unchanged') return value;
      return state.put(account.id, WAITS[wait].kind, { id: on.id, ...received(value) }).value;
    },
    download: (download, id) => {
      noteUncacheable();
      return upstream.session(caller).download(download, id);
    },
  };
}
