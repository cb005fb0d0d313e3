import { describe, expect, it } from 'vitest';
import { createExperience } from '../../src/loaders/plan/plan-experience.ts';
import { planBatch } from '../../src/loaders/plan/plan.ts';
import type { Hint, Strategy, Wanted } from '../../src/loaders/plan/strategy.ts';

const BOUNDS = { maxRows: 1_000, maxBytes: 4 * 1024 * 1024 };

function plan(
  wanted: readonly Wanted[],
  ways: readonly Strategy[],
  { bounds = BOUNDS, experience = createExperience() } = {},
) {
  return planBatch(wanted, { strategies: ways, experience, bounds });
}

/** So many ids of one kind, the newest first, as a list gives them. */
function ids(count: number, hintOf: (index: number) => Hint = () => ({}), prefix = 'dbx'): Wanted[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${prefix}_${String(index)}`,
    hint: hintOf(index),
  }));
}

const names = (wanted: readonly Wanted[]) => wanted.map(({ id }) => id);

describe('a plan', () => {
  it('gets what is wanted alone', () => {
    expect(plan(ids(1), ['newest'])).toEqual({ gets: ['dbx_0'], guesses: [], skipped: [] });
    expect(
      plan(
        ids(2, () => ({ atMs: 1 })),
        ['seek'],
      ),
    ).toMatchObject({ gets: ['dbx_0', 'dbx_1'], guesses: [] });
  });

  it('reads what belongs to one thing from the list of that thing', () => {
    const wanted = [
      ...ids(3, () => ({ within: 'bmd_1' }), 'a'),
      ...ids(2, () => ({ within: 'bmd_2' }), 'b'),
      ...ids(1, () => ({ within: 'bmd_3' }), 'c'),
      ...ids(1, () => ({}), 'd'),
    ];

    expect(plan(wanted, ['within'])).toEqual({
      guesses: [
        { strategy: 'within', of: 'bmd_1', ids: ['a_0', 'a_1', 'a_2'], limit: 100 },
        { strategy: 'within', of: 'bmd_2', ids: ['b_0', 'b_1'], limit: 100 },
      ],
      gets: ['c_0', 'd_0'],
      skipped: [],
    });
  });

  it('reads what is left from the newest', () => {
    const wanted = [...ids(3, () => ({ within: 'bmd_1' }), 'a'), ...ids(2, () => ({}), 'b')];

    expect(plan(wanted, ['within', 'newest']).guesses).toMatchObject([
      { strategy: 'within', ids: ['a_0', 'a_1', 'a_2'] },
      { strategy: 'newest', ids: ['b_0', 'b_1'] },
    ]);
  });

  it('seeks from the newest, whatever the order in which they are wanted', () => {
    const wanted = ids(5, (index) => ({ atMs: 1_000 - index })).reverse();

    expect(plan(wanted, ['seek']).guesses).toEqual([
      { strategy: 'seek', after: 'dbx_0', ids: ['dbx_0', 'dbx_1', 'dbx_2', 'dbx_3', 'dbx_4'], limit: 15 },
    ]);
  });

  it('keeps the order of the list where times are equal', () => {
    expect(
      plan(
        ids(5, () => ({ atMs: 7 })),
        ['seek'],
      ).guesses,
    ).toMatchObject([{ after: 'dbx_0' }]);
  });

  it('seeks once for each span of time, and once for groups that share one', () => {
    const wanted = [
      ...ids(3, (index) => ({ near: 'bmr_1', atMs: 90_000 - index }), 'a'),
      ...ids(3, (index) => ({ near: 'bmr_2', atMs: 10_000 - 2 * index }), 'b'),
      ...ids(3, (index) => ({ near: 'bmr_3', atMs: 9_999 - 2 * index }), 'c'),
    ];

    expect(plan(wanted, ['seek']).guesses).toMatchObject([
      { after: 'a_0', ids: ['a_0', 'a_1', 'a_2'] },
      { after: 'b_0', ids: ['b_0', 'c_0', 'b_1', 'c_1', 'b_2', 'c_2'] },
    ]);
  });

  it('asks for as many rows as a seek had to read lately', () => {
    const experience = createExperience();
    const wanted = ids(11, () => ({ atMs: 1 }));
    const [guess] = plan(wanted, ['seek'], { experience }).guesses;
    expect(guess?.limit).toBe(23);

    experience.record(guess!, { found: 10, rowsNeeded: 40, hasMore: true, rowBytes: 100 });

    expect(plan(wanted, ['seek'], { experience }).guesses).toMatchObject([{ limit: 50 }]);
  });

  it('never asks for more rows than it may', () => {
    for (const count of [2, 10, 99, 100, 101, 1_000, 5_000]) {
      for (const ways of [['within'], ['newest'], ['seek'], ['as-given']] as const) {
        const wanted = ids(count, (index) =>
          ways[0] === 'as-given' ? {} : { within: 'x', near: 'x', atMs: 9_000 - index },
        );
        const { guesses, gets } = plan(wanted, ways, { bounds: { ...BOUNDS, maxRows: 100 } });
        for (const { limit } of guesses) expect(limit).toBeLessThanOrEqual(100);
        expect([...guesses.flatMap((guess) => guess.ids), ...gets].sort()).toEqual(names(wanted).sort());
      }
    }
  });

  it('never asks for more bytes than it may, by the rows it has seen', () => {
    const experience = createExperience();
    const wanted = ids(50, () => ({ within: 'x' }));
    const [guess] = plan(wanted, ['within'], { experience }).guesses;
    for (let times = 0; times < 20; times++) {
      experience.record(guess!, { found: 50, rowsNeeded: 50, hasMore: false, rowBytes: 65_536 });
    }
    expect(plan(wanted, ['within'], { experience }).guesses).toMatchObject([{ limit: 64 }]);
  });

  it('guesses nothing when no rows may be asked for', () => {
    const bounds = { ...BOUNDS, maxRows: 0 };
    for (const way of ['within', 'newest', 'seek', 'as-given'] as const) {
      const wanted = ids(50, () => ({ within: 'x', atMs: 1 }));
      expect(plan(wanted, [way], { bounds }).guesses).toEqual([]);
    }
  });
});

describe('experience', () => {
  const wanted = ids(10);
  const miss = { found: 0, rowsNeeded: 0, hasMore: true, rowBytes: null };

  it('skips a strategy that does not pay, and tries it again later', () => {
    const experience = createExperience();
    let guessed = 0;
    for (let round = 0; round < 100; round++) {
      const { guesses, skipped } = plan(wanted, ['newest'], { experience });
      for (const way of skipped) experience.skip(way);
      for (const guess of guesses) {
        guessed++;
        experience.record(guess, miss);
      }
    }
    expect(guessed).toBeGreaterThan(4);
    expect(guessed).toBeLessThan(15);
  });

  it('uses a strategy again when its trial pays', () => {
    const experience = createExperience();
    const once = (outcome: Parameters<typeof experience.record>[1]) => {
      const { guesses, skipped } = plan(wanted, ['newest'], { experience });
      for (const way of skipped) experience.skip(way);
      for (const guess of guesses) experience.record(guess, outcome);
      return guesses.length;
    };
    while (once(miss) > 0);
    for (let round = 0; round < 40; round++) once({ ...miss, found: 10, rowsNeeded: 10 });

    expect(once(miss)).toBe(1);
  });

  it('of one strategy says nothing of another', () => {
    const experience = createExperience();
    for (let round = 0; round < 10; round++) {
      for (const guess of plan(wanted, ['newest'], { experience }).guesses) experience.record(guess, miss);
    }
    const within = ids(10, () => ({ within: 'x' }));
    expect(plan(within, ['newest'], { experience }).guesses).toEqual([]);
    expect(plan(within, ['within'], { experience }).guesses).toHaveLength(1);
  });
});
