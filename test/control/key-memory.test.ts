import { expect, it } from 'vitest';
import { createKeyMemory } from '../../src/control/key-memory.ts';

it('recognises a key of the same account, and of no other', () => {
  const keys = createKeyMemory({ maxKeys: 10 });
  expect([keys.meet('a', 'k'), keys.meet('a', 'k'), keys.meet('b', 'k'), keys.meet('a', 'l')]).toEqual([
    false,
    true,
    false,
    false,
  ]);
});

it('evicts the least recently used keys, and stores none when its size is 0', () => {
  const keys = createKeyMemory({ maxKeys: 2 });
  for (const key of ['1', '2', '1', '3']) keys.meet('a', key);
  expect([keys.meet('a', '1'), keys.meet('a', '2')]).toEqual([true, false]);
  const none = createKeyMemory({ maxKeys: 0 });
  expect([none.meet('a', '1'), none.meet('a', '1')]).toEqual([false, false]);
});
