/** `createChannels`: who listens to which channels, and what of that the connection at hand is subscribed to. */
import { forEachOf, type OnDefect } from '../process/repeat.ts';
import type { Connection } from './connection.ts';
import { RedisUnavailable, type RedisSubscription } from './redis.ts';

export interface Channels extends Disposable {
  /** Resolves when Redis has acknowledged the subscription, on this connection or on a later one. */
  listen(name: string, onMessage: (message: string) => void): Promise<RedisSubscription>;
  readonly deliver: (name: string, message: string) => void;
  /** Subscribes to all channels on a new connection. Resolves when all of them are acknowledged. */
  attach(connection: Connection): Promise<void>;
  /** The connection was lost, and what it was subscribed to. */
  detach(): void;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface Channel {
  readonly listeners: Set<(message: string) => void>;
  /** Who waits for the acknowledgement. */
  readonly waiters: Set<Waiter>;
}

export function createChannels(onDefect: OnDefect): Channels {
  const channels = new Map<string, Channel>();
  /** What the connection is subscribed to. */
  const acknowledged = new Set<string>();
  /** Channels for which this may not be what is listened to. */
  const changed = new Set<string>();
  let attached: Connection | null = null;
  let settling: Promise<void> | null = null;

  const takeWaiters = (names: Iterable<string>): readonly Waiter[] => {
    const waiters: Waiter[] = [];
    for (const name of names) {
      const channel = channels.get(name);
      if (!channel) continue;
      waiters.push(...channel.waiters);
      channel.waiters.clear();
    }
    return waiters;
  };

  const subscribe = async (connection: Connection, names: readonly string[]) => {
    try {
      await connection.subscribe(names);
    } catch (error) {
      // While Redis is away they wait for it; that it refuses is an answer.
      if (error instanceof Error && !(error instanceof RedisUnavailable))
        for (const { reject } of takeWaiters(names)) reject(error);
      throw error;
    }
    if (attached !== connection) return;
    for (const name of names) acknowledged.add(name);
    for (const { resolve } of takeWaiters(names)) resolve();
  };

  const settle = async (connection: Connection) => {
    while (attached === connection && changed.size > 0) {
      const names = [...changed];
      changed.clear();
      const missing = names.filter((name) => channels.has(name) && !acknowledged.has(name));
      const left = names.filter((name) => !channels.has(name) && acknowledged.delete(name));
      if (missing.length > 0) await subscribe(connection, missing);
      if (left.length > 0) await connection.unsubscribe(left);
    }
  };

  /** One change after the other; what changes meanwhile is seen to before it ends. */
  const settleOnce = (connection: Connection): Promise<void> =>
    (settling ??= settle(connection).finally(() => {
      settling = null;
    }));

  const change = (name: string) => {
    changed.add(name);
    // That a connection is lost is told by the connection, and that Redis refuses by the promise of who listens.
    if (attached && !settling) void settleOnce(attached).catch(() => undefined);
  };

  return {
    async listen(name, onMessage) {
      const channel = channels.get(name) ?? { listeners: new Set(), waiters: new Set() };
      channels.set(name, channel);
      channel.listeners.add(onMessage);
      const unsubscribe = () => {
        channel.listeners.delete(onMessage);
        if (channel.listeners.size > 0 || channels.get(name) !== channel) return;
        channels.delete(name);
        change(name);
      };
      if (attached && acknowledged.has(name)) return { unsubscribe };
      const isAcknowledged = new Promise<void>((resolve, reject) => {
        channel.waiters.add({ resolve, reject });
      });
      change(name);
      try {
        await isAcknowledged;
      } catch (error) {
        unsubscribe();
        throw error;
      }
      return { unsubscribe };
    },
    deliver(name, message) {
      const listeners = channels.get(name)?.listeners;
      if (listeners)
        forEachOf(
          listeners,
          (listener) => {
            listener(message);
          },
          onDefect,
        );
    },
    async attach(connection) {
      // What was under way on the connection before has failed, or is about to.
      await settling?.catch(() => undefined);
      attached = connection;
      acknowledged.clear();
      for (const name of channels.keys()) changed.add(name);
      try {
        await settleOnce(connection);
      } catch (error) {
        attached = null;
        throw error;
      }
    },
    detach() {
      attached = null;
      acknowledged.clear();
    },
    [Symbol.dispose]() {
      attached = null;
      const gone = new RedisUnavailable('Redis is not asked any more', { wasSent: false });
      for (const { reject } of takeWaiters([...channels.keys()])) reject(gone);
      channels.clear();
    },
  };
}
