/** `orderOf`: which of two readings of the same entity is the later one. A pure function. */
import type { Entity } from '../types.ts';
import type { CachedValue } from './cached-value.ts';
import { isTerminal } from './freshness.ts';
import type { Reading } from './reading.ts';

/** Whether `next` shows a state before the cached one or after it; `unclear` when they overlap. */
export function orderOf(
  known: CachedValue<Entity | null>,
  next: Reading<Entity | null>,
): 'before' | 'after' | 'unclear' {
  // A terminal state is final: a reading that shows it running comes from an index of the upstream that lags behind.
  if (known.freshUntilMs === Infinity && next.value !== null && !isTerminal(next.value)) return 'before';
  // Each mutation begins a generation: what was requested before the mutation's answer came is older than the answer.
  if (known.generation > next.generation) return 'before';
  if (next.sentTick > known.receivedTick) return 'after';
  if (next.receivedTick < known.sentTick) return 'before';
  // They overlap: the terminal state is the later one.
  if (isTerminal(known.value) !== isTerminal(next.value)) return isTerminal(known.value) ? 'before' : 'after';
  return 'unclear';
}
