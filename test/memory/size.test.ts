import { describe, expect, it } from 'vitest';
import { heapSizeOf } from '../../src/memory/size.ts';
import { heapInUse } from '../support/heap.ts';

const filled = (part: (number: number) => string, length: number) =>
  Array.from({ length }, (_, number) => part(number)).join();

const SHAPES: readonly (readonly [name: string, json: string])[] = [
  ['empty lists', `[${filled(() => '[]', 20_000)}]`],
  ['empty objects', `[${filled(() => '{}', 20_000)}]`],
  ['lists in lists', '['.repeat(50_000) + ']'.repeat(50_000)],
  ['objects in objects', '{"a":'.repeat(20_000) + '0' + '}'.repeat(20_000)],
  ['objects of one property', `[${filled(() => '{"a":{}}', 10_000)}]`],
  ['names of their own', `{${filled((number) => `"k${String(number)}":0`, 10_000)}}`],
  ['short texts', `[${filled((number) => `"${String(number)}"`, 20_000)}]`],
  ['long texts', `[${filled((number) => `"${String(number).padEnd(2_000)}"`, 50)}]`],
  ['texts beyond Latin-1', `[${filled((number) => `"${String(number).padEnd(2_000, 'ж')}"`, 500)}]`],
  ['fractions', `[${filled((number) => String(number + 0.5), 20_000)}]`],
];

describe('what is made of JSON', () => {
  it.each(SHAPES)('takes no more memory than is said, and not ten times less: %s', async (_name, json) => {
    const before = await heapInUse();
    const values = Array.from({ length: 10 }, () => JSON.parse(json) as unknown);
    const perValue = ((await heapInUse()) - before) / values.length;

    expect(perValue / heapSizeOf(values[0])).toBeLessThan(1.05);
    expect(perValue / heapSizeOf(values[0])).toBeGreaterThan(0.1);
  });
});
