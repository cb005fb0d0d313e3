import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedMap } from '../../src/memory/bounded-map.ts';

describe('a bounded map', () => {
  it('forgets what was not used, and then the oldest', () => {
    const evicted: string[] = [];
    const map = new BoundedMap<number>({ maxEntries: 2, onEvict: (key) => evicted.push(key) });
    map.set('a', 1);
    map.set('b', 2);
    map.get('a');
    map.set('c', 3);

    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
    expect(evicted).toEqual(['b']);
  });

  it('forgets what was not used since it was last asked to', () => {
    const map = new BoundedMap<string>({ maxEntries: 9, size: (value) => value.length });
    map.set('a', 'x');
    map.set('b', 'xx');
    map.get('b');
    map.evictUnused();
    expect([map.size, map.bytes]).toEqual([1, 2]);

    map.evictUnused();
    expect([map.size, map.bytes]).toEqual([0, 0]);
  });

  it('keeps nothing that alone weighs too much, nor what it would have replaced', () => {
    const map = new BoundedMap<string>({ maxEntries: 9, maxBytes: 4, size: (value) => value.length });
    map.set('a', 'xx');
    map.set('a', 'xxxxx');

    expect(map.get('a')).toBeUndefined();
    expect(map.bytes).toBe(0);
  });

  it('never holds more than it may, and counts what it holds', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('set' as const),
        key: fc.constantFrom('a', 'b', 'c', 'd'),
        bytes: fc.nat(12),
      }),
      fc.record({ kind: fc.constantFrom('get' as const, 'delete' as const), key: fc.constantFrom('a', 'b') }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const held = new Map<string, number>();
        const map = new BoundedMap<number>({
          maxEntries: 3,
          maxBytes: 20,
          size: (bytes) => bytes,
          onEvict: (key) => held.delete(key),
        });
        for (const one of steps) {
          if (one.kind === 'set') {
            held.set(one.key, one.bytes);
            map.set(one.key, one.bytes);
          } else if (one.kind === 'delete') {
            held.delete(one.key);
            map.delete(one.key);
          } else expect(map.get(one.key)).toBe(held.get(one.key));
          expect(map.size).toBe(held.size);
          expect(map.bytes).toBe([...held.values()].reduce((sum, bytes) => sum + bytes, 0));
          expect(map.size).toBeLessThanOrEqual(3);
          expect(map.bytes).toBeLessThanOrEqual(20);
        }
      }),
    );
  });
});
