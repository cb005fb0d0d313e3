/** What the heap does while the program is loaded: imported first, for its effect. */
import { setFlagsFromString } from 'node:v8';

// Loading would make the young generation grow to its largest, where an idle process keeps 30 MB for nothing.
setFlag('--semi-space-growth-factor=1');

/**
 * From now on it grows with the load, as usual, but to twice of what is in use before that is collected: V8 would let garbage
 * take three times as much as what is in use, which a flood makes of every cache that it goes through.
 */
export function letHeapGrow(): void {
  setFlag('--semi-space-growth-factor=2');
  setFlag('--heap-growing-percent=100');
}

/** An engine that is not V8, or a newer one, may not know it: what is asked for here only saves memory. */
function setFlag(flag: string): void {
  try {
    setFlagsFromString(flag);
  } catch {
    return;
  }
}
