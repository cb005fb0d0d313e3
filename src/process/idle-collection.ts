/** `collectWhenIdle`: gives back the memory that a busy time has left behind. */
import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Clock } from '../clock.ts';
import { type OnDefect, repeat } from './repeat.ts';

/** What is looked at and done; an edge, so that tests own it. */
export interface Heap {
  /** What the heap has taken from the system, in bytes. */
  size(): number;
  /** The share of the time since the last question in which the event loop was busy, from 0 to 1. */
  busyShare(): number;
  /** Collects all garbage at once, which stops everything else. */
  collect(): void;
}

export interface IdleCollectionOptions {
  readonly clock: Clock;
  readonly heap: Heap;
  /** Evicts what is cached and was not used. */
  readonly evictUnused: () => void;
  readonly onDefect: OnDefect;
}

/** How often it is looked, in milliseconds. */
const INTERVAL_MS = 5_000;
/** How long after a collection it is looked what that has given back, in milliseconds: pages go back a moment later. */
const ROUND_MS = 1_000;
/** A heap that has grown to so many times its size since it was last made small is worth a collection. */
const GROWTH = 1.25;
/**
 * Whoever is busier than this has no time to stop. Load that comes and goes by the second is no idleness: collections in its
 * pauses would make V8 throw away code that is about to be needed.
 */
const MAX_BUSY_SHARE = 0.1;
/** A collection that gives back less than this share is the last: each moves together a few megabytes of what lies scattered. */
const MIN_GAIN = 0.03;

/**
 * V8 collects when the heap reaches a limit, which the collection before has set by what was in use then. A process that has
 * little to do after a flood does not reach it, and keeps what the flood has left. A collection stops it for about a
 * millisecond for each megabyte in use. Runs until it is disposed.
 */
export function collectWhenIdle({ clock, heap, evictUnused, onDefect }: IdleCollectionOptions): Disposable {
  const end = new AbortController();
  const { signal } = end;
  let settled = heap.size();

  const collect = async () => {
    evictUnused();
    let before: number;
    do {
      before = heap.size();
      heap.collect();
      await clock.sleep(ROUND_MS, signal);
    } while (heap.size() < before * (1 - MIN_GAIN) && heap.busyShare() <= MAX_BUSY_SHARE);
  };

  const look = async () => {
    settled = Math.min(settled, heap.size());
    if (heap.busyShare() > MAX_BUSY_SHARE || heap.size() < settled * GROWTH) return;
    await collect();
    settled = heap.size();
  };

  void repeat({ clock, waitMs: () => INTERVAL_MS, run: look, signal, onDefect });
  return {
    [Symbol.dispose]: () => {
      end.abort();
    },
  };
}

/**
 * That of this process. Null where the program may not collect: V8 lets it with `node --expose-gc`, as `npm start` starts it,
 * and other engines do not. The engine then decides by itself.
 */
export function createHeap(): Heap | null {
  const { gc } = globalThis;
  if (!gc) return null;
  let since = performance.eventLoopUtilization();
  return {
    size: () => getHeapStatistics().total_heap_size,
    busyShare: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, since);
      since = now;
      return utilization;
    },
    collect: () => {
      gc();
    },
  };
}
