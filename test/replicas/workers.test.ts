/** Several workers on one port, as real processes: each is a replica, and all of them begin and end together. */
import { readFileSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { changesIn, followBenchmarkRun } from '../support/benchmark-stream.ts';
import type { EventStream } from '../support/event-stream.ts';
import { createFolder } from '../support/folder.ts';
import { TEST_KEY } from '../support/gateway.ts';
import { type GatewayProcess, startProcess } from '../support/process.ts';
import { freePort, randomPrefix, sharedRedisUrl } from '../support/redis.ts';

const DEPTH_4 = '{ scenarioRuns(first: 1) { nodes { id scenario { id } } } }';

const SECRET = 'a secret of thirty-two bytes or more that workers share';

async function startWorkers(
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<GatewayProcess> {
  const settings = {
    WORKERS: '2',
    PORT: '0',
    SIMULATOR_PORT: '0',
    METRICS: 'on',
    REDIS_URL: await sharedRedisUrl(),
    REDIS_KEY_PREFIX: randomPrefix(),
    REDIS_COMMAND_TIMEOUT_MS: '10000',
    GATEWAY_SECRET: SECRET,
    ...env,
  };
  return startProcess(settings, [], cwd);
}

/** On a connection of its own: connections are dealt out in turn. */
function fetchApart(url: string, body?: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json' };
    const sent = request(url, { agent: false, method: body === undefined ? 'GET' : 'POST', headers });
    sent.once('error', reject).once('response', (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (more: string) => (text += more))
        .once('end', () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
    });
    sent.end(body);
  });
}

async function ask(url: string, query: string, variables: Readonly<Record<string, unknown>> = {}) {
  const { text } = await fetchApart(`${url}/graphql`, JSON.stringify({ query, variables }));
  return (JSON.parse(text) as { data: unknown }).data;
}

/** What each worker has counted, in all series of this name that have the label. */
async function measured(url: string, name: string, label = ''): Promise<Readonly<Record<string, number>>> {
  const { text } = await fetchApart(`${url}/metrics`);
  const sums: Record<string, number> = {};
  const found = text.matchAll(new RegExp(`^${name}\\{(.*,)?worker="(\\d+)"\\} (\\S+)$`, 'gm'));
  for (const [, labels = '', worker = '', value] of found)
    if (labels.includes(label)) sums[worker] = (sums[worker] ?? 0) + Number(value);
  return sums;
}

function pidsOf({ child: { pid } }: GatewayProcess): readonly number[] {
  const text = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8');
  return text.trim().split(' ').filter(Boolean).map(Number);
}

