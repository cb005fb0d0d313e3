/** `Vocabulary`: the words of an upstream enumeration, and what becomes of one that is not among them. */
import type { UpstreamObserver } from '../../observer.ts';

export interface Vocabulary<Word extends string> {
  /** Entity and field, as observers see it. */
  readonly field: string;
  readonly words: ReadonlyMap<string, Word>;
}

/** Is told of every word that is in no vocabulary. */
export type ReportUnknown = (field: string, value: string) => void;

/** The table names every word of the SDK's type: an SDK with one more no longer compiles. */
export function createVocabulary<Word extends string>(
  field: string,
  table: Readonly<Record<Exclude<Word, 'unknown'>, true>>,
): Vocabulary<Word | 'unknown'> {
  const words = new Map<string, Word | 'unknown'>([['unknown', 'unknown']]);
  for (const word of Object.keys(table) as Word[]) words.set(word, word);
  return { field, words };
}

/** The word; `unknown` for text that is not one, which is reported; null for anything but text. */
export function readWord<Word extends string>(
  { field, words }: Vocabulary<Word>,
  value: unknown,
  report: ReportUnknown,
): Word | 'unknown' | null {
  if (typeof value !== 'string') return null;
  const word = words.get(value);
  if (word !== undefined) return word;
  report(field, value);
  return 'unknown';
}

/** How many values are remembered as seen: more than an honest upstream has, fewer than a broken one could send. */
const SEEN_LIMIT = 1_000;

/** Longest part of a value that is reported, in UTF-16 units. */
const VALUE_LENGTH = 64;

/** Tells the observer, and which values it is told for the first time. */
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
