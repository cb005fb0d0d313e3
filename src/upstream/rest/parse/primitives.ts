/**
 * Reading single values of an answer: the value when it is one, else null; nothing here throws.
 *
 * Time has one rule, wherever it stands. An instant is later than 1970 began, where 0 stands for none, and before the year
 * 10000; any other is none. A duration is not negative: where clocks disagree so far, no time has passed. An end is not
 * before its beginning.
 */
import { GatewayError } from '../../../errors.ts';
import { LAST_INSTANT_MS, parseInstant } from '../../../values/instants.ts';
import { isDeeperThan } from '../../../values/nesting.ts';
import type { KeyValue } from '../../types.ts';

/** An object of an answer, whose properties can be anything. */
export type WireObject = Readonly<Record<string, unknown>>;

/**
 * A row of which the parser reads the properties `Read` and knowingly leaves out `Left`. Together they name every
 * property of the SDK's view: with an SDK that adds, renames or drops one, the parser no longer compiles.
 */
export type Loose<View, Read extends keyof View, Left extends Exclude<keyof View, Read> = never> = [
  Exclude<keyof View, Read | Left>,
] extends [never]
  ? Readonly<Partial<Record<Read, unknown>>>
  : { readonly unmentioned: Exclude<keyof View, Read | Left> };

export function isObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readObject(value: unknown): WireObject | null {
  return isObject(value) ? value : null;
}

export function readList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function readTexts(value: unknown): readonly string[] {
  return readList(value).filter((item) => typeof item === 'string');
}

const NUMERAL = /^-?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,3})?$/;

/** A number, also one that comes as text. None that is beyond 2^53: nothing here is so large, and sums stay finite. */
export function readNumber(value: unknown): number | null {
  const number = typeof value === 'string' && NUMERAL.test(value) ? Number(value) : value;
  return typeof number === 'number' && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : null;
}

/** The largest `Int` of a graph. */
const LARGEST_INT = 2 ** 31 - 1;

/** A whole number that is not negative and fits an `Int`: how many there are of something. */
export function readCount(value: unknown): number | null {
  const count = readInteger(value);
  return count !== null && count >= 0 && count <= LARGEST_INT ? count : null;
}

/** A whole number; it may be too large for an `Int`. */
export function readInteger(value: unknown): number | null {
  const number = readNumber(value);
  return number !== null && Number.isInteger(number) ? number : null;
}

/** Unix time in whole milliseconds, from a number, from text or from an RFC 3339 date. */
export function readInstant(value: unknown): number | null {
  const instant = readNumber(value) ?? (typeof value === 'string' ? parseInstant(value) : null);
  return instant !== null && instant >= 1 && instant <= LAST_INSTANT_MS ? Math.trunc(instant) : null;
}

/** How long something took, or how much of it was used over time, in whatever unit. */
export function readDuration(value: unknown): number | null {
  const duration = readNumber(value);
  return duration !== null && duration <= LAST_INSTANT_MS ? Math.max(0, duration) : null;
}

/** When something ended that began then. */
export function endNotBefore(beganAtMs: number | null, endedAtMs: number | null): number | null {
  return endedAtMs === null || beganAtMs === null ? endedAtMs : Math.max(beganAtMs, endedAtMs);
}

/** Objects and arrays within each other: what writes JSON recurs over them. */
const MAX_JSON_LEVELS = 1_000;

/** Any JSON value, null when there is none. What nests too deep to be written again is an error in its place. */
export function readJson(value: unknown): unknown {
  if (!isDeeperThan(value, MAX_JSON_LEVELS)) return value ?? null;
  return new GatewayError(
    'UPSTREAM_ERROR',
    `Runloop answered JSON that nests deeper than ${String(MAX_JSON_LEVELS)} levels`,
  );
}

/** The properties of an object that are primitive, as text; none when there is no object. */
export function readKeyValues(value: unknown): readonly KeyValue[] {
  const pairs: KeyValue[] = [];
  if (!isObject(value)) return pairs;
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (typeof item === 'string') pairs.push({ key, value: item });
    else if (typeof item === 'number' || typeof item === 'boolean') pairs.push({ key, value: String(item) });
  }
  return pairs;
}

/** The items that could be read. */
export function present<T>(items: readonly (T | null)[]): readonly T[] {
  return items.filter((item): item is T => item !== null);
}
