/** What one replica was refused because there were too many calls holds for all: together they cause no further refusal than one. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createFleet } from '../support/fleet.ts';
import type { TestGateway } from '../support/gateway.ts';
import { openTestRedis, randomPrefix, startRedisServer } from '../support/redis.ts';

/** What is answered: null lets the call through. */
type Judge = () => { readonly retryAfterMs: number } | null;

/** An upstream that judges each call first. */
async function startLimited(judge: Judge) {
  const log: { readonly atMs: number; readonly isRefused: boolean }[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  }).listen(0, '127.0.0.1');
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const refusal = judge();
    log.push({ atMs: Date.now(), isRefused: refusal !== null });
    // Answers take a while, so that calls are under way at the same time.
    await sleep(50);
    const id = /[^/]+$/.exec(request.url ?? '')?.[0] ?? '';
    if (refusal) {
      response.writeHead(429, { 'retry-after-ms': String(refusal.retryAfterMs) }).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        ...{ id, name: id, scenario_id: 'scn_1', state: 'running', start_time_ms: 1, metadata: {} },
        ...{ devbox_id: 'dbx_1', is_public: false },
      }),
    );
  };
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    log,
    refusals: () => log.filter(({ isRefused }) => isRefused).length,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Lets so many calls through in any second. */
function perSecond(limit: number): Judge {
  let latest: number[] = [];
  return () => {
    const now = Date.now();
    latest = latest.filter((atMs) => now - atMs < 1_000);
    if (latest.length >= limit) return { retryAfterMs: Math.max(1, 1_000 - (now - (latest[0] ?? now))) };
    latest.push(now);
    return null;
  };
}

async function replicasOf(upstream: { readonly url: string }, env: Readonly<Record<string, string>> = {}) {
  const prefix = randomPrefix();
  const fleet = await createFleet({
    env: { REDIS_KEY_PREFIX: prefix, RUNLOOP_BASE_URL: upstream.url, ...env },
  });
  const [a, b] = [await fleet.start(), await fleet.start()];
  return {
    ...{ a, b, prefix },
    start: () => fleet.start(),
    [Symbol.asyncDispose]: () => fleet[Symbol.asyncDispose](),
  };
}

let ids = 0;
/** One upstream call. */
async function ask(gateway: TestGateway): Promise<string> {
  const { data, errors } = await gateway.query('query($id: ID!) { scenarioRun(id: $id) { state } }', {
    id: `scr_${String(++ids)}`,
  });
  if (errors[0]) return errors[0].extensions.code;
  return (data as { scenarioRun: { state: string } }).scenarioRun.state;
}

/** Asks one after the other until it is told to stop; answers how many were answered. */
async function keepAsking(gateway: TestGateway, isOver: () => boolean): Promise<number> {
  let answered = 0;
  while (!isOver()) if ((await ask(gateway)) === 'RUNNING') answered++;
  return answered;
}

describe('under a limit of 60 calls a second', { timeout: 60_000 }, () => {
  it('replicas cause no further refusal once one of them has found it, and use it together', async () => {
    await using upstream = await startLimited(perSecond(60));
    await using replicas = await replicasOf(upstream);
    const { a, b } = replicas;
    // The one finds the limit, while the other does nothing.
    const burst = await Promise.all(Array.from({ length: 150 }, () => ask(a)));
    expect(new Set(burst)).toEqual(new Set(['RUNNING']));
    expect(upstream.refusals()).toBeGreaterThan(0);

    const before = { refusals: upstream.refusals(), calls: upstream.log.length };
    let isOver = false;
    const clients = [a, b].map((gateway) =>
      Promise.all(Array.from({ length: 10 }, () => keepAsking(gateway, () => isOver))),
    );
    await sleep(5_000);
    isOver = true;
    const [byA = 0, byB = 0] = (await Promise.all(clients)).map((counts) =>
      counts.reduce((sum, count) => sum + count, 0),
    );

    expect(upstream.refusals() - before.refusals).toBe(0);
    expect(byA + byB).toBe(upstream.log.length - before.calls);
    // Most of what the limit allows is used, and neither of them has all of it.
    expect(byA + byB).toBeGreaterThan(0.6 * 60 * 5);
    expect(Math.min(byA, byB) / (byA + byB)).toBeGreaterThan(0.25);
  });

  it('a replica that begins later knows of it', async () => {
    await using upstream = await startLimited(perSecond(60));
    await using replicas = await replicasOf(upstream);
    await Promise.all(Array.from({ length: 150 }, () => ask(replicas.a)));
    const before = upstream.refusals();
    await using late = await replicas.start();
    await Promise.all(Array.from({ length: 150 }, () => ask(late)));

    expect(upstream.refusals() - before).toBe(0);
  });

  it('each replica finds its own while Redis is away', async () => {
    await using server = await startRedisServer();
    await using upstream = await startLimited(perSecond(60));
    await using replicas = await replicasOf(upstream, { REDIS_URL: server.url });
    const { a, b } = replicas;
    await Promise.all(Array.from({ length: 100 }, () => ask(a)));
    await server.kill();
    const answers = await Promise.all(Array.from({ length: 60 }, (_, index) => ask(index % 2 === 0 ? a : b)));

    expect(new Set(answers)).toEqual(new Set(['RUNNING']));
  });
});

describe('a pause that the upstream asks one replica for', { timeout: 60_000 }, () => {
  it('is kept by all, and after it one call of one of them shows whether others may follow', async () => {
    const PAUSE_MS = 1_500;
    let isFirst = true;
    await using upstream = await startLimited(() => {
      if (!isFirst) return null;
      isFirst = false;
      return { retryAfterMs: PAUSE_MS };
    });
    await using replicas = await replicasOf(upstream);
    const { a, b } = replicas;
    const first = ask(a);
    await expect.poll(() => upstream.refusals()).toBe(1);
    const refusedAtMs = upstream.log[0]?.atMs ?? 0;
    await using redis = await openTestRedis({ prefix: replicas.prefix });
    await redis.firstAttempt;
    await expect.poll(() => redis.send(['ZCARD', redis.key('paces:limited')])).toBe(1);
    const answers = await Promise.all([
      first,
      ...Array.from({ length: 20 }, (_, index) => ask(index % 2 ? a : b)),
    ]);

    expect(new Set(answers)).toEqual(new Set(['RUNNING']));
    const [, ...later] = upstream.log.map(({ atMs }) => atMs - refusedAtMs);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(PAUSE_MS - 50);
    expect(later).toHaveLength(21);
  });
});
