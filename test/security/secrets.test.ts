import { describe, expect, it } from 'vitest';
import { createCursors } from '../../src/events/cursor.ts';
import type { Topic } from '../../src/events/topic.ts';
import { createSeal } from '../../src/security/seal.ts';
import { createSecrets } from '../../src/security/secrets.ts';
import { Account } from '../../src/upstream/account.ts';

const OLD = 'old'.repeat(11);
const NEW = 'new'.repeat(11);
const TOPIC: Topic = { accountId: 'acc', ref: { kind: 'scenarioRun', id: 'scr_1' } };
const POSITION = { epoch: 'e', sequence: 7 };

describe('replicas with the same secret', () => {
  it('name accounts alike, recognise each other’s cursors and open what the other has sealed', () => {
    const [a, b] = [createSecrets([OLD]), createSecrets([OLD])];
    const idOf = (secrets: typeof a) => new Account('ak_1', { hashSecret: secrets.nameKey('accounts') }).id;

    expect(idOf(a)).toBe(idOf(b));
    const cursor = createCursors(a.ring('cursors')).encode(TOPIC, POSITION);
    expect(createCursors(b.ring('cursors')).decode(TOPIC, cursor)).toEqual(POSITION);
    expect(createSeal(b.ring('events')).open(createSeal(a.ring('events')).close('text'))).toBe('text');
  });

  it('use a key for one thing only', () => {
    const secrets = createSecrets([OLD]);
    const uses = ['accounts', 'callers', 'cursors', 'events', 'tickets', 'sealed tickets', 'names'] as const;
    const keys = uses.map((use) => secrets.ring(use)[0].toString('hex'));

    expect(new Set(keys).size).toBe(uses.length);
    expect(keys.join(' ')).not.toContain(Buffer.from(OLD).toString('hex').slice(0, 32));
    expect(() =>
      createSeal(secrets.ring('tickets')).open(createSeal(secrets.ring('events')).close('text')),
    ).toThrow();
  });
});

describe('a new secret in front of the old one', () => {
  const before = createSecrets([OLD]);
  const during = createSecrets([NEW, OLD]);
  const after = createSecrets([NEW]);

  it('signs and seals, while what the old one has signed and sealed is accepted', () => {
    const cursors = createCursors(during.ring('cursors'));
    const seal = createSeal(during.ring('events'));

    expect(cursors.decode(TOPIC, createCursors(before.ring('cursors')).encode(TOPIC, POSITION))).toEqual(
      POSITION,
    );
    expect(seal.open(createSeal(before.ring('events')).close('text'))).toBe('text');
    expect(createCursors(after.ring('cursors')).decode(TOPIC, cursors.encode(TOPIC, POSITION))).toEqual(
      POSITION,
    );
    expect(createSeal(after.ring('events')).open(seal.close('text'))).toBe('text');
  });

  it('leaves the names of accounts until the old one is taken out', () => {
    const [old, both, alone] = [before, during, after].map((secrets) => secrets.nameKey('accounts'));

    expect(both).toEqual(old);
    expect(alone).not.toEqual(old);
  });

  it('opens nothing that was sealed before once the old one is taken out', () => {
    expect(() =>
      createSeal(after.ring('events')).open(createSeal(before.ring('events')).close('text')),
    ).toThrow();
    const cursor = createCursors(before.ring('cursors')).encode(TOPIC, POSITION);
    expect(createCursors(after.ring('cursors')).decode(TOPIC, cursor)).toBeNull();
  });
});

describe('a process without a secret', () => {
  it('shares its keys with no other use', () => {
    expect(createSecrets(null).ring('cursors')[0]).not.toEqual(createSecrets(null).ring('cursors')[0]);
  });
});
