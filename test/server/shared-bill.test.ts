import { describe, expect, it } from 'vitest';
import { SharedBill } from '../../src/server/graphql/shared-bill.ts';

describe('a bill that several share', () => {
  it('is paid in whole calls, by each in turn', () => {
    const bill = new SharedBill();

    expect([1, 1, 1, 1].map((calls) => bill.split(calls, ['a', 'b', 'c']))).toEqual([
      [['a', 1]],
      [['b', 1]],
      [['c', 1]],
      [['a', 1]],
    ]);
  });

  it('is paid in full, and the shares differ by at most one call', () => {
    const bill = new SharedBill();
    const paid = new Map<string, number>();
    let calls = 0;
    for (let round = 0; round < 50; round++) {
      const due = (round * 7) % 11;
      calls += due;
      for (const [payer, share] of bill.split(due, ['a', 'b', 'c', 'd']))
        paid.set(payer, (paid.get(payer) ?? 0) + share);
    }

    const amounts = [...paid.values()];
    expect(amounts.reduce((sum, each) => sum + each)).toBe(calls);
    expect(Math.max(...amounts) - Math.min(...amounts)).toBeLessThanOrEqual(1);
  });

  it('is empty among no callers', () => {
    expect(new SharedBill().split(3, [])).toEqual([]);
  });
});
