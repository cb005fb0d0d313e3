/** `createSampled`: samples log lines that anonymous clients can cause: the first is written at once, the others as a count. */
import type { Clock } from '../clock.ts';
import type { LogAttributes } from '../observability/logger.ts';

/** Counts one more occurrence of a kind. Kinds are few, and never a client's input. `where` says by which request it came. */
export type Sampled = (kind: string, where?: LogAttributes) => void;

/** Between two lines about one kind, in milliseconds. */
const WINDOW_MS = 60_000;

export function createSampled(
  clock: Clock,
  write: (kind: string, count: number, where?: LogAttributes) => void,
): Sampled & Disposable {
  /** How many there were of each kind since the last line about it. */
  const counts = new Map<string, number>();
  /** Where the latest of them was seen. */
  const latest = new Map<string, LogAttributes | undefined>();
  const cancels = new Map<string, () => void>();

  const open = (kind: string) => {
    counts.set(kind, 0);
    cancels.set(
      kind,
      clock.after(WINDOW_MS, () => {
        const count = counts.get(kind) ?? 0;
        counts.delete(kind);
        cancels.delete(kind);
        if (count === 0) return;
        write(kind, count, latest.get(kind));
        open(kind);
      }),
    );
  };

  const sample = (kind: string, where?: LogAttributes) => {
    latest.set(kind, where);
    const count = counts.get(kind);
    if (count !== undefined) {
      counts.set(kind, count + 1);
      return;
    }
    write(kind, 1, where);
    open(kind);
  };
  return Object.assign(sample, {
    [Symbol.dispose]: () => {
      for (const cancel of cancels.values()) cancel();
      for (const [kind, count] of counts) if (count > 0) write(kind, count, latest.get(kind));
      counts.clear();
    },
  });
}
