/** `createPipelines`: requests of a connection that come before the one before them is answered wait for its answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { NextTurn } from '../../process/paced-turns.ts';
import { createTurnBudget } from '../../process/turn-budget.ts';

/** Resolves when all requests before this one on its connection are answered, and it has its turn. It never does when the connection ends before. */
export type WaitInPipeline = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Requests of one connection that may wait. One that sends more is ended: no client that reads its answers does. */
const MAX_WAITING = 100;
/** Requests that waited and are taken up in one turn of the event loop, of all connections together. */
const PER_TURN = 2;

/**
 * Answers leave in the order of their requests, so that nothing is gained by working on several. A packet holds hundreds: each
 * would cost what it asks for, and hold its answer, though the client may never read the first.
 */
export function createPipelines(nextTurn: NextTurn): WaitInPipeline {
  const acquireTurn = createTurnBudget({ nextTurn, perTurn: PER_TURN });
  const waiting = new WeakMap<Duplex, number>();
  return ({ socket }, response) => {
    const count = waiting.get(socket) ?? 0;
    if (count === MAX_WAITING) socket.destroy();
    else waiting.set(socket, count + 1);
    return new Promise((goOn) => {
      // Node.js gives a response the connection when it is the next.
      response.once('socket', () => {
        waiting.set(socket, (waiting.get(socket) ?? 1) - 1);
        goOn(acquireTurn(1));
      });
    });
  };
}
