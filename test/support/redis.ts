/** A real Redis for tests: the one of REDIS_URL, one that answers on this machine, or one that is started, with names of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemClock } from '../../src/clock.ts';
import { openConnection } from '../../src/redis/connection.ts';
import { type OpenedRedis, openRedis, type RedisObserver } from '../../src/redis/open-redis.ts';
import type { RedisCommand, RedisReply } from '../../src/redis/redis.ts';
import type { RedisAddress } from '../../src/redis/redis-settings.ts';

export interface TestRedis extends OpenedRedis {
  /** What has been observed so far, such as `lost ECONNRESET`. */
  readonly observed: readonly string[];
}

export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** That of the process which was started last. */
  readonly pid: number;
  /** Stops to answer, with all connections open. */
  pause(): void;
  resume(): void;
  kill(): Promise<void>;
  /** Starts again on the same port, empty. */
  start(): Promise<void>;
}

/** Where to find a Redis that outlives the test. Names of tests that share it begin with `randomPrefix()`. */
export async function sharedRedisUrl(): Promise<string> {
  const given = process.env['REDIS_URL'];
  if (given !== undefined && given !== '') return given;
  return await (shared ??= findOrStart());
}

export function randomPrefix(): string {
  return `test-${randomUUID()}:`;
}

/** The connections of one replica. Names begin with `prefix`; what has it is deleted by whoever made it. */
export async function openTestRedis(
  given: {
    readonly url?: string;
    readonly prefix?: string;
    readonly commandTimeoutMs?: number;
    readonly observer?: Partial<RedisObserver>;
  } = {},
): Promise<TestRedis> {
  const observed: string[] = [];
  const redis = openRedis({
    settings: {
      address: addressOf(given.url ?? (await sharedRedisUrl())),
      keyPrefix: given.prefix ?? randomPrefix(),
      commandTimeoutMs: given.commandTimeoutMs ?? 5_000,
    },
    clock: createSystemClock(),
    random: Math.random,
    observer: {
      connected: () => observed.push('connected'),
      lost: (reason) => observed.push(`lost ${reason}`),
      failed: (error) => observed.push(`failed ${String(error)}`),
      warn: (warning) => observed.push(`warn ${warning}`),
      onDefect: (error) => observed.push(`defect ${String(error)}`),
      ...given.observer,
    },
  });
  return Object.assign(redis, { observed });
}

/** Sends one command over a connection of its own, whatever this Redis is. */
export async function sendTo(url: string, command: RedisCommand): Promise<RedisReply> {
  const connection = await openConnection({
    address: addressOf(url),
    clock: createSystemClock(),
    timeoutMs: 5_000,
    onMessage: () => undefined,
    onClose: () => undefined,
  });
  try {
    return await connection.send(command);
  } finally {
    connection.close('it has been answered');
  }
}

/** A Redis for one test alone, which may stop it. */
export async function startRedisServer(args: readonly string[] = []): Promise<RedisServer> {
  const port = await freePort();
  let child = await spawnServer(port, args);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    port,
    get pid() {
      return child.pid ?? 0;
    },
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    kill,
    start: async () => {
      child = await spawnServer(port, args);
    },
    [Symbol.asyncDispose]: kill,
  };
}

let shared: Promise<string> | undefined;

async function findOrStart(): Promise<string> {
  const usual = 'redis://127.0.0.1:6379';
  if (await answers(usual)) return usual;
  const port = await freePort();
  const child = await spawnServer(port, []);
  child.unref();
  process.once('exit', () => child.kill('SIGKILL'));
  return `redis://127.0.0.1:${String(port)}`;
}

async function answers(url: string): Promise<boolean> {
  await using redis = await openTestRedis({ url });
  try {
    await redis.firstAttempt;
    return true;
  } catch {
    return false;
  }
}

function addressOf(url: string): RedisAddress {
  const { hostname, port, username, password, pathname, protocol } = new URL(url);
  return {
    host: hostname,
    port: Number(port || 6379),
    isEncrypted: protocol === 'rediss:',
    username: username === '' ? undefined : decodeURIComponent(username),
    password: password === '' ? undefined : decodeURIComponent(password),
    database: Number(pathname.slice(1)),
  };
}

/** Resolves when it accepts connections. */
async function spawnServer(port: number, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1', ...args],
    { stdio: 'ignore' },
  );
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('error', reject).once('exit', (code) => {
      reject(new Error(`redis-server ${args.join(' ')} has ended with ${String(code)}`));
    });
  });
  // It ends with each test.
  ended.catch(() => undefined);
  while (!(await Promise.race([accepts(port), ended]))) await sleep(10);
  return child;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
