/** Two replicas of one gateway: they share an upstream, a secret and a Redis, and nothing else. */
import { randomBytes } from 'node:crypto';
import type { GatewayOptions } from '../../src/gateway.ts';
import { createTestGateway, type TestGateway, type TestGatewayOptions } from './gateway.ts';
import { randomPrefix, sharedRedisUrl } from './redis.ts';

export interface TestReplicas extends AsyncDisposable {
  /** The simulator that both call is that of the first. */
  readonly a: TestGateway;
  readonly b: TestGateway;
}

export interface TestReplicasOptions extends TestGatewayOptions {
  /** Of the second, where it is not as the first. */
  readonly overridesOfB?: GatewayOptions;
}

export async function createReplicas(given: TestReplicasOptions = {}): Promise<TestReplicas> {
  const { env, overridesOfB, ...options } = given;
  const shared = {
    REDIS_URL: await sharedRedisUrl(),
    REDIS_KEY_PREFIX: randomPrefix(),
    REDIS_REQUIRED_TO_START: 'on',
    // A busy machine is no Redis that is away.
    REDIS_COMMAND_TIMEOUT_MS: '10000',
    GATEWAY_SECRET: randomBytes(32).toString('base64url'),
    ...env,
  };
  const a = await createTestGateway({ ...options, env: shared });
  const b = await createTestGateway({
    ...options,
    env: { ...shared, RUNLOOP_BASE_URL: a.simulator.url },
    overrides: { ...options.overrides, ...overridesOfB },
  });
  return {
    a,
    b,
    async [Symbol.asyncDispose]() {
      await b[Symbol.asyncDispose]();
      await a[Symbol.asyncDispose]();
    },
  };
}
