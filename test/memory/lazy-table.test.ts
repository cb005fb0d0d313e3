import { expect, it } from 'vitest';
import { lazyTable } from '../../src/memory/lazy-table.ts';

interface Parts {
  readonly one: { readonly name: string };
  readonly other: { readonly name: string };
}

it('makes each member when it is first asked for, and once', () => {
  const made: string[] = [];
  const parts = lazyTable<Parts>(['one', 'other'])((name) => {
    made.push(name);
    return { name };
  });
  expect(made).toEqual([]);

  expect(parts.other).toBe(parts.other);
  expect(parts.other).toEqual({ name: 'other' });
  expect(made).toEqual(['other']);
});

it('makes the members of two objects apart', () => {
  const partsOf = lazyTable<Parts>(['one', 'other']);
  const [first, second] = [partsOf((name) => ({ name })), partsOf((name) => ({ name }))];

  expect(first.one).not.toBe(second.one);
});
