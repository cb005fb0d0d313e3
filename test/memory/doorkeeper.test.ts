import { expect, it } from 'vitest';
import { createDoorkeeper } from '../../src/memory/doorkeeper.ts';

it('a text is new once', () => {
  const { see } = createDoorkeeper();

  expect(['a', 'b', 'a', 'b', 'a'].map((text) => see(text))).toEqual([false, false, true, true, true]);
});

it('a text that comes between a thousand others is known all the same, mostly', () => {
  const { see } = createDoorkeeper();
  const others = Array.from({ length: 1_000 }, (_, number) => `other ${String(number)}`);
  others.forEach((text) => see(text));

  expect(others.filter((text) => see(text)).length).toBeGreaterThan(900);
});

it('a text that came before very many others is new again', () => {
  const { see } = createDoorkeeper();
  see('a');
  for (let other = 0; other < 200_000; other++) see(`other ${String(other)}`);

  expect(see('a')).toBe(false);
});
