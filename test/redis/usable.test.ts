/** What of a Redis, and of the settings that name one, stops the start, and what is only warned of. */
import { describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import { dangersOf } from '../../src/composition/dangers.ts';
import { createGateway } from '../../src/gateway.ts';
import { SETTINGS } from '../../src/settings/settings.ts';
import { createFolder } from '../support/folder.ts';
import { createRecordingLog } from '../support/log.ts';
import { freePort, sendTo, startRedisServer } from '../support/redis.ts';
import { bulk, startStubRedis } from './stub-redis.ts';

const SECRET = 's'.repeat(32);

/** Starts a gateway with these settings and ends it: what was wrong with them, and what it has written. */
async function start(env: Readonly<Record<string, string>>) {
  const record = createRecordingLog();
  try {
    const config = loadConfig({ PORT: '0', RUNLOOP_API_KEY: 'ak_1', ...env });
    await using gateway = await createGateway(config, { log: record.log });
    return { problems: [], text: record.text(), gateway };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems, text: record.text() };
    throw error;
  }
}

describe('the secret', () => {
  it.each([
    ['is too short', { GATEWAY_SECRET: 'x'.repeat(31) }],
    ['is too short behind a good one', { GATEWAY_SECRET: `${SECRET},short` }],
    ['is none', { GATEWAY_SECRET: ' , \n' }],
    ['is too short beside a Redis', { GATEWAY_SECRET: 'short', REDIS_URL: 'redis://127.0.0.1' }],
  ])('stops the start when it %s, and is not quoted', async (_fact, env) => {
    expect((await start(env)).problems).toEqual([
      'GATEWAY_SECRET is not usable, expected secrets of at least 32 bytes such as `openssl rand -base64 32` prints, with commas or line breaks between them',
    ]);
  });

  it('is needed with REDIS_URL', async () => {
    expect((await start({ REDIS_URL: 'redis://127.0.0.1' })).problems).toEqual([
      `GATEWAY_SECRET is not set, expected ${SETTINGS.GATEWAY_SECRET.expects}: with REDIS_URL all replicas need the same, to name accounts alike and to recognise what another one has signed`,
    ]);
  });

  it('may be several, with commas or line breaks between them, and stand in a file', async () => {
    const other = 't'.repeat(40);
    const text = ` ${SECRET}\n${other},${SECRET} \n`;
    await using folder = await createFolder();
    const secrets = [SECRET, other, SECRET];

    expect(loadConfig({ GATEWAY_SECRET: text }).secrets).toEqual(secrets);
    expect(loadConfig({ GATEWAY_SECRET_FILE: await folder.write('secret', text) }).secrets).toEqual(secrets);
  });
});

describe('REDIS_URL', () => {
  it('says user, password, database and encryption', () => {
    const addressOf = (url: string) => loadConfig({ GATEWAY_SECRET: SECRET, REDIS_URL: url }).redis?.address;

    expect(addressOf('redis://10.0.0.5')).toEqual({
      host: '10.0.0.5',
      port: 6379,
      isEncrypted: false,
      username: undefined,
      password: undefined,
      database: 0,
    });
    expect(addressOf('rediss://gateway:p%40ss@[::1]:7000/3')).toEqual({
      host: '::1',
      port: 7000,
      isEncrypted: true,
      username: 'gateway',
      password: 'p@ss',
      database: 3,
    });
  });

  it.each([
    'http://host',
    'host:6379',
    'redis://',
    'redis://host/x',
    'redis://host?db=1',
    'redis://u:%zz@host',
  ])('is refused as %s, and not quoted', async (url) => {
    expect((await start({ GATEWAY_SECRET: SECRET, REDIS_URL: url })).problems).toEqual([
      'REDIS_URL is not usable, expected a redis:// or rediss:// URL such as redis://user:password@host:6379/0, without query and fragment',
    ]);
  });
});

