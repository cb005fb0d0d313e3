import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createByteBudget } from '../../src/upstream/rest/byte-budget.ts';
import { promisesSettled } from '../support/microtasks.ts';

describe('a budget of bytes', () => {
  it('admits small bodies, however much is held', () => {
    const budget = createByteBudget({ maxBytes: 100, freeBytes: 10 });
    void budget.enter('a').take(1_000);
    expect(budget.enter('a').take(10)).toBeNull();
    expect(budget.heldBytes).toBe(990);
  });

  it('admits one body that exceeds it, and the others after that has ended', async () => {
    const budget = createByteBudget({ maxBytes: 100, freeBytes: 0 });
    const [first, second] = [budget.enter('a'), budget.enter('a')];
    expect(second.take(80)).toBeNull();
    expect(first.take(80)).toBeNull();
    let isResumed = false;
    void second.take(10)?.then(() => {
      isResumed = true;
    });
    expect(first.take(500)).toBeNull();
    await promisesSettled();
    expect(isResumed).toBe(false);
    first[Symbol.dispose]();
    await promisesSettled();
    expect(isResumed).toBe(true);
    second[Symbol.dispose]();
    expect(budget.heldBytes).toBe(0);
  });

  it('admits the account that holds least first, and of its bodies the one that was begun first', async () => {
    const budget = createByteBudget({ maxBytes: 100, freeBytes: 0 });
    const hog = budget.enter('hog');
    void hog.take(200);
    const resumed: string[] = [];
    const bodies = ['hog 1', 'hog 2', 'hog 3', 'few 1'].map((name) => ({
      name,
      body: budget.enter(name.slice(0, 3)),
    }));
    for (const { name, body } of bodies.toReversed()) void body.take(60)?.then(() => resumed.push(name));
    hog[Symbol.dispose]();
    await promisesSettled();
    for (const name of ['few 1', 'hog 1', 'hog 2', 'hog 3']) {
      bodies.find((each) => each.name === name)?.body[Symbol.dispose]();
      await promisesSettled();
    }
    expect(resumed).toEqual(['few 1', 'hog 1', 'hog 2', 'hog 3']);
    expect(budget.heldBytes).toBe(0);
  });

  it('holds no more than it may and one body beside, and every body comes to its end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ owner: fc.constantFrom('a', 'b', 'c'), chunks: fc.integer({ min: 1, max: 12 }) }),
          { minLength: 1, maxLength: 12 },
        ),
        async (given) => {
          const chunk = 64 * 1024;
          const budget = createByteBudget({ maxBytes: 8 * chunk, freeBytes: chunk });
          let peak = 0;
          await Promise.all(
            given.map(async ({ owner, chunks }) => {
              using body = budget.enter(owner);
              for (let at = 0; at < chunks; at++) {
                await body.take(chunk);
                peak = Math.max(peak, budget.heldBytes);
                await promisesSettled();
              }
            }),
          );
          // Everybody who reads has taken a chunk before they can be told to wait.
          expect(peak).toBeLessThanOrEqual((8 + 12 + given.length) * chunk);
          expect(budget.heldBytes).toBe(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});
