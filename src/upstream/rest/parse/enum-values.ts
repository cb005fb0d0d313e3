/** `EnumValues`: the values of an upstream enumeration, and what becomes of one that is not among them. */
import type { UpstreamObserver } from '../../observer.ts';

export interface EnumValues<Value extends string> {
  /** Entity and field, as observers see it. */
  readonly field: string;
  readonly values: ReadonlyMap<string, Value>;
}

/** Called with every value that is in no enumeration. */
export type ReportUnknown = (field: string, value: string) => void;

/** The table names every value of the SDK's type: an SDK with one more no longer compiles. */
export function createEnumValues<Value extends string>(
  field: string,
  table: Readonly<Record<Exclude<Value, 'unknown'>, true>>,
): EnumValues<Value | 'unknown'> {
  const values = new Map<string, Value | 'unknown'>([['unknown', 'unknown']]);
  for (const value of Object.keys(table) as Value[]) values.set(value, value);
  return { field, values };
}

/** The value; `unknown` for text that is not one, which is reported; null for anything but text. */
export function readEnumValue<Value extends string>(
  { field, values }: EnumValues<Value>,
  text: unknown,
  report: ReportUnknown,
): Value | 'unknown' | null {
  if (typeof text !== 'string') return null;
  const value = values.get(text);
  if (value !== undefined) return value;
  report(field, text);
  return 'unknown';
}

/** How many values are remembered as seen: more than an honest upstream has, fewer than a broken one could send. */
const SEEN_LIMIT = 1_000;

/** Longest part of a value that is reported, in UTF-16 units. */
const VALUE_LENGTH = 64;

/** Calls the observer, and says which values it gets for the first time. */
export function createReportUnknown(observer: UpstreamObserver): ReportUnknown {
  const seen = new Set<string>();
  return (field, whole) => {
    const value = whole.slice(0, VALUE_LENGTH);
    const key = `${field} ${value}`;
    const isFirst = seen.size < SEEN_LIMIT && !seen.has(key);
    if (isFirst) seen.add(key);
    observer.unknownValue({ field, value, isFirst });
  };
}
