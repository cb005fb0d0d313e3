/** What an attack, or an upstream of its own, has counted, and how the process that measures hears of it. */
import type { ChildProcess } from 'node:child_process';

/** How often each thing has happened, by what it is called. */
export type Counts = Readonly<Record<string, number>>;

/** How often a process tells what it has counted, in milliseconds: it is killed without warning. */
const TELLS_EVERY_MS = 250;

const counted = new Map<string, number>();

/** Counts in this process. */
export function count(what: string): void {
  counted.set(what, (counted.get(what) ?? 0) + 1);
}

/** Has this process tell the one that has started it what it counts, and end with it. */
export function tellCounts(): void {
  process.once('disconnect', () => process.exit());
  setInterval(() => process.send?.({ counts: Object.fromEntries(counted) }), TELLS_EVERY_MS);
}

/** What a process has told last. */
export function hearCounts(child: ChildProcess): () => Counts {
  let latest: Counts = {};
  child.on('message', (message: { readonly counts?: Counts }) => {
    latest = message.counts ?? latest;
  });
  return () => latest;
}
