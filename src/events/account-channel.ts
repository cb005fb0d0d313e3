/** `createAccountChannel`: what replicas tell each other of things of an account, so that nobody else can read or make it. */
import type { Redis, RedisSubscription } from '../redis/redis.ts';
import type { LogCipher } from './log-cipher.ts';

export interface AccountChannel<M> extends AsyncDisposable {
  /** Resolves when the others are told, or cannot be. */
  send(accountId: string, message: M): Promise<void>;
  /** Calls `listener` with what other replicas send about the account. Disposing it ends that. */
  listen(accountId: string, listener: (message: M) => void): Disposable;
}

export interface AccountChannelOptions<M> {
  readonly redis: Redis;
  readonly cipher: LogCipher;
  /** Also the place of its messages, for the cipher. */
  readonly name: string;
  /** The name of this replica, never given twice. */
  readonly replica: string;
  readonly isMessage: (value: unknown) => value is M;
}

/** The longest that the answer to a mutation waits until the others are told. */
const SEND_TIMEOUT_MS = 250;

export function createAccountChannel<M>(options: AccountChannelOptions<M>): AccountChannel<M> {
  const { redis, cipher, name, replica, isMessage } = options;
  const channel = redis.key(name);
  const listeners = new Map<string, Set<(message: M) => void>>();
  const subscription = redis.subscribe(channel, (text) => {
    const sent = cipher.open(name, text);
    if (typeof sent !== 'object' || sent === null) return;
    const { accountId, by, message } = sent as Readonly<Record<string, unknown>>;
    if (typeof accountId !== 'string' || by === replica || !isMessage(message)) return;
    for (const listener of listeners.get(accountId) ?? []) listener(message);
  });
  subscription.catch(() => undefined);

  return {
    async send(accountId, message) {
      const text = cipher.close(name, { accountId, by: replica, message });
      await redis.send(['PUBLISH', channel, text], { timeoutMs: SEND_TIMEOUT_MS }).catch(() => null);
    },
    listen(accountId, listener) {
      const ofAccount = listeners.get(accountId) ?? new Set();
      listeners.set(accountId, ofAccount.add(listener));
      return {
        [Symbol.dispose]: () => {
          ofAccount.delete(listener);
          if (ofAccount.size === 0 && listeners.get(accountId) === ofAccount) listeners.delete(accountId);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      listeners.clear();
      await endOf(subscription);
    },
  };
}

async function endOf(subscription: Promise<RedisSubscription>): Promise<void> {
  // One that Redis has not acknowledged yet ends with the connection.
  const subscribed = await Promise.race([subscription.catch(() => null), Promise.resolve(null)]);
  subscribed?.unsubscribe();
}
