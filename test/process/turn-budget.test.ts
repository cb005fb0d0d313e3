import { describe, expect, it } from 'vitest';
import { createTurnBudget } from '../../src/process/turn-budget.ts';

/** Turns of an event loop that a test makes go round. */
function createStage(perTurn: number) {
  const next: (() => void)[] = [];
  const acquire = createTurnBudget({ nextTurn: (wake) => void next.push(wake), perTurn });
  const begun: string[] = [];
  return {
    begun,
    get pending() {
      return next.length;
    },
    ask: (name: string, amount = 1) => {
      const turn = acquire(amount);
      if (turn) void turn.then(() => begun.push(name));
      else begun.push(name);
    },
    goRound: async () => {
      for (const wake of next.splice(0)) wake();
      await Promise.resolve();
    },
  };
}

describe('a budget per turn', () => {
  it('lets as much begin in one turn of the event loop, and the rest in the order in which it came', async () => {
    const stage = createStage(2);
    for (const name of ['a', 'b', 'c', 'd', 'e']) stage.ask(name);
    expect(stage.begun).toEqual(['a', 'b']);

    await stage.goRound();
    expect(stage.begun).toEqual(['a', 'b', 'c', 'd']);
    stage.ask('f');
    expect(stage.begun).toHaveLength(4);
    await stage.goRound();
    expect(stage.begun).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('lets what is more than it holds begin, and takes that from the turns after it', async () => {
    const stage = createStage(10);
    stage.ask('small', 1);
    stage.ask('large', 28);
    stage.ask('next', 1);
    expect(stage.begun).toEqual(['small', 'large']);
    await stage.goRound();
    expect(stage.begun).toEqual(['small', 'large']);
    await stage.goRound();
    expect(stage.begun).toEqual(['small', 'large', 'next']);
  });

  it('needs the event loop only while somebody has asked', async () => {
    const stage = createStage(1);
    expect(stage.pending).toBe(0);
    stage.ask('a');
    stage.ask('b');
    expect(stage.pending).toBe(1);
    await stage.goRound();
    await stage.goRound();
    expect(stage.pending).toBe(0);
    stage.ask('c');
    expect(stage.begun).toEqual(['a', 'b', 'c']);
  });
});