function lines(gateway: GatewayProcess): readonly Readonly<Record<string, unknown>>[] {
  return gateway
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('workers on one port', { timeout: 60_000 }, () => {
  let gateway: GatewayProcess;
  let url: string;
  beforeAll(async () => {
    gateway = await startWorkers();
    url = await gateway.ready();
  }, 30_000);
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  it('are said to have started once, and each names itself in its lines', () => {
    const started = lines(gateway).filter(({ event }) => event === 'process.started');
    expect(started).toMatchObject([{ url, workers: 2 }]);
    expect(gateway.output().match(/^GraphiQL /gm)).toHaveLength(1);
    const connected = lines(gateway).filter(({ event }) => event === 'redis.connected');
    expect(connected.map(({ worker }) => worker).sort()).toEqual([1, 2]);
    // What of the settings is dangerous is the same for all.
    expect(lines(gateway).filter(({ event }) => event === 'config.dangerous')).toEqual([]);
  });

  it('share the requests, one embedded simulator, and what a mutation has done', async () => {
    const found = await ask(url, '{ scenarioRuns(first: 1, filter: { state: RUNNING }) { nodes { id } } }');
    const { id } = (found as { scenarioRuns: { nodes: [{ id: string }] } }).scenarioRuns.nodes[0];
    const state = async () => {
      const data = await ask(url, 'query Look($id: ID!) { scenarioRun(id: $id) { state } }', { id });
      return (data as { scenarioRun: { state: string } }).scenarioRun.state;
    };
    for (let times = 0; times < 4; times++) expect(await state()).toBe('RUNNING');
    await ask(url, 'mutation($id: ID!) { cancelScenarioRun(id: $id) { __typename } }', { id });
    for (let times = 0; times < 6; times++) expect(await state()).toBe('CANCELED');

    const counts = await measured(
      url,
      'runloop_graphql_operation_duration_seconds_count',
      'operation="Look"',
    );
    expect(Object.keys(counts)).toEqual(['1', '2']);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(10);
  });

  it('are measured together, whichever of them is asked, and each metric is described once', async () => {
    for (let times = 0; times < 4; times++) {
      const { text } = await fetchApart(`${url}/metrics`);
      expect(text.match(/^# TYPE runloop_graphql_build_info /gm)).toHaveLength(1);
      expect(text.match(/^process_resident_memory_bytes\{worker="\d"\}/gm)).toHaveLength(2);
    }
    expect(await measured(url, 'runloop_graphql_build_info')).toEqual({ 1: 1, 2: 1 });
  });

  it('that die are started again', async () => {
    const [first = 0, second = 0] = pidsOf(gateway);
    process.kill(first, 'SIGKILL');
    await expect
      .poll(() => lines(gateway).filter(({ event }) => event === 'worker.restarted'), { timeout: 20_000 })
      .toHaveLength(1);

    const ended = lines(gateway).find(({ event }) => event === 'worker.ended');
    expect(ended).toMatchObject({ worker: 1, how: 'SIGKILL', restartInMs: 250 });
    expect(pidsOf(gateway)).toHaveLength(2);
    expect(pidsOf(gateway)).toContain(second);
    expect(pidsOf(gateway)).not.toContain(first);
    await expect.poll(() => measured(url, 'runloop_graphql_build_info')).toEqual({ 1: 1, 2: 1 });
    expect(await measured(url, 'runloop_graphql_worker_restarts_total')).toEqual({ 1: 1 });
    for (let times = 0; times < 4; times++)
      expect(await ask(url, '{ __typename }')).toEqual({ __typename: 'Query' });
  });
});

describe('a thing that is followed at two workers', { timeout: 60_000 }, () => {
  it('is polled by one of them, and its followers go on when that one dies', async () => {
    const calls: string[] = [];
    await using simulator = await startSimulator({
      host: '127.0.0.1',
      port: 0,
      clock: createSystemClock(),
      seed: 1,
      speed: 0,
      size: 'empty',
      maxScenarioRuns: 1_000,
      onRequest: ({ path }) => calls.push(path),
    });
    await using gateway = await startWorkers({
      RUNLOOP_BASE_URL: simulator.url,
      RUNLOOP_API_KEY: TEST_KEY,
      LIVE_POLL_INTERVAL_MS: '100',
      LIVE_IDLE_POLL_INTERVAL_MS: '100',
    });
    const url = await gateway.ready();
    const world = simulator.world();
    const run = world.insert.benchmarkRun();
    const rows = Array.from({ length: 4 }, () => world.insert.scenarioRun({ benchmark_run_id: run.id }));
    const streams: EventStream[] = [];
    try {
      for (let times = 0; times < 4; times++) streams.push(await followBenchmarkRun(url, { id: run.id }));
      for (const stream of streams) await stream.received(1);
      expect(Object.values(await measured(url, 'runloop_graphql_watchers'))).toEqual([1, 1]);
      const move = (index: number) => {
        world.scenarioRuns.update(rows[index]?.id ?? '', { state: 'scoring' });
      };
      move(0);
      for (const stream of streams) await expect.poll(() => changesIn(stream)).toHaveLength(1);
      calls.length = 0;
      await expect.poll(() => calls.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(20);
      // The first read of each is one that somebody waits for.
      const polls = await measured(
        url,
        'runloop_graphql_upstream_call_duration_seconds_count',
        'cause="poll"',
      );
      expect(Object.keys(polls)).toHaveLength(1);

      process.kill(pidsOf(gateway)[Number(Object.keys(polls)[0]) - 1] ?? 0, 'SIGKILL');
      move(1);
      await expect
        .poll(() => streams.filter((stream) => changesIn(stream).length === 2).length, { timeout: 10_000 })
        .toBe(2);
    } finally {
      for (const stream of streams) stream[Symbol.dispose]();
    }
  });
});

describe('the process with workers', { timeout: 60_000 }, () => {
  it('ends with exit code 0 at SIGTERM, when all of its workers have left', async () => {
    await using gateway = await startWorkers({ SHUTDOWN_DELAY_MS: '60000' });
    const url = await gateway.ready();
    const pids = pidsOf(gateway);
    gateway.child.kill('SIGTERM');
    const statuses = async () => {
      const answers = await Promise.all(Array.from({ length: 4 }, () => fetchApart(`${url}/ready`)));
      return answers.map(({ status }) => status);
    };
    await expect.poll(statuses).toEqual([503, 503, 503, 503]);
    expect(await ask(url, '{ __typename }')).toEqual({ __typename: 'Query' });
    // Whoever ends a group of processes ends the workers, too: they wait for the one that has forked them.
    for (const pid of pids) process.kill(pid, 'SIGTERM');
    expect(await statuses()).toEqual([503, 503, 503, 503]);
    expect(pidsOf(gateway)).toEqual(pids);

    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe('SIGTERM');
    await expect.poll(() => pids.filter(isRunning)).toEqual([]);
  });

  it('ends the streams of all workers with a hint when to come back', async () => {
    await using gateway = await startWorkers();
    const url = await gateway.ready();
    const found = await ask(url, '{ benchmarkRuns(first: 1, filter: { state: RUNNING }) { nodes { id } } }');
    const { id } = (found as { benchmarkRuns: { nodes: [{ id: string }] } }).benchmarkRuns.nodes[0];
    const streams = [await followBenchmarkRun(url, { id }), await followBenchmarkRun(url, { id })];
    for (const stream of streams) await stream.received(1);
    gateway.child.kill('SIGTERM');

    expect(await gateway.ended).toBe(0);
    for (const stream of streams) {
      await stream.ended;
      expect(stream.text).toMatch(/^retry: \d+$/m);
      expect(stream.text).not.toContain('event: complete');
    }
    const said = lines(gateway).map(({ event }) => event);
    expect(said.filter((event) => event === 'process.stopping')).toHaveLength(1);
    expect(said.at(-1)).toBe('process.stopped');
  });

  it('takes its workers with it when it is killed', async () => {
    await using gateway = await startWorkers();
    await gateway.ready();
    const pids = pidsOf(gateway);
    gateway.child.kill('SIGKILL');

    expect(pids).toHaveLength(2);
    await expect.poll(() => pids.filter(isRunning), { timeout: 10_000 }).toEqual([]);
  });

  it('ends with exit code 1 when a worker cannot live, and says so', async () => {
    await using gateway = await startWorkers();
    await gateway.ready();
    const [, second = 0] = pidsOf(gateway);
    const killed = new Set<number>();
    const killFirst = () => {
      for (const pid of pidsOf(gateway)) {
        if (pid === second || killed.has(pid)) continue;
        killed.add(pid);
        process.kill(pid, 'SIGKILL');
      }
    };
    let hasEnded = false;
    const ended = gateway.ended.finally(() => {
      hasEnded = true;
    });
    await expect
      .poll(
        () => {
          if (!hasEnded) killFirst();
          return lines(gateway).map(({ event }) => event);
        },
        { timeout: 30_000 },
      )
      .toContain('worker.given_up');

    expect(await ended).toBe(1);
    expect(killed.size).toBe(5);
    expect(lines(gateway).find(({ event }) => event === 'worker.given_up')).toMatchObject({
      worker: 1,
      how: 'SIGKILL',
    });
    await expect.poll(() => isRunning(second)).toBe(false);
  });

  it('answers the metrics of all workers on the port that they have for themselves', async () => {
    await using gateway = await startWorkers({ METRICS_PORT: '0' });
    const url = await gateway.ready();
    const started = lines(gateway).find(({ event }) => event === 'process.started');

    expect(await measured(String(started?.['metricsUrl']), 'runloop_graphql_build_info')).toEqual({
      1: 1,
      2: 1,
    });
    expect((await fetchApart(`${url}/metrics`)).status).toBe(404);
  });

  it('ends with exit code 1 and says why, when its port is taken or Redis has to answer and does not', async () => {
    await using taken = await startSimulator({
      ...{ host: '127.0.0.1', port: 0, clock: createSystemClock() },
      ...{ seed: 1, speed: 0, size: 'empty', maxScenarioRuns: 100 },
    });
    await using onTaken = await startWorkers({ PORT: String(taken.port) });
    expect(await onTaken.ended).toBe(1);
    expect(onTaken.output()).toContain(
      `PORT is ${String(taken.port)}, which another program listens on: expected a free port (0 takes any)\n` +
        'Worker 1 has ended before it accepted requests (exit code 1)\n',
    );

    await using withoutRedis = await startWorkers({
      REDIS_URL: `redis://127.0.0.1:${String(await freePort())}`,
      REDIS_REQUIRED_TO_START: 'on',
    });
    expect(await withoutRedis.ended).toBe(1);
    expect(withoutRedis.output().match(/REDIS_URL does not answer/g)).toHaveLength(1);
  });
});

describe('WORKERS', () => {
  it.each(['2', 'auto'])('as %s is refused without REDIS_URL, with the reason', (workers) => {
    expect(() => loadConfig({ WORKERS: workers })).toThrow(
      `WORKERS is "${workers}", expected REDIS_URL beside it: workers are replicas, and know of each other what they share on Redis`,
    );
  });

  it('is a number, or takes as many as there are cores', () => {
    const workersOf = (workers: string) =>
      loadConfig({ WORKERS: workers, REDIS_URL: 'redis://127.0.0.1', GATEWAY_SECRET: SECRET }).workers;

    expect(loadConfig({}).workers).toBe(1);
    expect(workersOf('3')).toBe(3);
    expect(workersOf('auto')).toBe(availableParallelism());
    for (const wrong of ['0', '65', 'many', '1.5'])
      expect(() => workersOf(wrong)).toThrow(
        `WORKERS is "${wrong}", expected auto, or a whole number from 1 to 64`,
      );
  });
});

describe('workers on a Unix socket', { timeout: 60_000 }, () => {
  it('replace one that a killed process has left, share it, are replaced on it, and remove it at the end', async () => {
    await using folder = await createFolder();
    const path = join(folder.path, 'gateway.sock');
    await using killed = startProcess({ UNIX_SOCKET_PATH: path, SIMULATOR_PORT: '0' });
    await expect.poll(() => killed.output(), { timeout: 20_000 }).toContain('\nUpstream ');
    killed.child.kill('SIGKILL');
    await killed.ended;
    await using gateway = await startWorkers({ UNIX_SOCKET_PATH: path });
    await expect.poll(() => gateway.output(), { timeout: 20_000 }).toContain('\nUpstream ');
    const statusOf = () =>
      new Promise<number | undefined>((resolve, reject) => {
        request({ socketPath: path, path: '/health', agent: false }, ({ statusCode }) => {
          resolve(statusCode);
        })
          .once('error', reject)
          .end();
      });

    expect([await statusOf(), await statusOf()]).toEqual([200, 200]);
    const [pid = 0] = pidsOf(gateway);
    process.kill(pid, 'SIGKILL');
    await expect
      .poll(() => lines(gateway).filter(({ event }) => event === 'worker.restarted'), { timeout: 20_000 })
      .toHaveLength(1);
    expect([await statusOf(), await statusOf()]).toEqual([200, 200]);
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
    expect(await readdir(folder.path)).toEqual([]);
  });
});

describe('workers at SIGHUP', { timeout: 60_000 }, () => {
  it('take limits of the file of settings, also those that are started later, and nothing that needs a restart', async () => {
    await using folder = await createFolder();
    const write = async (text: string) => {
      await chmod(await folder.write('.env', text), 0o600);
    };
    await write('QUERY_MAX_DEPTH=16\n');
    await using gateway = await startWorkers({}, folder.path);
    const url = await gateway.ready();
    const reloaded = () => lines(gateway).filter(({ event }) => event === 'config.reloaded');
    const isRefused = async () => {
      const { text } = await fetchApart(`${url}/graphql`, JSON.stringify({ query: DEPTH_4 }));
      return text.includes('QUERY_MAX_DEPTH');
    };
    const answers = async () => [await isRefused(), await isRefused(), await isRefused(), await isRefused()];
    expect(await answers()).toEqual([false, false, false, false]);

    await write('QUERY_MAX_DEPTH=3\nCACHE_LIVE_MS=5\n');
    gateway.child.kill('SIGHUP');
    await expect
      .poll(
        () =>
          reloaded()
            .map(({ worker }) => worker)
            .sort(),
        { timeout: 20_000 },
      )
      .toEqual([1, 2]);
    expect(await answers()).toEqual([true, true, true, true]);
    expect(lines(gateway).filter(({ event }) => event === 'config.restart_needed')).toMatchObject([
      { settings: 'CACHE_LIVE_MS' },
    ]);

    await write('QUERY_MAX_DEPTH=none\n');
    gateway.child.kill('SIGHUP');
    await expect
      .poll(() => lines(gateway).filter(({ event }) => event === 'config.reload_refused'), {
        timeout: 20_000,
      })
      .toHaveLength(1);
    process.kill(pidsOf(gateway)[0] ?? 0, 'SIGKILL');
    await expect
      .poll(() => lines(gateway).filter(({ event }) => event === 'worker.restarted'), { timeout: 20_000 })
      .toHaveLength(1);
    expect(await answers()).toEqual([true, true, true, true]);
  });
});
