import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCursors } from '../../src/events/cursor.ts';
import type { Topic } from '../../src/events/topic.ts';

const TOPIC: Topic = { accountId: 'acc', ref: { kind: 'scenarioRun', id: 'scr_1' } };
const cursors = createCursors([Buffer.from('secret')]);
const position = fc.record({
  epoch: fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom('a', 'Z', '0', '-', '.') }),
  sequence: fc.nat({ max: 1_000_000 }),
});

describe('a cursor', () => {
  it('is read back as what it was made of, and fits into a header and a URL', () => {
    fc.assert(
      fc.property(position, (at) => {
        const cursor = cursors.encode(TOPIC, at);
        expect(cursor).toMatch(/^[A-Za-z0-9_-]{20,100}$/);
        expect(cursors.decode(TOPIC, cursor)).toEqual(at);
      }),
    );
  });

  it('means nothing for another thing, another account or another deployment', () => {
    const cursor = cursors.encode(TOPIC, { epoch: 'e', sequence: 7 });
    expect(cursors.decode({ ...TOPIC, accountId: 'other' }, cursor)).toBeNull();
    expect(cursors.decode({ ...TOPIC, ref: { kind: 'scenarioRun', id: 'scr_2' } }, cursor)).toBeNull();
    expect(cursors.decode({ ...TOPIC, ref: { kind: 'devbox', id: 'scr_1' } }, cursor)).toBeNull();
    expect(createCursors([Buffer.from('another')]).decode(TOPIC, cursor)).toBeNull();
  });

  it('means nothing when it was changed or made up', () => {
    fc.assert(
      fc.property(position, fc.nat(), fc.nat({ max: 254 }), (at, place, flip) => {
        const bytes = Buffer.from(cursors.encode(TOPIC, at), 'base64url');
        const index = place % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ (flip + 1);
        expect(cursors.decode(TOPIC, bytes.toString('base64url'))).toBeNull();
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string({ minLength: 300 })), (text) => {
        expect(cursors.decode(TOPIC, text)).toBeNull();
      }),
    );
  });
});
