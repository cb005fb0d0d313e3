/** `Redis`: what the gateway asks of Redis: commands, scripts and messages, over connections that come back by themselves. */
import { createHash } from 'node:crypto';

/** A command with its arguments, such as `['SET', key, value, 'NX', 'PX', 3_000]`. */
export type RedisCommand = readonly [name: string, ...args: readonly (string | number)[]];

/** What Redis answers, as RESP2 has it: a status is a string, what is missing is null. Nothing of it is to be trusted. */
export type RedisReply = string | number | null | readonly RedisReply[];

export interface Redis extends AsyncDisposable {
  /** Whether commands are taken at the moment. While it is false each is refused at once, and none is kept for later. */
  readonly isReady: boolean;
  /**
   * Names the history of writes that the primary goes on with: another one when a replica has become the primary, or
   * Redis was started again, which may both lack the latest writes. Empty before the first connection.
   */
  readonly history: string;
  /** The key, or channel, with this name among those of the fleet. */
  key(name: string): string;
  /**
   * Rejects with a `RedisUnavailable` when there is no connection or no answer in time, and with a `RedisRefusal` when Redis
   * answers with an error. Nothing is ever sent twice. Commands of one turn of the event loop travel together.
   */
  send(command: RedisCommand, options?: SendOptions): Promise<RedisReply>;
  /** Sends all of them together. One that is refused is a `RedisRefusal` in its place. Rejects with a `RedisUnavailable`. */
  sendAll(
    commands: readonly RedisCommand[],
    options?: SendOptions,
  ): Promise<readonly (RedisReply | RedisRefusal)[]>;
  /** Runs a script by its digest, and by its source where Redis does not know it yet. Rejects as `send` does. */
  run(script: RedisScript, call: ScriptCall, options?: SendOptions): Promise<RedisReply>;
  /**
   * Calls `onMessage` with what is published to a channel, from when Redis has acknowledged that it is subscribed to, which
   * this waits for: what is published while the connection is away is lost, which `onReconnect` tells. While it is away the
   * channel is subscribed to as soon as it is back, and this rejects with a `RedisUnavailable` only when it is disposed.
   */
  subscribe(channel: string, onMessage: (message: string) => void): Promise<RedisSubscription>;
  /**
   * Calls `listener` whenever both connections are there again after either was lost, and all channels are subscribed to
   * again: what was published in between was lost. What it answers ends that.
   */
  onReconnect(listener: () => void): () => void;
  /** Calls `listener` when commands are refused from now on. What it answers ends that. */
  onDisconnect(listener: () => void): () => void;
}

export interface SendOptions {
  /** The longest wait for an answer, in milliseconds. @default REDIS_COMMAND_TIMEOUT_MS */
  readonly timeoutMs?: number;
}

export interface RedisScript {
  /** In Lua. */
  readonly source: string;
  /** The SHA-1 of the source, by which Redis knows it. */
  readonly digest: string;
}

export interface ScriptCall {
  /** Whole keys, as `key` answers them. */
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
}

export interface RedisSubscription {
  /** No message is delivered from now on. */
  unsubscribe(): void;
}

export function createScript(source: string): RedisScript {
  return { source, digest: createHash('sha1').update(source).digest('hex') };
}

/** Redis did not answer. Its message names no address and quotes no command. */
export class RedisUnavailable extends Error {
  /** Whether the command was sent, and so may have been executed. */
  readonly wasSent: boolean;

  constructor(message: string, options: { readonly wasSent: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'RedisUnavailable';
    this.wasSent = options.wasSent;
  }
}

/** Redis answered with an error: the command was not executed, or a script not to its end. */
export class RedisRefusal extends Error {
  /** The first word of the answer, such as `NOPERM`, `READONLY` or `OOM`. */
  readonly code: string;

  constructor(message: string) {
    super(message);
    this.name = 'RedisRefusal';
    this.code = /^[A-Z]+\b/.exec(message)?.[0] ?? 'ERR';
  }
}

/** A Redis that answers, and cannot be used, with every reason. Each is the end of the sentence "REDIS_URL is …". */
export class UnusableRedis extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Redis cannot be used: ${problems.join('; ')}`);
    this.name = 'UnusableRedis';
    this.problems = problems;
  }
}
