/** `orderOf`: in which order two reads of the same entity stand. It decides only. */
import type { Entity } from '../types.ts';
import type { CachedValue } from './cached-value.ts';
import { isTerminal } from './freshness.ts';
import type { Reading } from './reading.ts';

/** Where `next` stands: before what is cached, after it, or nobody can tell. */
export function orderOf(
  known: CachedValue<Entity | null>,
  next: Reading<Entity | null>,
): 'before' | 'after' | 'unclear' {
  // An index that lags behind does not make what has ended for good go on.
  if (known.freshUntilMs === Infinity && next.value !== null && !isTerminal(next.value)) return 'before';
  // A generation is a mutation: what was asked for before the mutation's answer came is older than that.
  if (known.generation > next.generation) return 'before';
  if (next.sentTick > known.receivedTick) return 'after';
  if (next.receivedTick < known.sentTick) return 'before';
  // They overlap: the one that has come further is the later one.
  if (isTerminal(known.value) !== isTerminal(next.value)) return isTerminal(known.value) ? 'before' : 'after';
  return 'unclear';
}
