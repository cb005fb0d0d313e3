/** `ResponseCache`: answers that are still valid, sent again without executing anything. */
import { hash } from 'node:crypto';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { BoundedMap } from '../../memory/bounded-map.ts';
import type { Clock } from '../../clock.ts';
import type { Caller } from '../../security/caller.ts';
import type { Answer } from './answer.ts';
import { COMPRESSED_SHARE } from '../http/compression.ts';

/** Whether what an answer was made of has changed. */
export interface CacheValidity {
  /** Whether executing the same operation again would give the same answer. */
  isValid(nowMs: number): boolean;
}

/** Is called when a cached answer is sent. */
export interface ResponseUse {
  hit(caller: Caller): void;
}

/** A serialised answer. */
export class CachedResponse implements Answer {
  readonly bytes: Buffer;
  /** Equal for equal answers, on every replica: the opaque part of an entity tag. */
  readonly hash: string;
  /** What counts how often it is sent again; null where nobody does. */
  use: ResponseUse | null = null;

  constructor(json: string) {
    this.bytes = Buffer.from(json);
    this.hash = hash('sha256', this.bytes, 'base64url').slice(0, 22);
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
  /** Evicts answers that were not used since they were cached, or since this was last called. */
  evictUnused(): void;
  readonly size: number;
}

export interface ResponseCacheBounds {
  /** The most answers that are cached. */
  readonly maxAnswers: number;
  /** The most bytes of all of them together, compressed forms included. */
  readonly maxBytes: number;
}

/** Memory of an answer beside its bytes: the objects around them, and its dependencies. */
const OVERHEAD_BYTES = 1024;

export function createResponseCache(
  clock: Clock,
  { maxAnswers, maxBytes }: ResponseCacheBounds,
): ResponseCache {
  const cached = new BoundedMap<{ readonly known: CachedResponse; readonly validity: CacheValidity }>({
    maxEntries: maxAnswers,
    maxBytes,
    size: ({ known }) => known.bytes.byteLength * (1 + COMPRESSED_SHARE) + OVERHEAD_BYTES,
  });
  /** Removes one stale answer for each that is added, because answers that are not requested again are never looked at. */
  const evictOldestIfStale = () => {
    const oldest = cached.oldest;
    if (oldest && !oldest.value.validity.isValid(clock.now())) cached.delete(oldest.key);
  };
  return {
    get size() {
      return cached.size;
    },
    evictUnused: () => {
      cached.evictUnused();
    },
    get: (key) => {
      const found = cached.get(key);
      if (!found) return undefined;
      if (found.validity.isValid(clock.now())) return found.known;
      cached.delete(key);
      return undefined;
    },
    set: (key, answer, validity) => {
      evictOldestIfStale();
      // An answer with errors is not cached: the error may be gone the next time, whatever was read.
      if (answer.errors.length > 0 || !validity.isValid(clock.now())) return null;
      const known = new CachedResponse(answer.json);
      cached.set(key, { known, validity });
      return known;
    },
  };
}
