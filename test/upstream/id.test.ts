import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GatewayError } from '../../src/errors.ts';
import { assertId, isId } from '../../src/upstream/id.ts';
import { HOSTILE_IDS } from './hostile-ids.ts';

describe('an id', () => {
  it.each(['scr_0123456789abcdefghijk', 'a', '-', 'x'.repeat(128)])('is fine as %s', (id) => {
    expect(() => {
      assertId(id);
    }).not.toThrow();
  });

  it.each(HOSTILE_IDS)('is refused as %j', (id) => {
    expect(() => {
      assertId(id);
    }).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    expect(() => {
      assertId(id);
    }).toThrow('Expected an id of 1 to 128 letters, digits, "_" and "-", got ');
  });

  it('is repeated in its error only in a short and harmless form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (id) => {
        try {
          assertId(id);
        } catch (error) {
          const { message } = error as GatewayError;
          expect(message.length).toBeLessThan(100);
          expect(message).toMatch(/^[\w ",\-?….]+$/u);
        }
      }),
    );
  });

  it('has a path segment of its own that needs no encoding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (isId(text)) expect(encodeURIComponent(text)).toBe(text);
      }),
    );
  });
});
