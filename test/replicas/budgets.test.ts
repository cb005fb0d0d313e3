/** What a caller may spend is counted by all replicas together, and by each for itself while Redis is away. */
import { describe, expect, it, vi } from 'vitest';
import { createSystemClock } from '../../src/clock.ts';
import { GatewayError } from '../../src/errors.ts';
import type { Redis } from '../../src/redis/redis.ts';
import { createSharedBudget } from '../../src/security/cost/shared-budget.ts';
import { createSecrets } from '../../src/security/secrets.ts';
import type { TestGateway } from '../support/gateway.ts';
import { openTestRedis, randomPrefix, startRedisServer } from '../support/redis.ts';
import { createReplicas } from '../support/replicas.ts';

const { hide } = createSecrets(['s'.repeat(32)]);

const budgetOver = (
  redis: Redis,
  { callsPerMinute = 10, ...given }: { callsPerMinute?: number; maxCallers?: number } = {},
) =>
  createSharedBudget({
    redis,
    hide,
    clock: createSystemClock(),
    callsPerMinute: () => callsPerMinute,
    maxCallers: 100,
    ...given,
  });

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'admitted',
    (error: unknown) => (error instanceof GatewayError ? error.code : error),
  );

describe('a budget', () => {
  it('is that of all replicas', async () => {
    const prefix = randomPrefix();
    await using one = await openTestRedis({ prefix });
    await using two = await openTestRedis({ prefix });
    await Promise.all([one.firstAttempt, two.firstAttempt]);
    const [a, b] = [budgetOver(one), budgetOver(two)];

    const charge = await a.charge('alice', 6);
    expect(charge.remaining).toBe(4);
    expect(await b.remaining('alice')).toBe(4);
    expect(await codeOf(b.charge('alice', 5))).toBe('RATE_LIMITED');
    expect(await b.remaining('alice')).toBe(4);
    expect(await charge.settle(2)).toBe(8);
    await b.spend('alice', 3);
    expect(await a.remaining('alice')).toBe(5);
    expect(await a.remaining('bob')).toBe(10);
  });

  it('is not exceeded by replicas that charge it at the same time', async () => {
    const prefix = randomPrefix();
    await using one = await openTestRedis({ prefix });
    await using two = await openTestRedis({ prefix });
    await Promise.all([one.firstAttempt, two.firstAttempt]);
    const budgets = [budgetOver(one), budgetOver(two)];
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) => codeOf(budgets[index % 2]!.charge('alice', 1))),
    );

    expect(outcomes.filter((outcome) => outcome === 'admitted').length).toBeLessThanOrEqual(10);
    expect(new Set(outcomes)).toEqual(new Set(['admitted', 'RATE_LIMITED']));
  });

  it('stays in Redis when a process forgets a caller whom it has not seen for long', async () => {
    await using redis = await openTestRedis();
    await redis.firstAttempt;
    const budget = budgetOver(redis, { maxCallers: 1 });
    await budget.spend('alice', 7);
    await budget.spend('bob', 1);

    expect(await budget.remaining('alice')).toBe(3);
  });

  it('has a name in Redis that says of no caller whose it is, and an end', async () => {
    await using redis = await openTestRedis();
    await redis.firstAttempt;
    await budgetOver(redis).spend('token:alice', 1);
    const key = redis.key(`budgets:${hide('token:alice')}`);

    expect(key).not.toContain('alice');
    expect(await redis.send(['GET', key])).toBe('1');
    expect(await redis.send(['PTTL', key])).toBeGreaterThan(50_000);
  });

  it('is counted in memory while Redis is away, or holds what is no count', async () => {
    await using server = await startRedisServer();
    await using redis = await openTestRedis({ url: server.url });
    await redis.firstAttempt;
    const budget = budgetOver(redis);
    await budget.spend('alice', 2);
    await redis.send(['SET', redis.key(`budgets:${hide('mallory')}`), 'no count']);
    expect((await budget.charge('mallory', 4)).remaining).toBe(6);
    await server.kill();
    await vi.waitFor(() => {
      expect(redis.isReady).toBe(false);
    });

    expect((await budget.charge('alice', 9)).remaining).toBe(1);
    expect(await codeOf(budget.charge('alice', 2))).toBe('RATE_LIMITED');
    await budget.spend('alice', 1);
    expect(await budget.remaining('alice')).toBe(0);
  });
});

describe('replicas', () => {
  it('report what is left of the budget that they share', async () => {
    await using replicas = await createReplicas({ env: { CALLER_CALLS_PER_MINUTE: '100' } });
    const ask = async (gateway: TestGateway) => {
      const { text } = await gateway.query('{ scenarioRuns(first: 1) { nodes { id } } }', undefined, {
        headers: { 'X-GraphQL-Cost': 'report', 'Cache-Control': 'no-cache' },
      });
      return (JSON.parse(text) as { extensions: { cost: { budgetRemaining: number } } }).extensions.cost;
    };

    expect(await ask(replicas.a)).toMatchObject({ budgetRemaining: 99 });
    expect(await ask(replicas.b)).toMatchObject({ budgetRemaining: 98 });
  });

  it('answer while Redis stops and when it is gone', async () => {
    await using server = await startRedisServer();
    await using replicas = await createReplicas({
      env: { REDIS_URL: server.url, REDIS_COMMAND_TIMEOUT_MS: '300' },
    });
    const ask = () =>
      replicas.a.query('{ scenarioRuns(first: 1) { nodes { id } } }', undefined, {
        headers: { 'Cache-Control': 'no-cache' },
      });
    expect((await ask()).status).toBe(200);
    server.pause();
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(200);
    server.resume();
    await server.kill();
    expect((await ask()).status).toBe(200);
  });
});
