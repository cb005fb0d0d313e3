import { describe, expect, it } from 'vitest';
import { createFairTurns } from '../../src/process/fair-turns.ts';

/** Turns of an event loop that a test makes go round. */
function createStage(perTurn: number) {
  const next: (() => void)[] = [];
  const acquire = createFairTurns({ nextTurn: (wake) => void next.push(wake), perTurn });
  const begun: string[] = [];
  return {
    begun,
    get pending() {
      return next.length;
    },
    ask: (owner: string, name: string, amount = 1) => {
      const turn = acquire(owner, amount);
      if (turn) void turn.then(() => begun.push(name));
      else begun.push(name);
    },
    goRound: async () => {
      for (const wake of next.splice(0)) wake();
      await Promise.resolve();
    },
  };
}

describe('fair turns', () => {
  it('let each owner begin as much in one turn, and the rest of it in the turns after it', async () => {
    const stage = createStage(2);
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) stage.ask('a', name);
    stage.ask('b', 'b1');
    expect(stage.begun).toEqual(['a1', 'a2', 'b1']);

    await stage.goRound();
    expect(stage.begun).toEqual(['a1', 'a2', 'b1', 'a3', 'a4']);
    stage.ask('b', 'b2');
    stage.ask('a', 'a6');
    expect(stage.begun.at(-1)).toBe('b2');
    await stage.goRound();
    expect(stage.begun.slice(-2)).toEqual(['a5', 'a6']);
  });

  it('take what was begun beyond the share from the turns after it', async () => {
    const stage = createStage(2);
    stage.ask('a', 'long', 5);
    stage.ask('a', 'short');
    expect(stage.begun).toEqual(['long']);
    await stage.goRound();
    expect(stage.begun).toEqual(['long']);
    await stage.goRound();
    expect(stage.begun).toEqual(['long', 'short']);
  });

  it('are asked for only while somebody has begun something', async () => {
    const stage = createStage(1);
    stage.ask('a', 'a1');
    stage.ask('b', 'b1');
    expect(stage.pending).toBe(1);
    await stage.goRound();
    expect(stage.pending).toBe(0);
  });
});
