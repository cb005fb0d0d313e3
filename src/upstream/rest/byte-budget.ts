/** `ByteBudget`: how many bytes of answers may be held at once while they are read, of all accounts together. */
import type { ReadingBudget } from './reading-budget.ts';

export interface ByteBudget {
  /** A body that is about to be read; dispose of it when nothing of its bytes is held any more. */
  enter(owner: string): BodyBytes;
  /** Bytes of one body that are not counted. */
  readonly freeBytes: number;
  /** What is held now. */
  readonly heldBytes: number;
}

export interface BodyBytes extends Disposable {
  /**
   * Counts bytes that have come in. Null when more may be read at once; else a promise, which resolves as soon as there is
   * room and nothing waits before it, and never after the disposal.
   */
  take(bytes: number): Promise<void> | null;
}

export interface ByteBudgetOptions {
  /** Bytes of all bodies. The first of those that wait may exceed it, or none would ever end. */
  readonly maxBytes: number;
  /** Bytes of one body that are not counted: small answers never wait for large ones. */
  readonly freeBytes: number;
  /** What of the bytes that are counted is read in one turn of the event loop. @default as much as there is */
  readonly acquireTurn?: ReadingBudget;
}

/** What a socket hands over at once, at most. */
const CHUNK_BYTES = 64 * 1024; // 64 KiB

interface Waiting {
  readonly body: object;
  readonly owner: string;
  /** In which order the bodies were begun. */
  readonly order: number;
  readonly resume: () => void;
}

export function createByteBudget({ maxBytes, freeBytes, acquireTurn }: ByteBudgetOptions): ByteBudget {
  const heldOf = new Map<string, number>();
  const waiting = new Set<Waiting>();
  let held = 0;
  let begun = 0;
  /** The one body that goes on although all is held. */
  let overdrawn: object | null = null;

  function hold(owner: string, bytes: number): void {
    held += bytes;
    const own = (heldOf.get(owner) ?? 0) + bytes;
    if (own > 0) heldOf.set(owner, own);
    else heldOf.delete(owner);
  }

  /** Of who holds least, the one that was begun first: what has been begun is to end before more is. */
  function next(): Waiting | undefined {
    let first: Waiting | undefined;
    for (const each of waiting) {
      if (!first || rank(each, first) < 0) first = each;
    }
    return first;
  }

  function rank(a: Waiting, b: Waiting): number {
    return (heldOf.get(a.owner) ?? 0) - (heldOf.get(b.owner) ?? 0) || a.order - b.order;
  }

  function pump(): void {
    let room = maxBytes - held;
    for (let first = next(); first; first = next()) {
      if (room < 0 && overdrawn !== null) return;
      if (room < 0) overdrawn = first.body;
      waiting.delete(first);
      first.resume();
      // Each takes some of the room before it can wait again.
      room -= CHUNK_BYTES;
    }
  }

  return {
    freeBytes,
    enter(owner) {
      const order = ++begun;
      let free = freeBytes;
      let own = 0;
      let wait: Waiting | null = null;
      let isOver = false;
      const turnFor = (bytes: number): Promise<void> | null => {
        const turn = acquireTurn?.(bytes) ?? null;
        return (
          turn &&
          new Promise((resolve) => {
            void turn.then(() => {
              if (!isOver) resolve();
            });
          })
        );
      };
      const body: BodyBytes = {
        take(bytes) {
          const counted = Math.max(0, bytes - free);
          free = Math.max(0, free - bytes);
          if (counted === 0) return null;
          own += counted;
          hold(owner, counted);
          if (held <= maxBytes || overdrawn === body) return turnFor(counted);
          if (overdrawn === null && waiting.size === 0) {
            overdrawn = body;
            return turnFor(counted);
          }
          return new Promise((resolve) => {
            wait = { body, owner, order, resume: resolve };
            waiting.add(wait);
            pump();
          });
        },
        [Symbol.dispose]() {
          isOver = true;
          if (wait) waiting.delete(wait);
          if (overdrawn === body) overdrawn = null;
          hold(owner, -own);
          own = 0;
          pump();
        },
      };
      return body;
    },
    get heldBytes() {
      return held;
    },
  };
}
