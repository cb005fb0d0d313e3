/** No replica answers a query from what it read before another one has changed it, and told somebody. */
import { describe, expect, it, vi } from 'vitest';
import { createSystemClock } from '../../src/clock.ts';
import type { Redis, RedisCommand } from '../../src/redis/redis.ts';
import { createSharedGenerations } from '../../src/upstream/cache/shared-generations.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import type { TestGateway } from '../support/gateway.ts';
import { openTestRedis, randomPrefix, startRedisServer } from '../support/redis.ts';
import { createReplicas } from '../support/replicas.ts';
import { FOLLOW_RUN, RARE_POLLS, runEvents } from '../support/subscriptions.ts';

const CANCEL = 'mutation($id: ID!) { cancelScenarioRun(id: $id) { __typename } }';
const RUN = 'query($id: ID!) { scenarioRun(id: $id) { state } }';

/** Time stands still: what is in memory stays current for ever, unless something is known to have changed it. */
const stillReplicas = (env: Readonly<Record<string, string>> = {}) =>
  createReplicas({ env: { ...RARE_POLLS, ...env }, overrides: { clock: createFakeClock() } });

const stateOf = async (gateway: TestGateway, id: string) =>
  ((await gateway.query(RUN, { id })).data as { scenarioRun: { state: string } }).scenarioRun.state;

describe('a mutation of one replica', () => {
  it('is seen by every query of another that is asked after it was answered', async () => {
    await using replicas = await stillReplicas();
    const { a, b } = replicas;
    const ids = Array.from({ length: 50 }, () => a.world.insert.scenarioRun().id);
    for (const [index, id] of ids.entries()) {
      const [one, other] = index % 2 === 0 ? [a, b] : [b, a];
      // Twice, so that the second is answered from memory.
      expect([await stateOf(other, id), await stateOf(other, id)]).toEqual(['RUNNING', 'RUNNING']);
      await one.query(CANCEL, { id });
      expect(await stateOf(other, id)).toBe('CANCELED');
      expect(await stateOf(one, id)).toBe('CANCELED');
    }
  });

  it.each(['csv', 'ndjson'])(
    'is seen by every %s of another that is asked for after it was answered',
    async (format) => {
      await using replicas = await stillReplicas();
      const { a, b } = replicas;
      const run = a.world.insert.benchmarkRun();
      const ids = Array.from(
        { length: 3 },
        () => a.world.insert.scenarioRun({ benchmark_run_id: run.id }).id,
      );
      const statesIn = async (gateway: TestGateway) => {
        const text = await (await fetch(`${gateway.url}/export/benchmark-runs/${run.id}.${format}`)).text();
        return [...text.matchAll(/RUNNING|CANCELED/g)].map(([state]) => state);
      };
      // Twice, so that the second is answered from memory.
      for (let times = 0; times < 2; times++)
        expect(await statesIn(b)).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
      for (const id of ids) await a.query(CANCEL, { id });

      expect(await statesIn(b)).not.toContain('RUNNING');
    },
  );

  it('is known to a download of another that asks for it', async () => {
    await using replicas = await stillReplicas();
    const { a, b } = replicas;
    const { id } = a.world.insert.scenarioRun();
    const head = async () =>
      (await fetch(`${b.url}/download/scenario-runs/${id}/logs.zip`, { method: 'HEAD' })).status;
    await stateOf(b, id);
    a.calls();
    expect(await head()).toBe(200);
    // What it has in memory is as good as what it would read.
    expect(a.calls()).toEqual([]);
    await a.query(CANCEL, { id });
    a.calls();
    expect(await head()).toBe(200);

    expect(a.calls()).toEqual([`GET /v1/scenarios/runs/${id}`]);
  });

  it('leaves what the other has in memory of other accounts', async () => {
    await using replicas = await stillReplicas({ AUTH: 'passthrough' });
    const { a, b } = replicas;
    const { id } = a.simulator.world('ak_alice').insert.scenarioRun();
    const { id: other } = a.simulator.world('ak_bob').insert.scenarioRun();
    const ask = (gateway: TestGateway, key: string, document: string, of: string) =>
      gateway.query(document, { id: of }, { headers: { Authorization: `Bearer ${key}` } });
    await ask(b, 'ak_bob', RUN, other);
    a.calls();
    await ask(a, 'ak_alice', CANCEL, id);
    a.calls();
    await ask(b, 'ak_bob', RUN, other);

    expect(a.calls()).toEqual([]);
  });

  it('costs the replica that sent it nothing of what it read afterwards', async () => {
    await using replicas = await stillReplicas();
    const { a } = replicas;
    const [{ id }, { id: other }] = [a.world.insert.scenarioRun(), a.world.insert.scenarioRun()];
    await stateOf(a, other);
    await a.query(CANCEL, { id });
    await stateOf(a, other);
    a.calls();
    await stateOf(a, other);

    expect(a.calls()).toEqual([]);
  });
});

