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

it('5,000 texts that come in turns are all known the second time', () => {
  const { see } = createDoorkeeper();
  const texts = Array.from({ length: 5_000 }, (_, number) => `text ${String(number)}`);
  texts.forEach((text) => see(text));

  expect(texts.filter((text) => see(text)).length).toBeGreaterThan(4_950);
});

it('a text that came before very many others is new again', () => {
  const { see } = createDoorkeeper();
  see('a');
  for (let other = 0; other < 200_000; other++) see(`other ${String(other)}`);

  expect(see('a')).toBe(false);
});
