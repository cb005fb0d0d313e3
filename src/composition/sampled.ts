/** `createSampled`: tells of what strangers can bring about as often as they like: the first at once, the others by their number. */
import type { Clock } from '../clock.ts';

/** Tells of one more, which is of this kind. Kinds are few, and never what somebody has sent. `requestId` is where it was seen. */
export type Sampled = (kind: string, requestId?: string) => void;

/** Between two lines about one kind, in milliseconds. */
const WINDOW_MS = 60_000;

export function createSampled(
  clock: Clock,
  write: (kind: string, count: number, requestId?: string) => void,
): Sampled & Disposable {
  /** How many there were of each kind since the last line about it. */
  const counts = new Map<string, number>();
  /** Where the latest of them was seen. */
  const latest = new Map<string, string | undefined>();
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

  const tell = (kind: string, requestId?: string) => {
    latest.set(kind, requestId);
    const count = counts.get(kind);
    if (count !== undefined) {
      counts.set(kind, count + 1);
      return;
    }
    write(kind, 1, requestId);
    open(kind);
  };
  return Object.assign(tell, {
    [Symbol.dispose]: () => {
      for (const cancel of cancels.values()) cancel();
      for (const [kind, count] of counts) if (count > 0) write(kind, count, latest.get(kind));
      counts.clear();
    },
  });
}
