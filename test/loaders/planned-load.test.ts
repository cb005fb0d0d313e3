import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createExperience } from '../../src/loaders/plan/plan-experience.ts';
import type { BatchGuess, Hint, Strategy, Wanted } from '../../src/loaders/plan/strategy.ts';
import { createPlannedLoad } from '../../src/loaders/plan/planned-load.ts';

interface Thing {
  readonly id: string;
  readonly within: string;
}

interface World {
  /** What get-by-id knows, newest first. */
  readonly things: readonly Thing[];
  /** What no list shows: archived, say. */
  readonly unlisted: ReadonlySet<string>;
  /** Rows that cannot be read. */
  readonly unreadable: ReadonlySet<string>;
  readonly failingGets: ReadonlySet<string>;
  /** Whether the list call of this number fails. */
  readonly failingLists: readonly boolean[];
}

const WAYS: readonly Strategy[] = ['within', 'seek', 'as-given', 'newest'];

function createStage(world: World, { maxRows = 1_000 } = {}) {
  const calls: string[] = [];
  let lists = 0;
  const get = (id: string): Promise<Thing | null> => {
    calls.push(`get ${id}`);
    if (world.failingGets.has(id)) return Promise.reject(new Error(`no ${id}`));
    return Promise.resolve(world.things.find((thing) => thing.id === id) ?? null);
  };
  const load = createPlannedLoad<Thing>({
    strategies: WAYS,
    experience: createExperience(),
    bounds: { maxRows, maxBytes: 1_000_000 },
    get,
    list: (guess: BatchGuess) => {
      calls.push(`list ${String(guess.limit)}`);
      if (world.failingLists[lists++ % world.failingLists.length])
        return Promise.reject(new Error('no list'));
      const all = world.things.filter(
        ({ id, within }) => !world.unlisted.has(id) && (guess.strategy !== 'within' || within === guess.of),
      );
      const from = 'after' in guess ? all.findIndex(({ id }) => id === guess.after) + 1 : 0;
      if ('after' in guess && from === 0) return Promise.reject(new Error('unknown cursor'));
      const page = all.slice(from, from + guess.limit);
      return Promise.resolve({
        rows: page.filter(({ id }) => !world.unreadable.has(id)),
        hasMore: all.length > from + page.length,
      });
    },
    isFinal: () => false,
  });
  return { get, load, calls };
}

const ID = fc.integer({ min: 0, max: 40 }).map((number) => `t_${String(number)}`);
const GROUP = fc.constantFrom('x', 'y', 'z');
const SOME = fc.uniqueArray(ID, { maxLength: 12 }).map((ids) => new Set(ids));

const worlds: fc.Arbitrary<World> = fc.record({
  things: fc.uniqueArray(fc.record({ id: ID, within: GROUP }), { selector: ({ id }) => id, maxLength: 40 }),
  unlisted: SOME,
  unreadable: SOME,
  failingGets: SOME,
  failingLists: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
});

/** What is said of the ids may be wrong, too. */
const hints: fc.Arbitrary<Hint | undefined> = fc.option(
  fc.record(
    { within: GROUP, near: fc.constantFrom('p', 'q'), atMs: fc.integer({ min: 0, max: 50 }) },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);
const batches: fc.Arbitrary<readonly Wanted[]> = fc.uniqueArray(fc.record({ id: ID, hint: hints }), {
  selector: ({ id }) => id,
  minLength: 1,
  maxLength: 40,
});

describe('whatever the world, the order, the gaps and the faults', () => {
  it('a planned answer is that of asking for each thing', async () => {
    await fc.assert(
      fc.asyncProperty(
        worlds,
        fc.array(batches, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 60 }),
        async (world, asked, maxRows) => {
          const { load, get } = createStage(world, { maxRows });
          for (const wanted of asked) {
            const answers = await load(wanted);
            expect(answers).toHaveLength(wanted.length);
            for (const [index, { id }] of wanted.entries()) {
              const naive = await get(id).catch((error: unknown) => error as Error);
              const thing = world.things.find((one) => one.id === id);
              // A list may know what get-by-id cannot tell at the moment.
              if (naive instanceof Error) expect([naive, thing]).toContainEqual(answers[index]);
              else expect(answers[index]).toEqual(naive);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('costs no more calls than a list for each guess on top, and no more rows than it may', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, batches, fc.integer({ min: 0, max: 60 }), async (world, wanted, maxRows) => {
        const { load, calls } = createStage(world, { maxRows });
        await load(wanted);
        const lists = calls.filter((call) => call.startsWith('list'));
        const gets = calls.filter((call) => call.startsWith('get'));
        expect(new Set(gets).size).toBe(gets.length);
        expect(gets.length).toBeLessThanOrEqual(wanted.length);
        for (const list of lists) expect(Number(list.split(' ')[1])).toBeLessThanOrEqual(maxRows);
      }),
    );
  });
});

describe('a batch', () => {
  const things = Array.from({ length: 60 }, (_, index) => ({ id: `t_${String(index)}`, within: 'x' }));
  const none = new Set<string>();
  const world: World = {
    things,
    unlisted: none,
    unreadable: none,
    failingGets: none,
    failingLists: [false],
  };
  const wanted = things
    .slice(5, 55)
    .map(({ id }, index) => ({ id, hint: { atMs: 1_000 - index, near: 'run' } }));

  it('of neighbours costs two calls, side by side', async () => {
    const { load, calls } = createStage(world);
    const answers = load(wanted);
    expect(calls).toEqual(['list 72', 'get t_5']);
    expect(await answers).toEqual(things.slice(5, 55));
    expect(calls).toHaveLength(2);
  });

  it('of which one row cannot be read asks for that one alone', async () => {
    const { load, calls } = createStage({
      ...world,
      unreadable: new Set(['t_9']),
      failingGets: new Set(['t_9']),
    });
    const answers = await load(wanted);
    expect(calls.slice(2)).toEqual(['get t_9']);
    expect(answers.filter((answer) => answer instanceof Error)).toEqual([new Error('no t_9')]);
  });

  it('whose list fails asks for each by itself', async () => {
    const { load, calls } = createStage({ ...world, failingLists: [true] });
    expect(await load(wanted)).toEqual(things.slice(5, 55));
    expect(calls.filter((call) => call.startsWith('get'))).toHaveLength(50);
  });
});
