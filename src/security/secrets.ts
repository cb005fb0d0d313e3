/** `createSecrets`: the keys of this fleet of replicas, each derived for one use from the secrets that they share. */
import { createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** What a key is for. A key of one use says nothing about that of another. */
export type SecretUse =
  /** The ids of accounts: keyed hashes of their API keys. */
  | 'accounts'
  /** The ids of callers with JSON Web Tokens: keyed hashes of whom the issuer names. */
  | 'callers'
  /** The positions in event logs that clients hold. */
  | 'cursors'
  /** What is sensitive in event logs. */
  | 'events'
  /** The cookies of those who have used a ticket for an event stream. */
  | 'tickets'
  /** What stands in tickets that any replica accepts. */
  | 'sealed tickets'
  /** What names in Redis are made from. */
  | 'names';

/** At least one key. The first one signs and seals; what any of them has signed or sealed is accepted. */
export type KeyRing = readonly [Buffer, ...Buffer[]];

export interface Secrets {
  ring(use: SecretUse): KeyRing;
  /**
   * The key that hashes names. Hashes are compared, so all come from one key: that of the oldest secret, so that names stay equal
   * for as long as what was signed with it is accepted.
   */
  nameKey(use: SecretUse): Buffer;
  /** A name for Redis, equal on all replicas, in the place of one that says whose it is. */
  readonly hide: (name: string) => string;
}

const KEY_BYTES = 32;
/** 132 bits: no two names meet. */
const HIDDEN_LENGTH = 22;
/** Changes when anything about the derivation does: replicas that derive otherwise must not understand each other by half. */
const SALT = 'runloop-graphql 1';

/** @param shared what all replicas were given, the newest first; null for one process, whose keys nobody else needs */
export function createSecrets(shared: readonly string[] | null): Secrets {
  const secrets = shared ?? [randomBytes(KEY_BYTES)];
  const rings = new Map<SecretUse, KeyRing>();
  const ring = (use: SecretUse): KeyRing => {
    const known = rings.get(use);
    if (known) return known;
    const [newest, ...older] = secrets.map((secret) =>
      Buffer.from(hkdfSync('sha256', secret, SALT, use, KEY_BYTES)),
    );
    if (!newest) throw new RangeError('Expected at least one secret');
    const made: KeyRing = [newest, ...older];
    rings.set(use, made);
    return made;
  };
  const nameKey = (use: SecretUse) => ring(use).at(-1) ?? ring(use)[0];
  return {
    ring,
    nameKey,
    hide: (name) =>
      createHmac('sha256', nameKey('names')).update(name).digest('base64url').slice(0, HIDDEN_LENGTH),
  };
}
