/** Some gateways over one simulator and one Redis, all over real sockets, with every upstream call recorded. */
import { createSystemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../src/gateway.ts';
import { startSimulator, type World } from '../../src/simulator/simulator.ts';
import { TEST_KEY } from './gateway.ts';
import { createRecordingLog } from './log.ts';
import { randomPrefix, sharedRedisUrl } from './redis.ts';
import { FAST_POLLS } from './subscriptions.ts';

export interface Replica extends AsyncDisposable {
  readonly url: string;
  readonly watches: Gateway['watches'];
}

export interface Fleet extends AsyncDisposable {
  readonly world: World;
  readonly prefix: string;
  readonly redisUrl: string;
  /** One more replica. */
  start(overrides?: GatewayOptions, env?: Readonly<Record<string, string>>): Promise<Replica>;
  /** The upstream calls since the last look, as `GET /v1/devboxes/dbx_…`. */
  calls(): string[];
}

export async function createFleet(
  given: { readonly redisUrl?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Fleet> {
  const calls: string[] = [];
  const redisUrl = given.redisUrl ?? (await sharedRedisUrl());
  const prefix = randomPrefix();
  const simulator = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    clock: createSystemClock(),
    seed: 1,
    speed: 0,
    size: 'empty',
    maxScenarioRuns: 10_000,
    onRequest: ({ method, path }) => calls.push(`${method} ${path}`),
  });
  const replicas: Replica[] = [];
  return {
    get world() {
      return simulator.world();
    },
    prefix,
    redisUrl,
    async start(overrides = {}, env = {}) {
      const config = loadConfig({
        PORT: '0',
        RUNLOOP_BASE_URL: simulator.url,
        RUNLOOP_API_KEY: TEST_KEY,
        GATEWAY_SECRET: 'a secret of thirty-two bytes or more that replicas share',
        REDIS_URL: redisUrl,
        REDIS_KEY_PREFIX: prefix,
        ...FAST_POLLS,
        ...given.env,
        ...env,
      });
      const gateway = await createGateway(config, { log: createRecordingLog().log, ...overrides });
      const { url } = await gateway.listen();
      let isStopped = false;
      const replica: Replica = {
        url,
        watches: gateway.watches,
        [Symbol.asyncDispose]: async () => {
          if (isStopped) return;
          isStopped = true;
          await gateway[Symbol.asyncDispose]();
        },
      };
      replicas.push(replica);
      return replica;
    },
    calls: () => calls.splice(0),
    async [Symbol.asyncDispose]() {
      await Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]()));
      await simulator[Symbol.asyncDispose]();
    },
  };
}
