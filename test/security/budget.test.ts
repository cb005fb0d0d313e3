import { expect, it } from 'vitest';
import { createMemoryBudget } from '../../src/security/cost/budget.ts';
import { createFakeClock } from '../support/fake-clock.ts';

it('holds the budgets of so many callers, and evicts the least recently seen', async () => {
  const budget = createMemoryBudget({ clock: createFakeClock(), callsPerMinute: () => 10, maxCallers: 2 });
  await budget.charge('old', 3);
  await budget.charge('known', 3);
  await budget.charge('known', 1);
  await budget.charge('new', 3);

  expect(await Promise.all(['old', 'known', 'new'].map((id) => budget.remaining(id)))).toEqual([10, 6, 7]);
});
