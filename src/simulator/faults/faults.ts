/** Faults on demand: which requests go wrong, how, and how often. Repeatable, because chance is seeded. */
import type { Random } from '../seed/random.ts';

/** What goes wrong. */
export type FaultKind =
  /** The answer comes later, by this much of the clock's time. Several add up. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** 429, with `retry-after` in seconds or `retry-after-ms`, or without a hint. */
  | { readonly kind: 'rateLimit'; readonly retryAfterSeconds?: number; readonly retryAfterMs?: number }
  /** Any status; the body is `{code, message}` as JSON unless given. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection (HTTP/2: the stream) is reset without an answer. */
  | { readonly kind: 'reset' }
  /** A complete answer that is not JSON. */
  | { readonly kind: 'malformedJson' }
  /** A complete answer that ends in the middle of the JSON. */
  | { readonly kind: 'truncatedJson' }
  /** The headers and half of the body, then silence until the client gives up. */
  | { readonly kind: 'stall' }
  /** Every `state` and `status` in the answer is a value that no version of the API has. @default 'hibernating' */
  | { readonly kind: 'unknownEnum'; readonly value?: string }
  /** The entity, or each entity of a list, has fields that no version of the API has. */
  | { readonly kind: 'extraFields'; readonly fields?: Readonly<Record<string, unknown>> };

/** Which requests it happens to. */
export interface FaultScope {
  /** Any method when absent. */
  readonly method?: 'GET' | 'POST';
  /** `*` stands for one segment, `**` at the end for all that follow: `/v1/devboxes/*`, `/v1/**`. */
  readonly path: string;
  /** How many requests it happens to, then never again. @default every one */
  readonly times?: number;
  /** The share of the matching requests that it happens to, in 0..1. @default 1 */
  readonly probability?: number;
  /** An action is done first and only its answer is lost; matters for `rateLimit`, `status` and `reset`. @default false */
  readonly isAfterAction?: boolean;
}

export type Fault = FaultScope & FaultKind;

/** A fault that was added. Disposing of it removes it. */
export interface AddedFault extends Disposable {
  /** How many requests it happened to so far. */
  readonly hits: number;
  remove(): void;
}

export interface Faults {
  add(fault: Fault): AddedFault;
  /** Removes every fault. */
  clear(): void;
}

export interface FaultSource extends Faults {
  /** What goes wrong with this request, in the order in which the faults were added. Counts as a hit of each. */
  draw(method: string, path: string): readonly Fault[];
}

interface Entry {
  readonly fault: Fault;
  readonly pattern: RegExp;
  readonly random: Random;
  hits: number;
}

export function createFaults(random: Random): FaultSource {
  const entries = new Set<Entry>();
  let added = 0;
  return {
    add: (fault) => {
      const pattern = patternOf(fault.path);
      const entry: Entry = { fault, pattern, random: random.fork(`fault ${String(added++)}`), hits: 0 };
      entries.add(entry);
      const remove = () => {
        entries.delete(entry);
      };
      return {
        get hits() {
          return entry.hits;
        },
        remove,
        [Symbol.dispose]: remove,
      };
    },
    clear: () => {
      entries.clear();
    },
    draw: (method, path) => {
      if (entries.size === 0) return [];
      return [...entries].filter((entry) => isHit(entry, method, path)).map(({ fault }) => fault);
    },
  };
}

function isHit(entry: Entry, method: string, path: string): boolean {
  const { fault, pattern, random } = entry;
  if (fault.method !== undefined && fault.method !== method) return false;
  if (!pattern.test(path)) return false;
  if (entry.hits >= (fault.times ?? Infinity)) return false;
  if (fault.probability !== undefined && !random.chance(fault.probability)) return false;
  entry.hits++;
  return true;
}

function patternOf(path: string): RegExp {
  const source = path
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*$/, '.+')
    .replaceAll(/(?<!\.)\*/g, '[^/]+');
  return new RegExp(`^${source}$`);
}
