/** A mutation that is sent again is known as a repetition, whichever replica it comes to. */
import { describe, expect, it } from 'vitest';
import { createKeyMemory } from '../../src/control/key-memory.ts';
import { createSharedKeyMemory } from '../../src/control/shared-key-memory.ts';
import { createSecrets } from '../../src/security/secrets.ts';
import type { TestGateway } from '../support/gateway.ts';
import { openTestRedis, startRedisServer } from '../support/redis.ts';
import { createReplicas } from '../support/replicas.ts';

const START = `mutation($scenarioId: ID!) {
  startScenarioRun(input: { scenarioId: $scenarioId }, idempotencyKey: "mine") {
    ... on StartScenarioRunSuccess { scenarioRun { id state } }
  }
}`;
const CANCEL = 'mutation($id: ID!) { cancelScenarioRun(id: $id) { __typename } }';

const start = async (gateway: TestGateway, scenarioId: string) => {
  const { data } = await gateway.query(START, { scenarioId });
  return (data as { startScenarioRun: { scenarioRun: { id: string; state: string } } }).startScenarioRun
    .scenarioRun;
};

describe('an idempotency key', () => {
  it('that another replica has sent is answered with how the run is now', async () => {
    await using replicas = await createReplicas();
    const { a, b } = replicas;
    const { id: scenarioId } = a.world.insert.scenario();
    const started = await start(a, scenarioId);
    await a.query(CANCEL, { id: started.id });

    // The upstream answers what it answered first.
    expect(await start(b, scenarioId)).toEqual({ id: started.id, state: 'CANCELED' });
  });

  it('is known to the replica that has sent it while Redis is away', async () => {
    await using server = await startRedisServer();
    await using redis = await openTestRedis({ url: server.url });
    await redis.firstAttempt;
    const { hide } = createSecrets(null);
    const keys = createSharedKeyMemory({ redis, hide, own: createKeyMemory({ maxKeys: 10 }) });
    await keys.meet('alice', 'before');
    await server.kill();

    expect(await keys.meet('alice', 'before')).toBe(true);
    expect(await keys.meet('alice', 'during')).toBe(false);
    expect(await keys.meet('alice', 'during')).toBe(true);
  });
});
