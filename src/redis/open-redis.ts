/** `openRedis`: the connections of a replica to Redis, one for commands and one for messages. */
import type { Clock } from '../clock.ts';
import { type OnDefect, repeat } from '../process/repeat.ts';
import { createChannels } from './channels.ts';
import { checkHistory, checkServer } from './check-server.ts';
import { type Connection, openConnection } from './connection.ts';
import { createFindPrimary } from './find-primary.ts';
import { createReconnectingConnection } from './reconnecting-connection.ts';
import {
  type Redis,
  type RedisCommand,
  RedisRefusal,
  type RedisReply,
  RedisUnavailable,
  type SendOptions,
} from './redis.ts';
import type { RedisSettings } from './redis-settings.ts';

export interface RedisObserver {
  /** The connections are there: for the first time, or again. */
  connected(): void;
  /** A connection was lost. */
  lost(reason: string): void;
  /** An attempt to connect has failed; another one follows. */
  failed(error: unknown): void;
  /** What works for now, and should be otherwise. */
  warn(warning: string): void;
  readonly onDefect: OnDefect;
}

export interface RedisOptions {
  readonly settings: Pick<RedisSettings, 'address' | 'keyPrefix' | 'commandTimeoutMs'> &
    Partial<Pick<RedisSettings, 'sentinels'>>;
  /** Certificates (PEM) that are trusted. @default those that Node.js trusts */
  readonly ca?: string | undefined;
  /** That of the machine: Redis is on the network, whatever time it is for others. */
  readonly clock: Clock;
  readonly random: () => number;
  readonly observer: RedisObserver;
}

/** Redis, and what came of the first attempt to reach it. */
export interface OpenedRedis extends Redis {
  /** Rejects with an `UnusableRedis`, a `RedisRefusal` or a `RedisUnavailable`. Attempts go on either way. */
  readonly firstAttempt: Promise<void>;
}

/** How often both connections are asked for a sign of life, in milliseconds. */
const PROBE_MS = 5_000;

export function openRedis({ settings, ca, clock, random, observer }: RedisOptions): OpenedRedis {
  const { keyPrefix, commandTimeoutMs: timeoutMs } = settings;
  const findPrimary = createFindPrimary({ ...settings, ca, clock });
  const channels = createChannels(observer.onDefect);
  const reconnectListeners = new Set<() => void>();
  const disconnectListeners = new Set<() => void>();
  const stopped = new AbortController();
  /** Whether both connections are there. */
  let isWhole = false;
  let history = '';

  const call = (listeners: Iterable<() => void>) => {
    for (const listener of [...listeners]) {
      try {
        listener();
      } catch (error) {
        observer.onDefect(error);
      }
    }
  };
  const onReady = () => {
    if (isWhole || !commands.current || !messages.current) return;
    isWhole = true;
    observer.connected();
    call(reconnectListeners);
  };
  const onLost = (reason: string) => {
    isWhole = false;
    observer.lost(reason);
  };
  const warned = new Set<string>();
  const keep = (given: {
    readonly prepare: (connection: Connection) => Promise<void>;
    readonly onLost: (reason: string) => void;
  }) =>
    createReconnectingConnection({
      clock,
      random,
      onReady,
      onFailed: (error) => {
        observer.failed(error);
      },
      onLost: given.onLost,
      open: async (onClose) => {
        const connection = await openConnection({
          address: await findPrimary(),
          ca,
          clock,
          timeoutMs,
          onClose,
          onMessage: channels.deliver,
        });
        try {
          await given.prepare(connection);
        } catch (error) {
          connection.close('it cannot be used');
          throw error;
        }
        return connection;
      },
    });
  const commands = keep({
    prepare: async (connection) => {
      const facts = await checkServer(connection, keyPrefix);
      const { warnings } = facts;
      ({ history } = facts);
      for (const warning of warnings) if (!warned.has(warning)) observer.warn(warning);
      for (const warning of warnings) warned.add(warning);
    },
    onLost: (reason) => {
      onLost(reason);
      call(disconnectListeners);
    },
  });
  const messages = keep({
    prepare: (connection) => channels.attach(connection),
    onLost: (reason) => {
      channels.detach();
      onLost(reason);
    },
  });
  void repeat({
    clock,
    waitMs: () => PROBE_MS,
    run: async () => {
      // A connection that does not answer ends by itself.
      await Promise.allSettled([probe(commands.current), messages.current?.send(['PING'])]);
    },
    signal: stopped.signal,
    onDefect: observer.onDefect,
  });

  const probe = async (connection: Connection | null) => {
    if (!connection) return;
    try {
      await checkHistory(connection, history);
    } catch (error) {
      connection.close(error instanceof RedisUnavailable ? error.message : 'it cannot be used');
    }
  };

  const send = (command: RedisCommand, options: SendOptions = {}): Promise<RedisReply> => {
    const connection = commands.current;
    if (!connection) return Promise.reject(new RedisUnavailable('Redis is away', { wasSent: false }));
    const reply = connection.send(command);
    return options.timeoutMs === undefined || options.timeoutMs >= timeoutMs
      ? reply
      : within(clock, options.timeoutMs, reply);
  };

  return {
    firstAttempt: Promise.all([commands.firstAttempt, messages.firstAttempt]).then(() => undefined),
    get isReady() {
      return commands.current !== null;
    },
    get history() {
      return history;
    },
    key: (name) => keyPrefix + name,
    send,
    sendAll: (all, options) =>
      Promise.all(
        all.map((command) =>
          send(command, options).catch((error: unknown) => {
            if (error instanceof RedisRefusal) return error;
            throw error;
          }),
        ),
      ),
    run: async ({ source, digest }, { keys, args }, options) => {
      try {
        return await send(['EVALSHA', digest, keys.length, ...keys, ...args], options);
      } catch (error) {
        if (!(error instanceof RedisRefusal) || error.code !== 'NOSCRIPT') throw error;
        return await send(['EVAL', source, keys.length, ...keys, ...args], options);
      }
    },
    subscribe: (channel, onMessage) => channels.listen(channel, onMessage),
    onReconnect: listenTo(reconnectListeners),
    onDisconnect: listenTo(disconnectListeners),
    [Symbol.asyncDispose]: () => {
      stopped.abort(new Error('Redis is not asked any more'));
      commands[Symbol.dispose]();
      messages[Symbol.dispose]();
      channels[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

function listenTo(listeners: Set<() => void>): (listener: () => void) => () => void {
  return (listener) => {
    // Of its own, so that one that is given twice is called twice.
    const listening = () => {
      listener();
    };
    listeners.add(listening);
    return () => {
      listeners.delete(listening);
    };
  };
}

/** Rejects with a `RedisUnavailable` when the answer takes longer than it may; what comes then is not looked at. */
function within(clock: Clock, ms: number, reply: Promise<RedisReply>): Promise<RedisReply> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => {
      // An answer may have come while this process was busy with something else: it is read before the next turn.
      clock.nextTurn(() => {
        reject(new RedisUnavailable(`Redis has not answered within ${String(ms)} ms`, { wasSent: true }));
      });
    });
    void reply.then(resolve, reject).finally(cancel);
  });
}
