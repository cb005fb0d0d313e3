/** `WatchedFile`: a file that is read again when it changes; a broken one leaves in force what was good before. */
import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { type OnDefect, repeat } from '../process/repeat.ts';

export interface WatchedFile<T> extends Disposable {
  /** What the file said when it was last usable. */
  readonly current: T;
}

/** What is worth knowing about a watched file. Problems quote nothing of its content. */
export interface FileObserver {
  /** The file has changed and the new content is in force. */
  reloaded(path: string): void;
  /** The file has become unusable; the content before stays in force. Told once for each broken content, in lines that name the file. */
  broken(problems: readonly string[]): void;
  /** Looking at the file failed unexpectedly; it is looked at again. */
  readonly onDefect: OnDefect;
}

export interface WatchedFileOptions<T> {
  readonly path: string;
  /** Reads the content, or throws an `UnusableFile`. */
  readonly parse: (text: string) => T;
  readonly clock: Clock;
  /** How often it is looked at, in milliseconds. */
  readonly intervalMs: number;
  readonly observer: FileObserver;
}

/** A file that says nothing that can be used, with every reason. */
export class UnusableFile extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.name = 'UnusableFile';
    this.problems = problems;
  }
}

/** Reads the file and watches it from then on. Rejects with an `UnusableFile` when it is not usable to begin with. */
export async function openWatchedFile<T>(options: WatchedFileOptions<T>): Promise<WatchedFile<T>> {
  const { path, clock, intervalMs, observer } = options;
  // What was read last, good or bad. The content is compared, since a file may change within the resolution of its time.
  let seen = await read(path);
  let current = use(seen, options);
  const stopped = new AbortController();

  const look = async () => {
    const found = await read(path);
    if (same(found, seen)) return;
    seen = found;
    try {
      current = use(found, options);
    } catch (error) {
      observer.broken(error instanceof UnusableFile ? error.problems : [unexpected(path, error)]);
      return;
    }
    observer.reloaded(path);
  };
  void repeat({
    clock,
    waitMs: () => intervalMs,
    run: look,
    signal: stopped.signal,
    onDefect: observer.onDefect,
  });

  return {
    get current() {
      return current;
    },
    [Symbol.dispose]: () => {
      stopped.abort();
    },
  };
}

type Reading =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** What a reading says. Throws an `UnusableFile` whose problems name the file. */
function use<T>(reading: Reading, { path, parse }: WatchedFileOptions<T>): T {
  try {
    if (reading.kind === 'unreadable') throw new UnusableFile([reading.problem]);
    return parse(reading.text);
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    throw new UnusableFile(error.problems.map((problem) => `${path}: ${problem}`));
  }
}

/** A defect of the gateway: the last valid content stays in force. The message is left out, because it may quote the content. */
function unexpected(path: string, error: unknown): string {
  return `${path}: it cannot be used (${error instanceof Error ? error.name : 'unknown reason'})`;
}

async function read(path: string): Promise<Reading> {
  try {
    return { kind: 'text', text: await readFile(path, 'utf8') };
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    return { kind: 'unreadable', problem: `it cannot be read (${reason})` };
  }
}

function same(a: Reading, b: Reading): boolean {
  if (a.kind === 'text') return b.kind === 'text' && a.text === b.text;
  return b.kind === 'unreadable' && a.problem === b.problem;
}
