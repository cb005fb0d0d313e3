/** `WatchedFile`: a file that is read again when it changes; a broken one leaves in force what was good before. */
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import { type OnDefect, repeat } from '../process/repeat.ts';

export interface WatchedFile<T> extends Disposable {
  /** What the file said when it was last usable. */
  readonly current: T;
  /**
   * Looks at it now. Resolves when what it says is in force, or was found to be unusable. `isAnew` reads what has not changed, too: for
   * whoever reads it by something else that has.
   */
  look(options?: { readonly isAnew: boolean }): Promise<void>;
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

export interface WatchOptions {
  readonly clock: Clock;
  /** How often it is looked at, in milliseconds. */
  readonly intervalMs: number;
  readonly observer: FileObserver;
}

export interface WatchedFileOptions<T> extends WatchOptions {
  readonly path: string;
  /** Reads the content, or throws an `UnusableFile`. */
  readonly parse: (text: string) => T;
}

/** Of files that mean something together only. */
export interface WatchedFilesOptions<T> extends WatchOptions {
  readonly paths: readonly string[];
  /** Reads their contents, in the order of the paths, or throws an `UnusableFile`. */
  readonly parse: (texts: readonly string[]) => T;
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
export function openWatchedFile<T>({
  path,
  parse,
  ...watch
}: WatchedFileOptions<T>): Promise<WatchedFile<T>> {
  return openWatchedFiles({ ...watch, paths: [path], parse: ([text = '']) => parse(text) });
}

/** The same for files that are read together: what one of them says is in force when all of them are usable. */
export async function openWatchedFiles<T>(options: WatchedFilesOptions<T>): Promise<WatchedFile<T>> {
  const { paths, clock, intervalMs, observer } = options;
  // What was read last, good or bad. The content is compared, since a file may change within the resolution of its time.
  let seen = await read(paths);
  let current = use(seen, options);
  const stopped = new AbortController();

  const look = async (isAnew: boolean) => {
    const found = await read(paths);
    if (!isAnew && isDeepStrictEqual(found, seen)) return;
    seen = found;
    try {
      current = use(found, options);
    } catch (error) {
      observer.broken(error instanceof UnusableFile ? error.problems : [unexpected(nameOf(paths), error)]);
      return;
    }
    observer.reloaded(nameOf(paths));
  };
  // One after the other: of two at once, the one that has read first could end last.
  let latest: Promise<void> = Promise.resolve();
  const lookNext = ({ isAnew } = { isAnew: false }) => {
    const next = latest.then(() => look(isAnew));
    latest = next.catch(() => undefined);
    return next;
  };
  void repeat({
    clock,
    waitMs: () => intervalMs,
    run: () => lookNext(),
    signal: stopped.signal,
    onDefect: observer.onDefect,
  });

  return {
    get current() {
      return current;
    },
    look: lookNext,
    [Symbol.dispose]: () => {
      stopped.abort();
    },
  };
}

type Reading =
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  | { readonly kind: 'unreadable'; readonly problems: readonly string[] };

/** What a reading says. Throws an `UnusableFile` whose problems name the files. */
function use<T>(reading: Reading, { paths, parse }: WatchedFilesOptions<T>): T {
  if (reading.kind === 'unreadable') throw new UnusableFile(reading.problems);
  try {
    return parse(reading.texts);
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    throw new UnusableFile(error.problems.map((problem) => `${nameOf(paths)}: ${problem}`));
  }
}

/** A defect of the gateway: the last valid content stays in force. The message is left out, because it may quote the content. */
function unexpected(name: string, error: unknown): string {
  return `${name}: it cannot be used (${error instanceof Error ? error.name : 'unknown reason'})`;
}

async function read(paths: readonly string[]): Promise<Reading> {
  const found = await Promise.all(
    paths.map(async (path) => {
      try {
        return { text: await readFile(path, 'utf8') };
      } catch (error) {
        const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
        return { problem: `${path}: it cannot be read (${reason})` };
      }
    }),
  );
  const problems = found.flatMap(({ problem }) => problem ?? []);
  return problems.length > 0
    ? { kind: 'unreadable', problems }
    : { kind: 'texts', texts: found.flatMap(({ text }) => text ?? []) };
}

function nameOf(paths: readonly string[]): string {
  return paths.join(' and ');
}
