/** `WatchCaller`: tells those who stay for long when the credentials they came with are not good any more. */
import type { Clock } from '../clock.ts';
import type { GatewayError } from '../errors.ts';
import type { Caller } from './caller.ts';

/**
 * Calls `onEnd` once, with the reason, at most an interval after the caller's credentials have expired or were revoked.
 * Those who are watched first are told first. The answer stops it.
 */
export type WatchCaller = (caller: Caller, onEnd: (why: GatewayError) => void) => () => void;

export interface CallerWatchOptions {
  readonly clock: Clock;
  /** How often everybody is looked at, in milliseconds. */
  readonly intervalMs: number;
}

const NOTHING_TO_STOP = () => undefined;

interface Watched {
  readonly caller: Caller;
  readonly onEnd: (why: GatewayError) => void;
}

export function createCallerWatch({ clock, intervalMs }: CallerWatchOptions): WatchCaller {
  const watched = new Set<Watched>();
  let round: AbortController | undefined;

  /** One timer for all, as long as there is anybody. */
  const look = async (signal: AbortSignal) => {
    for (;;) {
      await clock.sleep(intervalMs, signal);
      const nowMs = clock.now();
      for (const one of watched) {
        const why = one.caller.endAt(nowMs);
        if (!why) continue;
        stop(one);
        one.onEnd(why);
      }
    }
  };

  const stop = (one: Watched) => {
    watched.delete(one);
    if (watched.size > 0) return;
    round?.abort();
    round = undefined;
  };

  return (caller, onEnd) => {
    if (!caller.canEnd) return NOTHING_TO_STOP;
    const one = { caller, onEnd };
    watched.add(one);
    if (!round) {
      round = new AbortController();
      look(round.signal).catch(() => undefined);
    }
    return () => {
      stop(one);
    };
  };
}
