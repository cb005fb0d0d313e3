/** A ticket opens one stream, whichever replica has issued it and whichever is asked. */
import { describe, expect, it } from 'vitest';
import type { TestGateway } from '../support/gateway.ts';
import { openTestRedis, startRedisServer } from '../support/redis.ts';
import { createReplicas } from '../support/replicas.ts';
import { RARE_POLLS, runEvents } from '../support/subscriptions.ts';
import { cookieIn, followWithTicket, tradeForTicket } from '../support/tickets.ts';

const ENV = { ...RARE_POLLS, AUTH: 'passthrough' };

async function ticketOf(gateway: TestGateway, key = 'ak_alice'): Promise<string> {
  const { status, ticket } = await tradeForTicket(gateway, { headers: { Authorization: `Bearer ${key}` } });
  expect(status).toBe(201);
  return ticket;
}

describe('a ticket of one replica', () => {
  it('opens one stream at another, and lets its browser come back to either', async () => {
    await using replicas = await createReplicas({ env: ENV });
    const { a, b } = replicas;
    a.world.insert.scenarioRun({ id: 'scr_1' });
    const ticket = await ticketOf(a);
    using first = await followWithTicket(b, ticket);
    await expect.poll(() => runEvents(first)).toHaveLength(1);

    for (const gateway of [a, b]) {
      using thief = await followWithTicket(gateway, ticket);
      expect(thief.status).toBe(401);
      await expect.poll(() => thief.text).toContain('The ticket was used: expected a fresh one');
      using back = await followWithTicket(gateway, ticket, cookieIn(first));
      await expect.poll(() => runEvents(back)).toHaveLength(1);
      expect(cookieIn(back)).toBe(cookieIn(first));
    }
  });

  it('is used once when both replicas are asked at the same time', async () => {
    await using replicas = await createReplicas({ env: ENV });
    const { a, b } = replicas;
    a.world.insert.scenarioRun({ id: 'scr_1' });
    for (let times = 0; times < 10; times++) {
      const ticket = await ticketOf(a);
      const streams = await Promise.all([followWithTicket(a, ticket), followWithTicket(b, ticket)]);
      expect(streams.map(({ status }) => status).sort()).toEqual([200, 401]);
      for (const stream of streams) stream[Symbol.dispose]();
    }
  });

  it('ends with the key that it was issued for', async () => {
    await using replicas = await createReplicas({ env: ENV });
    const { a, b } = replicas;
    a.world.insert.scenarioRun({ id: 'scr_1' });
    const ticket = await ticketOf(a);
    a.simulator.faults.add({ path: '/**', kind: 'status', status: 401 });
    using stream = await followWithTicket(b, ticket);

    expect(stream.status).toBe(401);
  });

  it('is worth nothing when it was changed, or sealed with another secret', async () => {
    await using replicas = await createReplicas({ env: ENV });
    await using others = await createReplicas({ env: ENV });
    const ticket = await ticketOf(replicas.a);
    const changed = ticket.slice(0, -4) + (ticket.endsWith('AAAA') ? 'BBBB' : 'AAAA');

    for (const [gateway, made] of [
      [replicas.b, changed],
      [others.a, ticket],
      [replicas.b, 'x'.repeat(20_000)],
    ] as const) {
      using stream = await followWithTicket(gateway, made);
      expect([401, 414, 431]).toContain(stream.status);
    }
  });

  it('leaves in Redis neither the key nor who has it', async () => {
    await using server = await startRedisServer();
    await using replicas = await createReplicas({ env: { ...ENV, REDIS_URL: server.url } });
    replicas.a.world.insert.scenarioRun({ id: 'scr_1' });
    using stream = await followWithTicket(replicas.b, await ticketOf(replicas.a, 'ak_canary'));
    await expect.poll(() => runEvents(stream)).toHaveLength(1);
    await using redis = await openTestRedis({ url: server.url });
    await redis.firstAttempt;
    const keys = (await redis.send(['KEYS', '*tickets*'])) as string[];

    expect(keys).toHaveLength(1);
    expect(JSON.stringify([keys, await redis.send(['HGETALL', keys[0]!])])).not.toMatch(/canary|alice/);
  });

  it('cannot be used for the first time while Redis is away, but its browser may come back', async () => {
    await using server = await startRedisServer();
    await using replicas = await createReplicas({ env: { ...ENV, REDIS_URL: server.url } });
    const { a, b } = replicas;
    a.world.insert.scenarioRun({ id: 'scr_1' });
    const [used, unused] = [await ticketOf(a), await ticketOf(a)];
    using first = await followWithTicket(a, used);
    await expect.poll(() => runEvents(first)).toHaveLength(1);
    await server.kill();

    using refused = await followWithTicket(b, unused);
    expect(refused.status).toBe(503);
    using back = await followWithTicket(b, used, cookieIn(first));
    expect(back.status).toBe(200);
  });
});
