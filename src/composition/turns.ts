/** `createTurns`: in which turns of the event loop long work goes on, so that it keeps no other caller waiting. */
import type { Clock } from '../clock.ts';
import { createPacedTurns, type NextTurn } from '../process/paced-turns.ts';
import type { CallerSlots } from '../security/caller-slots.ts';

export interface Turns {
  /** For what callers have sent who are not known: at most half of the time. */
  readonly ofUnknown: NextTurn;
  /** For what callers have sent who are known: a quarter of the time while another one has an operation under way, else all of it. */
  readonly ofKnown: NextTurn;
  /** For large answers of the upstream, likewise. */
  readonly ofAnswers: NextTurn;
}

/** What waits in queues of callers brings about as much again later, which is not counted. */
const REST_OF_QUEUES = 3;

export function createTurns(clock: Clock, operations: Pick<CallerSlots, 'callerCount'>): Turns {
  const besideOthers = (paced: NextTurn): NextTurn => {
    return (wake) => {
      if (operations.callerCount > 1) paced(wake);
      else clock.nextTurn(wake);
    };
  };
  return {
    ofUnknown: createPacedTurns(clock),
    ofKnown: besideOthers(createPacedTurns(clock, { rest: REST_OF_QUEUES })),
    ofAnswers: besideOthers(createPacedTurns(clock)),
  };
}
