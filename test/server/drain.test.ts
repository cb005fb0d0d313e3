/** A gateway that leaves says so first, goes on answering, and sends its followers away one after the other. */
import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { startRedisServer } from '../support/redis.ts';
import { openSocket } from '../support/socket.ts';
import { FOLLOW_RUN, RARE_POLLS, runEvents } from '../support/subscriptions.ts';

async function readiness({ url }: TestGateway) {
  const answer = await fetch(`${url}/ready`);
  const { status } = (await answer.json()) as { readonly status: string };
  return [answer.status, status];
}

const isOver = async (stream: { readonly ended: Promise<void> }) =>
  Promise.race([stream.ended.then(() => true), new Promise((resolve) => setImmediate(resolve, false))]);

describe('a gateway that leaves', () => {
  it('is not ready at once, and accepts requests until balancers have noticed', async () => {
    const clock = createFakeClock();
    await using gateway = await createTestGateway({
      env: { ...RARE_POLLS, SHUTDOWN_DELAY_MS: '5000' },
      overrides: { clock },
    });
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await stream.received(1);
    expect(await readiness(gateway)).toEqual([200, 'ready']);
    const drained = gateway.drain();

    expect(await readiness(gateway)).toEqual([503, 'leaving']);
    await clock.advance(4_999);
    expect((await gateway.query(`{ scenarioRun(id: "${id}") { id } }`)).errors).toEqual([]);
    using late = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await late.received(1);
    expect(await isOver(stream)).toBe(false);
    await clock.advance(1);
    await drained;
    await Promise.all([stream.ended, late.ended]);
    expect(stream.text).toMatch(/\nretry: \d+\n\n$/);
  });

  it('ends event streams and sockets one by one, and lets nobody follow again', async () => {
    const clock = createFakeClock();
    await using gateway = await createTestGateway({
      env: { ...RARE_POLLS, SHUTDOWN_SPREAD_MS: '1000', LIVE_HEARTBEAT_MS: '60000' },
      overrides: { clock },
    });
    const { id } = gateway.world.insert.scenarioRun();
    const streams = await Promise.all(
      Array.from({ length: 5 }, () => openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } })),
    );
    const sockets = await Promise.all(Array.from({ length: 2 }, () => openSocket(gateway.url)));
    for (const socket of sockets) {
      await socket.init();
      socket.subscribe('1', FOLLOW_RUN, { id });
      await expect.poll(() => socket.payloads('1')).toHaveLength(1);
    }
    for (const stream of streams) await stream.received(1);
    const over = async () => (await Promise.all(streams.map(isOver))).filter(Boolean).length;
    const drained = gateway.drain();

    await expect.poll(over).toBe(1);
    expect(await sockets[0]?.closed).toBe(1012);
    using refused = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await refused.ended;
    expect(runEvents(refused)).toEqual([]);
    expect(refused.text).toMatch(/retry: \d+\n\n$/);
    await expect(openSocket(gateway.url)).rejects.toThrow('503');
    for (const count of [2, 3, 4, 5]) {
      await clock.advance(200);
      await expect.poll(over).toBe(count);
    }
    await drained;
    expect(await sockets[1]?.closed).toBe(1012);
    expect(sockets[1]?.messages.map(({ type }) => type)).not.toContain('complete');
    for (const socket of sockets) socket[Symbol.dispose]();
    for (const stream of streams) stream[Symbol.dispose]();
  });
});

describe('a gateway whose Redis is away', () => {
  it.each([
    ['off', [200, 'degraded']],
    ['on', [503, 'not ready']],
  ] as const)('is, with REDIS_REQUIRED_TO_BE_READY=%s, %j', async (isRequired, expected) => {
    await using server = await startRedisServer();
    await using gateway = await createTestGateway({
      env: {
        GATEWAY_SECRET: 's'.repeat(32),
        REDIS_URL: server.url,
        REDIS_REQUIRED_TO_BE_READY: isRequired,
      },
    });
    expect(await readiness(gateway)).toEqual([200, 'ready']);
    await server.kill();
    await expect.poll(() => readiness(gateway)).toEqual(expected);
    await server.start();

    await expect.poll(() => readiness(gateway), { timeout: 10_000 }).toEqual([200, 'ready']);
  });
});
