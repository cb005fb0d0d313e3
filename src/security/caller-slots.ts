/** `createCallerSlots`: how many of one kind of thing each caller may hold at once. */
import { GatewayError } from '../errors.ts';

export interface CallerSlots {
  /** Takes one; the function gives it back, and calling it again does nothing. RATE_LIMITED when all are taken. */
  take(callerId: string): () => void;
  /** Takes one for whoever says by `leave` that it is given back, exactly once: what there are thousands of needs no function each. */
  enter(callerId: string): void;
  leave(callerId: string): void;
  /** How many callers hold any. */
  readonly callerCount: number;
}

export interface CallerSlotsOptions {
  /** What is counted, in the plural. */
  readonly counts: string;
  /** May change: what was taken before stays taken. */
  readonly max: () => number;
  /** The setting that says so. */
  readonly setting: string;
  /** Somebody was refused one. @default nobody hears of it */
  readonly onRefused?: () => void;
}

/** `retryAfterMs` of a refusal: by then something of the caller has probably ended. */
const RETRY_AFTER_MS = 1_000;

/** Holds an entry only for callers with a taken slot. */
export function createCallerSlots({
  counts,
  max: currentMax,
  setting,
  onRefused,
}: CallerSlotsOptions): CallerSlots {
  const taken = new Map<string, number>();
  const enter = (callerId: string) => {
    const held = taken.get(callerId) ?? 0;
    const max = currentMax();
    if (held >= max) {
      onRefused?.();
      throw new GatewayError(
        'RATE_LIMITED',
        `Expected at most ${String(max)} ${counts} of one caller at once (${setting}), got one more: end one first`,
        { retryAfterMs: RETRY_AFTER_MS },
      );
    }
    taken.set(callerId, held + 1);
  };
  const leave = (callerId: string) => {
    const left = (taken.get(callerId) ?? 1) - 1;
    if (left === 0) taken.delete(callerId);
    else taken.set(callerId, left);
  };
  return {
    enter,
    leave,
    get callerCount() {
      return taken.size;
    },
    take(callerId) {
      enter(callerId);
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        leave(callerId);
      };
    },
  };
}
