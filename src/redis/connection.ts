/** `openConnection`: one connection to Redis, up to its end; what is lost is never opened again here. The only file that imports the client. */
import { createClient } from '@redis/client';
import type { Clock } from '../clock.ts';
import { watchAnswers } from './answer-watch.ts';
import { type RedisCommand, RedisRefusal, type RedisReply, RedisUnavailable } from './redis.ts';
import type { RedisAddress } from './redis-settings.ts';

export interface Connection {
  /** Rejects with a `RedisUnavailable` when the connection ends before the answer, and with a `RedisRefusal`. */
  send(command: RedisCommand): Promise<RedisReply>;
  /** Resolves when Redis has acknowledged all of them. */
  subscribe(channels: readonly string[]): Promise<void>;
  unsubscribe(channels: readonly string[]): Promise<void>;
  /** Ends it. What waits for an answer is rejected. */
  close(reason: string): void;
}

export interface ConnectionOptions {
  readonly address: RedisAddress;
  /** Certificates (PEM) that are trusted. @default those that Node.js trusts */
  readonly ca?: string | undefined;
  readonly clock: Clock;
  /** The longest wait for the connection, and then for an answer: when it is over, the connection ends. In milliseconds. */
  readonly timeoutMs: number;
  readonly onMessage: (channel: string, message: string) => void;
  /** The connection has ended, for whatever reason. Called once, and only for one that was opened. */
  readonly onClose: (reason: string) => void;
}

/** Answers that mean that another Redis has to be looked for: this one is no primary any more, or has yet to become one. */
const NOT_THE_PRIMARY: readonly string[] = ['READONLY', 'LOADING', 'MASTERDOWN'];

/** Rejects with a `RedisRefusal` when Redis lets nobody in like this, with a `RedisUnavailable` when it cannot be reached. */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { address, ca, clock, timeoutMs, onMessage } = options;
  const { host, port, isEncrypted, username, password, database } = address;
  const client = createClient({
    RESP: 2,
    database,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    // Nothing is kept for a later connection, and this client never makes one.
    disableOfflineQueue: true,
    disableClientInfo: true,
    socket: isEncrypted
      ? {
          ...{ host, port, tls: true, reconnectStrategy: false, connectTimeout: timeoutMs },
          ...(ca === undefined ? {} : { ca }),
        }
      : { host, port, reconnectStrategy: false, connectTimeout: timeoutMs },
  });
  const watch = watchAnswers(clock, timeoutMs, () => {
    end(`no answer within ${String(timeoutMs)} ms`);
  });
  let isOpen = false;
  let ended: string | null = null;
  const end = (reason: string) => {
    if (ended !== null) return;
    ended = reason;
    watch[Symbol.dispose]();
    client.destroy();
    if (isOpen) options.onClose(reason);
  };
  /** Why it has ended; null while it has not. */
  const whyEnded = (): string | null => ended;
  // Without a listener it would end the process.
  client.on('error', (error: unknown) => {
    end(reasonOf(error));
  });
  const deliver = (message: string, channel: string) => {
    onMessage(channel, message);
  };

  /** What a command is answered with, in our words. */
  const answered = async <T>(command: () => Promise<T>): Promise<T> => {
    const before = whyEnded();
    if (before !== null) throw new RedisUnavailable(`Redis is away: ${before}`, { wasSent: false });
    watch.sent();
    try {
      return await command();
    } catch (error) {
      // The connection is at its end, or the answer is an error.
      const reason = whyEnded() ?? (client.isReady ? null : reasonOf(error));
      if (reason !== null)
        throw new RedisUnavailable(`Redis is away: ${reason}`, { wasSent: true, cause: error });
      const refusal = new RedisRefusal(error instanceof Error ? error.message : String(error));
      if (!NOT_THE_PRIMARY.includes(refusal.code)) throw refusal;
      end(`it answers ${refusal.code}`);
      throw new RedisUnavailable(`Redis is away: it answers ${refusal.code}`, { wasSent: false });
    } finally {
      watch.answered();
    }
  };

  watch.sent();
  try {
    await client.connect();
  } catch (error) {
    const reason = whyEnded() ?? reasonOf(error);
    end(reason);
    if (isRefusal(error)) throw new RedisRefusal(error.message);
    throw new RedisUnavailable(`Redis is away: ${reason}`, { wasSent: false, cause: error });
  } finally {
    watch.answered();
  }
  isOpen = true;
  return {
    send: (command) => answered(() => client.sendCommand<RedisReply>(command.map(String))),
    subscribe: (channels) => answered(() => client.subscribe([...channels], deliver)),
    unsubscribe: (channels) => answered(() => client.unsubscribe([...channels], deliver)),
    close: end,
  };
}

/** Whether an error is an answer of Redis: those begin with a word in capitals. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && /^[A-Z]{2,}\b/.test(error.message) && !('code' in error);
}

/** Never the address: an error of the network quotes it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown reason';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
