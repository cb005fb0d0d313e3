/** `ResponseCache`: answers that are still valid, sent again without executing anything. */
import { createHash } from 'node:crypto';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { BoundedMap } from '../../memory/bounded-map.ts';
import type { Clock } from '../../clock.ts';
import type { Answer } from './answer.ts';
import { COMPRESSED_SHARE } from '../http/compression.ts';

/** For how long what an answer was made of is as it was. */
export interface CacheValidity {
  /** Whether it is still what executing the same again would answer. */
  isValid(nowMs: number): boolean;
}

/** An answer as it was written down. */
export class CachedResponse implements Answer {
  readonly bytes: Buffer;
  /** Equal for equal answers, on every replica: the opaque part of an entity tag. */
  readonly hash: string;

  constructor(json: string) {
    this.bytes = Buffer.from(json);
    this.hash = createHash('sha256').update(this.bytes).digest('base64url').slice(0, 22);
  }

  get errors(): readonly GraphQLError[] {
    return [];
  }

  get json(): string {
    return this.bytes.toString('utf8');
  }

  get result(): ExecutionResult {
    return JSON.parse(this.json) as ExecutionResult;
  }
}

export interface ResponseCache {
  /** The answer under a cache key; undefined when there is none that is still valid. */
  get(key: string): CachedResponse | undefined;
  /** Caches an answer for as long as it is valid and there is room. Null when it must not be sent again. */
  set(key: string, answer: Answer, validity: CacheValidity): CachedResponse | null;
  /** Forgets what nobody was told since it was kept, or since this was last asked for. */
  forgetUnused(): void;
  readonly size: number;
}

export interface ResponseCacheBounds {
  /** Answers that are kept. */
  readonly maxAnswers: number;
  /** Bytes of all of them together, with the room that their compressed forms may take. */
  readonly maxBytes: number;
}

/** What an answer weighs beside its bytes: the objects around them, and the names of what it was made of. */
const OVERHEAD_BYTES = 1024;

export function createResponseCache(
  clock: Clock,
  { maxAnswers, maxBytes }: ResponseCacheBounds,
): ResponseCache {
  const kept = new BoundedMap<{ readonly known: CachedResponse; readonly validity: CacheValidity }>({
    maxEntries: maxAnswers,
    maxBytes,
    size: ({ known }) => known.bytes.byteLength * (1 + COMPRESSED_SHARE) + OVERHEAD_BYTES,
  });
  /** Answers that nobody asks for again go one by one, when others come. */
  const forgetOneOfOld = () => {
    const oldest = kept.oldest;
    if (oldest && !oldest.value.validity.isValid(clock.now())) kept.delete(oldest.key);
  };
  return {
    get size() {
      return kept.size;
    },
    forgetUnused: () => {
      kept.forgetUnused();
    },
    get: (key) => {
      const found = kept.get(key);
      if (!found) return undefined;
      if (found.validity.isValid(clock.now())) return found.known;
      kept.delete(key);
      return undefined;
    },
    set: (key, answer, validity) => {
      forgetOneOfOld();
      // An error may be gone the next time, whatever was read.
      if (answer.errors.length > 0 || !validity.isValid(clock.now())) return null;
      const known = new CachedResponse(answer.json);
      kept.set(key, { known, validity });
      return known;
    },
  };
}
