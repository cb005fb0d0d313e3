/** `createKeyCheck`: whether a key that was good is still good, asked of the upstream before anything that is remembered is told for it. */
import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Account } from '../upstream/account.ts';

/** Rejects with UNAUTHENTICATED when the upstream refuses the key. */
export type CheckKey = (account: Account) => Promise<void>;

export interface KeyCheckOptions {
  /** Rejects with what the upstream says about the key, or with why it cannot say. */
  readonly ping: (account: Account) => Promise<void>;
  readonly clock: Clock;
  /** How long a key counts as good after the upstream was asked, in milliseconds. */
  readonly intervalMs: number;
  /** Keys of which it is remembered when that was; beyond it, the longest unused is forgotten. */
  readonly maxKeys: number;
}

interface Known {
  goodAtMs: number;
  /** The check that is under way: however many come meanwhile, the upstream is asked once. */
  check: Promise<void> | null;
}

export function createKeyCheck({ ping, clock, intervalMs, maxKeys }: KeyCheckOptions): CheckKey {
  const keys = new BoundedMap<Known>({ maxEntries: maxKeys });

  const ask = async (account: Account, known: Known) => {
    try {
      await ping(account);
    } catch (error) {
      // An upstream that cannot say leaves things as they are.
      if (error instanceof GatewayError && error.code === 'UNAUTHENTICATED') throw error;
    } finally {
      known.check = null;
    }
    known.goodAtMs = clock.now();
  };

  return async (account) => {
    const known = keys.get(account.id);
    if (!known) {
      // Nothing is remembered for who comes for the first time: whatever they ask asks the upstream.
      keys.set(account.id, { goodAtMs: clock.now(), check: null });
      return;
    }
    if (clock.now() - known.goodAtMs < intervalMs) return;
    await (known.check ??= ask(account, known));
  };
}