describe('a Redis', () => {
  const startWith = (url: string, env: Readonly<Record<string, string>> = {}) =>
    start({ GATEWAY_SECRET: SECRET, REDIS_URL: url, ...env });

  it('is used', async () => {
    await using server = await startRedisServer();
    const { problems, text } = await startWith(server.url);

    expect(problems).toEqual([]);
    expect(text).toContain('"event":"redis.connected"');
    expect(text).not.toContain('config.dangerous');
  });

  it('older than 7 is refused', async () => {
    await using server = await startStubRedis(([name = '']) =>
      name === 'INFO' ? bulk('# Server\r\nredis_version:6.2.14\r\nredis_mode:standalone\r\n') : '+OK\r\n',
    );

    expect((await startWith(server.url)).problems).toEqual([
      'REDIS_URL is a Redis 6.2.14, expected 7 or later',
    ]);
  });

  it('that is a node of a cluster is refused', async () => {
    await using folder = await createFolder();
    await using server = await startRedisServer(['--cluster-enabled', 'yes', '--dir', folder.path]);

    expect((await startWith(server.url)).problems).toEqual([
      'REDIS_URL is a node of a Redis Cluster, expected a Redis with a single primary',
    ]);
  });

  it('that does not let its user run a command, or touch our keys, is refused by the name of the command', async () => {
    await using server = await startRedisServer();
    const userMay = (...rules: readonly string[]) =>
      sendTo(server.url, ['ACL', 'SETUSER', 'gateway', 'reset', 'on', '>word', ...rules]);
    const url = server.url.replace('//', '//gateway:word@');

    await userMay('~runloop-graphql:*', '&runloop-graphql:*', '+@all', '-publish', '-evalsha');
    expect((await startWith(url)).problems).toEqual([
      'REDIS_URL is a Redis whose user may not run EVALSHA, PUBLISH on keys and channels that begin with "runloop-graphql:", expected one who may',
    ]);
    await userMay('~other:*', '&*', '+@all', '-info');
    expect((await startWith(url)).problems).toEqual([
      'REDIS_URL is a Redis whose user may not run INFO, expected one who may',
    ]);
    await userMay('~runloop-graphql:*', '&*', '+@all');
    expect((await startWith(url, { REDIS_KEY_PREFIX: 'other:' })).problems[0]).toMatch(
      /may not run SET, GET, .* on keys and channels that begin with "other:"/,
    );
    await userMay('~runloop-graphql:*', '&runloop-graphql:*', '+@all', '-@admin', '-@dangerous', '+info');
    expect((await startWith(url)).problems).toEqual([]);
  });

  it('that does not accept the password is refused, without a word of it', async () => {
    await using server = await startRedisServer(['--requirepass', 'the-password']);
    const { problems, text } = await startWith(server.url.replace('//', '//:canary-password@'));

    expect(problems).toEqual([
      'REDIS_URL is refused, expected a user and a password that Redis accepts (WRONGPASS)',
    ]);
    expect(text).not.toContain('canary');
    expect((await startWith(server.url)).problems).toEqual([
      'REDIS_URL is refused, expected a user and a password that Redis accepts (NOAUTH)',
    ]);
    expect((await startWith(server.url.replace('//', '//:the-password@'))).problems).toEqual([]);
  });

  it('that evicts keys is warned of', async () => {
    await using server = await startRedisServer(['--maxmemory-policy', 'allkeys-lru']);
    const { problems, text } = await startWith(server.url);

    expect(problems).toEqual([]);
    expect(text).toContain('maxmemory-policy \\"allkeys-lru\\"');
  });

  it('that does not answer stops the start only where it has to', async () => {
    const url = `redis://:canary-password@127.0.0.1:${String(await freePort())}`;
    const { problems, text } = await startWith(url);

    expect(problems).toEqual([]);
    expect(text).toContain('"reason":"Redis is away: ECONNREFUSED"');
    expect((await startWith(url, { REDIS_REQUIRED_TO_START: 'on' })).problems).toEqual([
      'REDIS_URL does not answer, expected a Redis that does with REDIS_REQUIRED_TO_START=on (Redis is away: ECONNREFUSED)',
    ]);
    expect(text).not.toContain('canary');
  });

  it('that does not answer at the start is used as soon as it does', async () => {
    await using server = await startRedisServer();
    await server.kill();
    const record = createRecordingLog();
    const config = loadConfig({
      PORT: '0',
      RUNLOOP_API_KEY: 'ak_1',
      GATEWAY_SECRET: SECRET,
      REDIS_URL: server.url,
    });
    await using gateway = await createGateway(config, { log: record.log });
    expect(gateway.log).toBe(record.log);
    expect(record.text()).not.toContain('redis.connected');
    await server.start();

    await vi.waitFor(
      () => {
        expect(record.text()).toContain('redis.connected');
      },
      { timeout: 10_000 },
    );
  });
});

describe('the simulator of each replica', () => {
  it('is warned of: each plays a world of its own', async () => {
    const config = loadConfig({ REDIS_URL: 'redis://127.0.0.1', GATEWAY_SECRET: SECRET });

    expect((await dangersOf(config, null)).map(({ of }) => of)).toEqual([{ setting: 'REDIS_URL' }]);
  });
});
