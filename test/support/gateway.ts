/** A gateway over a simulator, both over real sockets, with every upstream call recorded. */
import { loadConfig } from '../../src/config.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../src/gateway.ts';
import { createSystemClock } from '../../src/clock.ts';
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
  type World,
} from '../../src/simulator/simulator.ts';
import { createRecordingLog, type RecordingLog } from './log.ts';

export interface GraphqlAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly data: unknown;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
  }[];
  readonly text: string;
}

export interface TestGateway extends AsyncDisposable {
  /** Such as `http://127.0.0.1:51234`. */
  readonly url: string;
  /** Where metrics are answered on their own port; null when they have none. */
  readonly metricsUrl: string | null;
  readonly simulator: Simulator;
  readonly world: World;
  readonly record: RecordingLog;
  readonly watches: Gateway['watches'];
  /** What its process does at SIGHUP, when the environment says this beside what it has said at the start. */
  reload(env?: Readonly<Record<string, string>>): Promise<void>;
  /** What its process does before it shuts the gateway down. */
  drain(): Promise<void>;
  /** Shuts the gateway down, as its process does; the simulator stays. */
  shutDown(): Promise<void>;
  /** The upstream calls since the last look, as `GET /v1/devboxes/dbx_…`, in the order of their arrival. */
  calls(): string[];
  query(
    document: string,
    variables?: Readonly<Record<string, unknown>>,
    init?: RequestInit,
  ): Promise<GraphqlAnswer>;
}

export interface TestGatewayOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly simulator?: Partial<SimulatorOptions>;
  readonly overrides?: GatewayOptions;
}

/** The key with which the gateway calls the simulator, unless a test says otherwise. */
export const TEST_KEY = 'ak_test_key';

/** For tests that change the world behind the gateway's back and ask at once. Without it, a state may be a second old. */
export const UNCACHED = { CACHE_LIVE_MS: '0' } as const;

/** A simulator, and every call that reaches it. */
export interface TestUpstream extends AsyncDisposable {
  readonly simulator: Simulator;
  /** The calls since the last look, as `GET /v1/devboxes/dbx_…`, in the order of their arrival. */
  readonly calls: () => string[];
}

/** The world is empty and stands still unless a test says otherwise. */
export async function startTestUpstream(options: Partial<SimulatorOptions> = {}): Promise<TestUpstream> {
  const calls: string[] = [];
  const simulator = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    clock: createSystemClock(),
    seed: 1,
    speed: 0,
    size: 'empty',
    maxScenarioRuns: 10_000,
    onRequest: ({ method, path, query }) =>
      calls.push(`${method} ${path}${query === '' ? '' : `?${query.replace(/^\?/, '')}`}`),
    ...options,
  });
  return {
    simulator,
    calls: () => calls.splice(0),
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}

/** One over an upstream of its own. */
export async function createTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const upstream = await startTestUpstream(options.simulator);
  const gateway = await openTestGateway(upstream, options).catch(async (error: unknown) => {
    await upstream[Symbol.asyncDispose]();
    throw error;
  });
  return {
    ...gateway,
    get world() {
      return gateway.world;
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

/** One over an upstream that others may have, too, and that outlives it. */
export async function openTestGateway(
  { simulator, calls }: TestUpstream,
  options: Omit<TestGatewayOptions, 'simulator'> = {},
): Promise<TestGateway> {
  const record = createRecordingLog();
  const env = {
    PORT: '0',
    RUNLOOP_BASE_URL: simulator.url,
    RUNLOOP_API_KEY: TEST_KEY,
    ...options.env,
  };
  const gateway = await createGateway(loadConfig(env), { log: record.log, ...options.overrides });
  const { url, metricsUrl } = await gateway.listen().catch(async (error: unknown) => {
    await gateway[Symbol.asyncDispose]();
    throw error;
  });
  let shuttingDown: PromiseLike<void> | undefined;
  const shutDown = async () => {
    await (shuttingDown ??= gateway[Symbol.asyncDispose]());
  };

  return {
    url,
    metricsUrl,
    simulator,
    get world() {
      return simulator.world();
    },
    record,
    watches: gateway.watches,
    reload: (changes = {}) => gateway.reload(loadConfig({ ...env, ...changes })),
    drain: gateway.drain,
    shutDown,
    calls,
    query: async (document, variables, init) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        body: JSON.stringify({ query: document, ...(variables ? { variables } : {}) }),
        ...init,
        headers: {
          'Content-Type': 'application/json',
          ...(init?.headers as Record<string, string> | undefined),
        },
      });
      const text = await response.text();
      const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: GraphqlAnswer['errors'] };
      return { status: response.status, headers: response.headers, data, errors: errors ?? [], text };
    },
    [Symbol.asyncDispose]: shutDown,
  };
}
