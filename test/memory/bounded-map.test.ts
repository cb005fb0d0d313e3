import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedMap } from '../../src/memory/bounded-map.ts';

describe('a bounded map', () => {
  it('evicts entries that were not used, and then the oldest', () => {
    const evicted: string[] = [];
    const map = new BoundedMap<number>({ maxEntries: 2, onEvict: (key) => evicted.push(key) });
    map.set('a', 1);
    map.set('b', 2);
    map.get('a');
    map.set('c', 3);

    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
    expect(evicted).toEqual(['b']);
  });

  it('evicts entries that were not used since the last eviction', () => {
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

  it('evicts in the order of a map that is looked through from its start', () => {
    const step = fc.record({
      kind: fc.constantFrom(
        'set' as const,
        'get' as const,
        'delete' as const,
        'look' as const,
        'clear' as const,
      ),
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const evicted: string[] = [];
        const map = new BoundedMap<number>({ maxEntries: 3, onEvict: (key) => evicted.push(key) });
        /** Whether each entry was used, in order. */
        const model = new Map<string, boolean>();
        const expected: string[] = [];
        for (const { kind, key } of steps) {
          if (kind === 'set') {
            map.set(key, 0);
            model.delete(key);
            while (model.size >= 3) {
              const [first, isUsed] = [...model][0]!;
              model.delete(first);
              if (isUsed) model.set(first, false);
              else expected.push(first);
            }
            model.set(key, false);
          } else if (kind === 'get') {
            map.get(key);
            if (model.has(key)) model.set(key, true);
          } else if (kind === 'delete') {
            map.delete(key);
            model.delete(key);
          } else if (kind === 'clear') {
            map.clear();
            model.clear();
          }
          expect(map.oldest?.key).toBe([...model.keys()][0]);
        }
        expect(evicted).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });
});
