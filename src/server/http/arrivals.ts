/** `createArrivals`: a queue for requests of unverified callers, of which a bounded number is processed per turn of the event loop. */
import type { IncomingMessage } from 'node:http';
import type { NextTurn } from '../../process/paced-turns.ts';
import { createTurnBudget } from '../../process/turn-budget.ts';

/** Undefined when the request is processed at once; else a promise, which resolves when it is its turn. */
export type Arrive = (request: Pick<IncomingMessage, 'headers'>, path: string) => Promise<void> | undefined;

export interface ArrivalsOptions {
  /** Calls back in the next turn in which such requests are processed. */
  readonly nextTurn: NextTurn;
  /** Whether this header is that of a caller who was authenticated before. Has to be cheap. */
  readonly isKnown: (authorization: string | null) => boolean;
  /** The longest body that is read, in bytes. May change. */
  readonly requestMaxBytes: () => number;
  /** Paths without authentication: their requests never wait. */
  readonly openPaths: ReadonlySet<string>;
}

/** A body up to this size counts as empty, in bytes: it arrives together with its headers. */
const SMALL_BYTES = 16 * 1024; // 16 KiB
/** Requests with small bodies that are processed per turn. */
const SMALL_PER_TURN = 2;
/** Bytes of longer bodies that are processed per turn; one that is longer takes several turns. */
const LONG_BYTES_PER_TURN = 128 * 1024; // 128 KiB

/**
 * A client that invents credentials has any number of names, so a bound per caller does not bound it. All unverified callers
 * share a few requests per turn of the event loop, for which verified callers never wait. Long requests wait for each other
 * only: a new caller who sends little does not wait for them. A body is read before its turn, within the bounds on bodies.
 */
export function createArrivals({ nextTurn, isKnown, requestMaxBytes, openPaths }: ArrivalsOptions): Arrive {
  const acquireSmall = createTurnBudget({ nextTurn, perTurn: SMALL_PER_TURN });
  const acquireLong = createTurnBudget({ nextTurn, perTurn: LONG_BYTES_PER_TURN });
  return ({ headers }, path) => {
    if (openPaths.has(path) || isKnown(headers.authorization ?? null)) return undefined;
    const bytes = Math.min(bytesOf(headers), requestMaxBytes());
    return bytes <= SMALL_BYTES ? acquireSmall(1) : acquireLong(bytes);
  };
}

/** What the body may come to. */
function bytesOf(headers: IncomingMessage['headers']): number {
  if (headers['transfer-encoding'] !== undefined || headers['content-encoding'] !== undefined)
    return Infinity;
  return Number(headers['content-length'] ?? 0);
}