describe('an event that one replica has told', () => {
  it('is not older than what another one answers after it', async () => {
    await using replicas = await createReplicas({
      env: {
        LIVE_POLL_INTERVAL_MS: '20',
        LIVE_IDLE_POLL_INTERVAL_MS: '20',
        CACHE_LIVE_MS: '1000',
      },
    });
    const { a, b } = replicas;
    for (let times = 0; times < 10; times++) {
      const { id } = a.world.insert.scenarioRun();
      using stream = await openEventStream(a.url, { query: FOLLOW_RUN, variables: { id } });
      await stream.received(1);
      expect([await stateOf(b, id), await stateOf(b, id)]).toEqual(['RUNNING', 'RUNNING']);
      await fetch(`${a.simulator.url}/v1/scenarios/runs/${id}/cancel`, {
        method: 'POST',
        headers: { Authorization: 'Bearer ak_test_key' },
      });
      await expect.poll(() => runEvents(stream).at(-1)?.scenarioRun.state).toBe('CANCELED');
      expect(await stateOf(b, id)).toBe('CANCELED');
    }
  });
});

describe('while Redis is away', () => {
  it('mutations and queries are answered, and what has changed meanwhile is seen when it is back, empty', async () => {
    await using server = await startRedisServer();
    await using replicas = await stillReplicas({ REDIS_URL: server.url });
    const { a, b } = replicas;
    const { id } = a.world.insert.scenarioRun();
    await stateOf(b, id);
    await server.kill();
    const { data } = await a.query(CANCEL, { id });
    expect(data).toMatchObject({ cancelScenarioRun: { __typename: 'CancelScenarioRunSuccess' } });
    expect((await b.query(RUN, { id })).errors).toEqual([]);
    await server.start();

    await expect.poll(() => stateOf(b, id), { timeout: 10_000 }).toBe('CANCELED');
  });
});

describe('generations', () => {
  async function stage() {
    const prefix = randomPrefix();
    const redis = await openTestRedis({ prefix });
    await redis.firstAttempt;
    const sent: RedisCommand[] = [];
    const recording: Redis = {
      ...redis,
      isReady: true,
      send: (command, options) => {
        sent.push(command);
        return redis.send(command, options);
      },
    };
    let ids = 0;
    const make = (on: Redis) =>
      createSharedGenerations({
        redis: on,
        clock: createSystemClock(),
        hide: (id) => `hidden-${id}`,
        newId: () => `generation ${String(++ids)}`,
      });
    const moved: string[] = [];
    const [one, other] = [make(recording), make(redis)];
    one.onMoved((accountId) => moved.push(accountId));
    return { redis, sent, moved, one, other, [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose]() };
  }

  it('are read in one command for all requests of a turn', async () => {
    await using staged = await stage();
    const { one, sent } = staged;
    await Promise.all(['a', 'b', 'a', 'c', 'b'].map(async (id) => one.catchUp(id)));
    await one.catchUp('a');

    expect(sent.map(([name, ...keys]) => [name, keys.length])).toEqual([
      ['MGET', 3],
      ['MGET', 1],
    ]);
  });

  it('tell that an account has moved once for each change of another replica, and for none of its own', async () => {
    await using staged = await stage();
    const { one, other, moved } = staged;
    await one.catchUp('a');
    // What it had before it looked for the first time is not trusted.
    expect(moved.splice(0)).toEqual(['a']);
    await one.catchUp('a');
    await one.advance('a');
    await one.catchUp('a');
    expect(moved).toEqual([]);
    await other.advance('a');
    await one.advance('a');
    await one.catchUp('a');
    await one.catchUp('a');
    expect(moved).toEqual(['a']);
  });

  it('are not trusted when they are something else', async () => {
    await using staged = await stage();
    const { one, redis, moved } = staged;
    await one.catchUp('a');
    await redis.send(['HSET', redis.key('generations:hidden-a'), 'x', 'y']);
    await one.catchUp('a');
    await one.catchUp('a');

    // Null, as for what is missing: which is what was known.
    expect(moved).toEqual(['a']);
    await redis.send(['DEL', redis.key('generations:hidden-a')]);
    await redis.send(['SET', redis.key('generations:hidden-a'), 'made up']);
    await one.catchUp('a');
    await vi.waitFor(() => {
      expect(moved).toEqual(['a', 'a']);
    });
  });
});
