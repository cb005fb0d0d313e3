/** Where sentinels watch Redis, replicas follow it to the primary that these choose. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import {
  benchmarkRunEvents as told,
  changesIn as changes,
  followBenchmarkRun,
} from '../support/benchmark-stream.ts';
import { createFleet } from '../support/fleet.ts';
import { createFolder } from '../support/folder.ts';
import { freePort, sendTo, startRedisServer } from '../support/redis.ts';
import { FAST_POLLS } from '../support/subscriptions.ts';

/** A primary and its replica, watched by one sentinel that is quick to believe that the primary is gone. */
async function startWatchedPair() {
  const folder = await createFolder();
  const primary = await startRedisServer(['--dir', folder.path]);
  const replica = await startRedisServer([
    '--dir',
    folder.path,
    '--replicaof',
    '127.0.0.1',
    String(primary.port),
  ]);
  const port = await freePort();
  const file = await folder.write(
    'sentinel.conf',
    `port ${String(port)}
bind 127.0.0.1
dir ${folder.path}
sentinel monitor mymaster 127.0.0.1 ${String(primary.port)} 1
sentinel down-after-milliseconds mymaster 300
sentinel failover-timeout mymaster 2000
`,
  );
  const sentinel = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  const ended = once(sentinel, 'exit');
  const host = `127.0.0.1:${String(port)}`;
  await expect
    .poll(async () => String(await sendTo(`redis://${host}`, ['INFO', 'sentinel']).catch(() => '')), {
      timeout: 20_000,
    })
    .toMatch(/status=ok.*slaves=1/);
  return {
    ...{ host, primary, replica },
    async [Symbol.asyncDispose]() {
      sentinel.kill('SIGKILL');
      await ended;
      await replica[Symbol.asyncDispose]();
      await primary[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('a Redis that sentinels watch', { timeout: 90_000 }, () => {
  it('is found by them, also after another one has become the primary', async () => {
    await using pair = await startWatchedPair();
    const nowhere = `127.0.0.1:${String(await freePort())}`;
    await using fleet = await createFleet({
      env: {
        ...FAST_POLLS,
        REDIS_URL: 'redis://mymaster',
        REDIS_SENTINELS: `${nowhere}, ${pair.host}`,
        REDIS_COMMAND_TIMEOUT_MS: '1000',
      },
    });
    const run = fleet.world.insert.benchmarkRun();
    const rows = Array.from({ length: 2 }, () =>
      fleet.world.insert.scenarioRun({ benchmark_run_id: run.id }),
    );
    const [one, two] = [await fleet.start(), await fleet.start()];
    using here = await followBenchmarkRun(one.url, { id: run.id });
    await here.received(1);
    using there = await followBenchmarkRun(two.url, { id: run.id });
    await there.received(1);
    const move = async (index: number) => {
      fleet.world.scenarioRuns.update(rows[index]?.id ?? '', { state: 'scoring' });
      for (const stream of [here, there])
        await expect
          .poll(() => changes(stream).at(-1), { timeout: 20_000 })
          .toBe(`${rows[index]?.id ?? ''} SCORING`);
    };
    await move(0);
    await pair.primary.kill();
    for (const stream of [here, there])
      await expect
        .poll(() => told(stream).filter(({ kind }) => kind === 'SNAPSHOT').length, { timeout: 40_000 })
        .toBe(2);
    await move(1);

    expect(changes(here)).toEqual(changes(there));
    expect(changes(here)).toHaveLength(2);
  });

  it('stops the start by a name that they do not know', async () => {
    await using pair = await startWatchedPair();
    const config = loadConfig({
      ...{ PORT: '0', RUNLOOP_API_KEY: 'ak_1', GATEWAY_SECRET: 's'.repeat(32) },
      ...{ REDIS_URL: 'redis://other', REDIS_SENTINELS: pair.host },
    });

    await expect(createGateway(config)).rejects.toThrow(
      'REDIS_URL is at a primary "other" that the sentinels of REDIS_SENTINELS do not know, expected the name of one that they watch as its host',
    );
  });

  it('is named by host and port of each sentinel', () => {
    const sentinelsOf = (text: string) =>
      loadConfig({ GATEWAY_SECRET: 's'.repeat(32), REDIS_URL: 'redis://mymaster', REDIS_SENTINELS: text })
        .redis?.sentinels;

    expect(sentinelsOf('a:26379, [::1]:1')).toEqual([
      { host: 'a', port: 26_379 },
      { host: '::1', port: 1 },
    ]);
    for (const wrong of ['a', 'a:26379,', 'redis://a:1'])
      expect(() => sentinelsOf(wrong)).toThrow(
        `REDIS_SENTINELS is "${wrong}", expected host:port, with commas between several`,
      );
  });
});
