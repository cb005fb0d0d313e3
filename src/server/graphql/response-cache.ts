/** `AnswerMemory`: answers that are still true, to be told again without executing anything. */
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
  /** The answer to a question; undefined when there is none that is still true. */
  get(question: string): CachedResponse | undefined;
  /** Keeps an answer for as long as it is true and there is room. Null when it must not be told again. */
  set(question: string, answer: Answer, truth: CacheValidity): CachedResponse | null;
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
  const kept = new BoundedMap<{ readonly known: CachedResponse; readonly truth: CacheValidity }>({
    maxEntries: maxAnswers,
    maxBytes,
    size: ({ known }) => known.bytes.byteLength * (1 + COMPRESSED_SHARE) + OVERHEAD_BYTES,
  });
  /** Answers that nobody asks for again go one by one, when others come. */
  const forgetOneOfOld = () => {
    const oldest = kept.oldest;
    if (oldest && !oldest.value.truth.isValid(clock.now())) kept.delete(oldest.key);
  };
  return {
    get size() {
      return kept.size;
    },
    forgetUnused: () => {
      kept.forgetUnused();
    },
    get: (question) => {
      const found = kept.get(question);
      if (!found) return undefined;
      if (found.truth.isValid(clock.now())) return found.known;
      kept.delete(question);
      return undefined;
    },
    set: (question, answer, truth) => {
      forgetOneOfOld();
      // An error may be gone the next time, whatever was read.
      if (answer.errors.length > 0 || !truth.isValid(clock.now())) return null;
      const known = new CachedResponse(answer.json);
      kept.set(question, { known, truth });
      return known;
    },
  };
}
