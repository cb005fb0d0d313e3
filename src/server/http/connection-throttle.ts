/** `createThrottle`: how fast connections are read whose callers are not known, and which are read as fast as they can. */
import type { Socket } from 'node:net';
import type { Clock } from '../../clock.ts';
import { type NextTurn, nextTurnOf } from '../../process/paced-turns.ts';
import { createTurnBudget } from '../../process/turn-budget.ts';
import { readHead } from './request-head.ts';
import { ThrottledSocket } from './throttled-socket.ts';

/** `onKnown` is called with the connection when its next request is that of a known caller: it is throttled no more. */
export type Throttle = (socket: Socket, onKnown: (socket: Socket) => void) => ThrottledSocket;

export interface ThrottleOptions {
  readonly clock: Clock;
  /** Turns in which such connections are read. @default all */
  readonly pacedTurn?: NextTurn;
  /** Whether this header is that of a caller who was authenticated before. Has to be cheap. */
  readonly isKnown: (authorization: string | null) => boolean;
  /** Paths without authentication: their requests never wait. */
  readonly openPaths: ReadonlySet<string>;
}

/** Of the first bytes of all new connections together. */
const FIRST_BYTES_PER_TURN = 16 * 1024; // 16 KiB
/** Of all that comes after them. */
const BYTES_PER_TURN = 32 * 1024; // 32 KiB
/** Turns that may pass without a slice while connections are accepted in each. */
const MAX_POSTPONED = 512;

/**
 * Parsing costs whoever sends it least, and comes before anybody can be asked who they are. New connections wait for each other
 * and for no long body. Node.js accepts one connection per turn, and who is known may stand behind a crowd that is not: while
 * connections come in, turns are kept short.
 */
export function createThrottle(options: ThrottleOptions): Throttle {
  const { clock, isKnown, openPaths } = options;
  const { pacedTurn = nextTurnOf(clock) } = options;
  let isAccepting = false;
  const accepts = () => {
    if (isAccepting) return;
    isAccepting = true;
    clock.nextTurn(() => {
      isAccepting = false;
    });
  };
  const createBudget = (perTurn: number) => {
    let postponed = 0;
    const nextTurn = (wake: () => void) => {
      pacedTurn(() => {
        const isPostponed = isAccepting && postponed < MAX_POSTPONED;
        postponed = isPostponed ? postponed + 1 : 0;
        if (isPostponed) nextTurn(wake);
        else wake();
      });
    };
    return createTurnBudget({ nextTurn, perTurn });
  };
  const acquireFirst = createBudget(FIRST_BYTES_PER_TURN);
  const acquireBytes = createBudget(BYTES_PER_TURN);
  const acquireMore = (bytes: number, isBehindSlice: boolean) => {
    if (!isBehindSlice) return acquireBytes(bytes);
    // Not in the turn of the slice before it: what that one brings about, such as a refusal, comes first.
    return new Promise<void>((goOn) => {
      clock.nextTurn(() => {
        goOn(acquireBytes(bytes));
      });
    });
  };
  const classify = (bytes: Buffer, available: number) => {
    const head = readHead(bytes);
    const requestBytes = head?.requestBytes ?? 0;
    return {
      isKnown: head !== null && isKnown(head.authorization),
      isUrgent: head !== null && openPaths.has(head.path),
      isOne: available <= requestBytes,
      isWhole: available === requestBytes,
    };
  };
  return (socket, onKnown) => {
    accepts();
    return new ThrottledSocket(socket, { classify, acquireFirst, acquireMore, onKnown });
  };
}
