/** Any number of replicas of one gateway: they share an upstream, a secret and a Redis, and nothing else. */
import { randomBytes } from 'node:crypto';
import type { GatewayOptions } from '../../src/gateway.ts';
import type { SimulatorOptions, World } from '../../src/simulator/simulator.ts';
import { openTestGateway, startTestUpstream, type TestGateway } from './gateway.ts';
import { randomPrefix, sharedRedisUrl } from './redis.ts';

export interface Fleet extends AsyncDisposable {
  readonly world: World;
  /** One more replica. Those that were not shut down are, when the fleet is disposed. */
  start(overrides?: GatewayOptions): Promise<TestGateway>;
  /** The upstream calls of all of them since the last look, as `GET /v1/devboxes/dbx_…`. */
  calls(): string[];
}

export interface FleetOptions {
  /** A setting that is given replaces the one that all replicas of a test have. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly simulator?: Partial<SimulatorOptions> | undefined;
}

export async function createFleet({ env, simulator }: FleetOptions = {}): Promise<Fleet> {
  const shared = {
    REDIS_URL: await sharedRedisUrl(),
    REDIS_KEY_PREFIX: randomPrefix(),
    REDIS_REQUIRED_TO_START: 'on',
    // A busy machine is no Redis that is away.
    REDIS_COMMAND_TIMEOUT_MS: '10000',
    GATEWAY_SECRET: randomBytes(32).toString('base64url'),
    ...env,
  };
  const upstream = await startTestUpstream(simulator);
  const replicas: TestGateway[] = [];
  return {
    get world() {
      return upstream.simulator.world();
    },
    async start(overrides = {}) {
      const replica = await openTestGateway(upstream, { env: shared, overrides });
      replicas.push(replica);
      return replica;
    },
    calls: upstream.calls,
    async [Symbol.asyncDispose]() {
      await Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]()));
      await upstream[Symbol.asyncDispose]();
    },
  };
}
