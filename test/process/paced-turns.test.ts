import { describe, expect, it } from 'vitest';
import { createPacedTurns } from '../../src/process/paced-turns.ts';

/** An event loop, and time, that a test moves. */
function createStage(rest?: number) {
  const next: (() => void)[] = [];
  const timers: { readonly at: number; readonly wake: () => void }[] = [];
  let now = 1_000;
  const nextTurn = createPacedTurns(
    {
      now: () => now,
      nextTurn: (wake) => void next.push(wake),
      after: (ms, wake) => {
        timers.push({ at: now + ms, wake });
        return () => undefined;
      },
    },
    rest === undefined ? {} : { rest },
  );
  const turn = () => {
    for (const wake of next.splice(0)) wake();
  };
  return {
    /** Work that takes so long, done in each turn that it gets, for ever. */
    keepBusy: (ms: number) => {
      let done = 0;
      const work = () => {
        now += ms;
        done++;
        nextTurn(work);
      };
      nextTurn(work);
      return () => done;
    },
    nextTurn,
    turn,
    turns: (count: number) => {
      for (let n = 0; n < count; n++) turn();
    },
    elapse: (ms: number) => {
      now += ms;
      for (const timer of timers.splice(0)) {
        if (timer.at <= now) timer.wake();
        else timers.push(timer);
      }
    },
  };
}

describe('paced turns', () => {
  it('leave others as much time as the work in them has taken, however many turns pass', () => {
    const stage = createStage();
    const done = stage.keepBusy(5);
    stage.turns(100);
    expect(done()).toBe(1);

    stage.elapse(4);
    stage.turns(100);
    expect(done()).toBe(1);
    stage.elapse(1);
    stage.turns(100);
    expect(done()).toBe(2);
  });

  it('leave others three times as much where they are to', () => {
    const stage = createStage(3);
    const done = stage.keepBusy(5);
    stage.turns(2);
    stage.elapse(14);
    expect(done()).toBe(1);
    stage.elapse(1);
    expect(done()).toBe(2);
  });

  it('are all turns for work that takes no time', () => {
    const stage = createStage();
    const done = stage.keepBusy(0);
    stage.turns(100);
    expect(done()).toBe(50);
  });

  it('count a rest that is over: what comes later goes on in the next turn', () => {
    const stage = createStage();
    let done = 0;
    stage.nextTurn(() => {
      stage.elapse(5);
      done++;
    });
    stage.turns(2);
    stage.elapse(5);

    stage.nextTurn(() => done++);
    stage.turn();
    expect(done).toBe(2);
  });

  it('rest for 50 ms at most, whatever the clock says', () => {
    const stage = createStage();
    const done = stage.keepBusy(60_000);
    stage.turns(2);
    stage.elapse(50);
    expect(done()).toBe(2);
  });
});
