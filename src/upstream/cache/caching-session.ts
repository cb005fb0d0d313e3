/** `createCachingSession`: what one caller sees of a `CachingUpstream`: what is cached, else asked for, with whoever asks the same. */
import { setMaxListeners } from 'node:events';
import { sizeOf } from '../../memory/size.ts';
import { DETAILS, WAITS } from '../endpoints.ts';
import type { UpstreamSession } from '../upstream.ts';
import { createAsk } from './ask.ts';
import { cacheKey } from './cache-key.ts';
import type { CacheState } from './cache-state.ts';
import type { CachingCaller } from './caching-caller.ts';
import { createCachingLists } from './caching-lists.ts';
import { createCachingMutations } from './caching-mutations.ts';
import { createCachingPages } from './caching-pages.ts';
import { ReadTracker } from './read-tracker.ts';

/** Lines of a log that is cached: counting what more of them take would hold everybody up. */
const MAX_CACHED_LINES = 5_000;

function isLong(answer: unknown): boolean {
  return Array.isArray(answer) && answer.length > MAX_CACHED_LINES;
}

export function createCachingSession(state: CacheState, caller: CachingCaller): UpstreamSession {
  const { cache, clock, upstream, counts, spans } = state;
  const { account, isFresh = false, since, reads = new ReadTracker(state.changes) } = caller;
  const ask = createAsk(state, caller, reads);
  const pages = createCachingPages(state, caller, { reads, ask });
  // An operation waits for many calls under its one signal: no leak, since each takes its listener away again.
  setMaxListeners(0, caller.signal);

  /** What is read by one caller alone, and given once. */
  function noteOwn(): void {
    reads.actual++;
    reads.markUncacheable();
  }

  const peek: UpstreamSession['peek'] = (kind, id) => {
    if (isFresh) return undefined;
    const cached = cache?.find(account.id)?.entity(kind, id, { nowMs: clock.now(), since });
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
      noteOwn();
      const received = state.begin(account.id);
      const value = await upstream.session(caller).wait(wait, on);
      if (value === 'unchanged') return value;
      return state.put(account.id, WAITS[wait].kind, { id: on.id, ...received(value) }).value;
    },
    download: (download, id) => {
      noteOwn();
      return upstream.session(caller).download(download, id);
    },
  };
}
