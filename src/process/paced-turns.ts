/** `createPacedTurns`: turns of the event loop for work that nobody else is to wait for: for as long as it took, it rests. */
import type { Clock } from '../clock.ts';

/** Calls back in a turn of the event loop that such work may take: in the next one, or in the first one after its rest. */
export type NextTurn = (wake: () => void) => void;

/** Every turn of the event loop. */
export function nextTurnOf(clock: Pick<Clock, 'nextTurn'>): NextTurn {
  return (wake) => {
    clock.nextTurn(wake);
  };
}

export interface PacedTurnsOptions {
  /** How much time is left to others for each millisecond of such work. @default as much */
  readonly rest?: number;
}

/** The longest rest, in milliseconds: a process that was stopped meanwhile has not worked. */
const MAX_REST_MS = 50;

/**
 * A bound on the work in each turn leaves others the time between two turns, which is none where there is always more work:
 * whatever has several steps waits for a turn at each of them. With rests, such work takes half of the time at most.
 */
export function createPacedTurns(
  clock: Pick<Clock, 'now' | 'after' | 'nextTurn'>,
  { rest = 1 }: PacedTurnsOptions = {},
): NextTurn {
  const waiting: (() => void)[] = [];
  let isPlanned = false;
  let restsUntilMs = -Infinity;

  const work = () => {
    const beganAtMs = clock.now();
    for (const wake of waiting.splice(0)) wake();
    // By the next turn, what they have brought about is done.
    clock.nextTurn(() => {
      const endedAtMs = clock.now();
      restsUntilMs = endedAtMs + Math.min(MAX_REST_MS, (endedAtMs - beganAtMs) * rest);
      isPlanned = false;
      if (waiting.length > 0) plan();
    });
  };

  const plan = () => {
    isPlanned = true;
    const restMs = Math.min(MAX_REST_MS, restsUntilMs - clock.now());
    if (restMs > 0) clock.after(restMs, work);
    else clock.nextTurn(work);
  };

  return (wake) => {
    waiting.push(wake);
    if (!isPlanned) plan();
  };
}
