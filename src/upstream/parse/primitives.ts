/** Reading single values of an answer: the value when it is one, else null; nothing here throws. */
import { parseInstant } from '../instant.ts';
import type { KeyValue } from '../types.ts';

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

/** A finite number, also one that comes as text. */
export function readNumber(value: unknown): number | null {
  const number = typeof value === 'string' && NUMERAL.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** The furthest instant from 1970 that a JavaScript date can name, in milliseconds. */
const FURTHEST_INSTANT_MS = 8.64e15;

/** Unix time in milliseconds, as a number, as text or as an ISO 8601 date. */
export function readInstant(value: unknown): number | null {
  const instant = readNumber(value) ?? (typeof value === 'string' ? parseInstant(value) : null);
  return instant !== null && Math.abs(instant) <= FURTHEST_INSTANT_MS ? instant : null;
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
