/** `WatchCaller`: notifies long-lived connections when the credentials of their caller expire or are revoked. */
import type { Clock } from '../clock.ts';
import type { GatewayError } from '../errors.ts';
import { forEachOf, type OnDefect, repeat } from '../process/repeat.ts';
import type { Caller } from './caller.ts';

/**
 * Calls `onEnd` once, with the reason, at most an interval after the caller's credentials have expired or were revoked.
 * Those who are watched first are called first. The answer stops it.
 */
export type WatchCaller = (caller: Caller, onEnd: (why: GatewayError) => void) => () => void;

export interface CallerWatchOptions {
  readonly clock: Clock;
  /** How often everybody is looked at, in milliseconds. */
  readonly intervalMs: number;
  readonly onDefect: OnDefect;
}

const NOTHING_TO_STOP = () => undefined;

interface Watched {
  readonly caller: Caller;
  readonly onEnd: (why: GatewayError) => void;
}

export function createCallerWatch({ clock, intervalMs, onDefect }: CallerWatchOptions): WatchCaller {
  const watched = new Set<Watched>();
  let round: AbortController | undefined;

  const look = () => {
    const nowMs = clock.now();
    const visit = (one: Watched) => {
      const why = one.caller.endAt(nowMs);
      if (!why) return;
      stop(one);
      one.onEnd(why);
    };
    forEachOf(watched, visit, onDefect);
  };

  /** One timer for all, as long as there is anybody. */
  const begin = (): AbortController => {
    const own = new AbortController();
    void repeat({ clock, waitMs: () => intervalMs, run: look, signal: own.signal, onDefect });
    return own;
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
    round ??= begin();
    return () => {
      stop(one);
    };
  };
}
