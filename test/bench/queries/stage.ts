/** What the query benchmark stands on: an upstream and clients in processes of their own, and servers that take turns on one core. */
import { cpus } from 'node:os';
import { BOARD, DASHBOARD, DETAIL } from '../../support/canonical-queries.ts';
import { startProcess } from '../../support/process.ts';
import { type Child, startChild } from '../live/child.ts';
import { cpuMs, pin, residentBytes } from '../live/usage.ts';
import type { BareQuestions } from './bare.ts';
import type { ClientQuestions, Load, LoadResult } from './client.ts';
import type { QueryName } from './peers.ts';
import type { UpstreamQuestions } from './upstream.ts';
import type { YogaQuestions } from './yoga.ts';

const SERVER_CORE = 0;
const OTHER_CORE = cpus().length > 1 ? 1 : 0;

export interface Server extends AsyncDisposable {
  readonly pid: number;
  readonly url: string;
}

/** What a load cost the server, beside what its clients saw. */
export interface Measured extends LoadResult {
  readonly callsPerQuery: number;
  readonly cpuUsPerQuery: number;
  readonly residentBytes: number;
}

export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface Stage extends AsyncDisposable {
  readonly upstream: Child<UpstreamQuestions>;
  readonly client: Child<ClientQuestions>;
  readonly queries: Readonly<Record<QueryName, Asked>>;
  readonly isPinned: boolean;
  /** A compiled gateway in its own process. Only what a part needs is other than the defaults. */
  gateway(settings?: Readonly<Record<string, string>>): Promise<Server>;
  yoga(): Promise<Server>;
  /** Sends this body, whatever it is asked. */
  bare(): Promise<Server & { readonly send: (body: string) => Promise<void> }>;
  measure(server: Server, load: Omit<Load, 'url'>): Promise<Measured>;
}

/** How many benchmark runs of 50 scenario runs the account has. */
const BENCHMARK_RUNS = 21;

export async function createStage({ benchmarkRuns = BENCHMARK_RUNS } = {}): Promise<Stage> {
  const upstream = await startChild<UpstreamQuestions>('../queries/upstream.ts', { core: OTHER_CORE });
  const client = await startChild<ClientQuestions>('../queries/client.ts', { core: OTHER_CORE });
  const world = await upstream.ask('world', { benchmarkRuns });
  return {
    upstream,
    client,
    queries: {
      dashboard: { query: DASHBOARD, variables: { id: world.benchmarkRunId } },
      board: { query: BOARD, variables: {} },
      detail: { query: DETAIL, variables: { id: world.scenarioRunId } },
    },
    isPinned: pin(upstream.pid, OTHER_CORE),
    gateway: async (settings = {}) => {
      const started = startProcess({
        PORT: '0',
        NODE_ENV: 'production',
        LOG_LEVEL: 'error',
        UPSTREAM: 'runloop',
        RUNLOOP_BASE_URL: world.url,
        ...(settings['AUTH'] === 'passthrough' ? {} : { RUNLOOP_API_KEY: 'ak_bench' }),
        ...settings,
      });
      const url = await started.ready();
      const pid = started.child.pid ?? 0;
      pin(pid, SERVER_CORE);
      return { pid, url, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
    },
    yoga: async () => {
      const child = await startChild<YogaQuestions>('../queries/yoga.ts', { core: SERVER_CORE });
      const url = await child.ask('start', { upstreamUrl: world.url });
      return { pid: child.pid, url, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
    },
    bare: async () => {
      const child = await startChild<BareQuestions>('../queries/bare.ts', { core: SERVER_CORE });
      return {
        pid: child.pid,
        url: await child.ask('url', undefined),
        send: (body) => child.ask('send', { body }),
        [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
      };
    },
    measure: async ({ pid, url }, load) => {
      await upstream.ask('calls', undefined);
      const before = cpuMs(pid);
      const result = await client.ask('load', { url, ...load });
      const usedMs = cpuMs(pid) - before;
      const calls = await upstream.ask('calls', undefined);
      return {
        ...result,
        callsPerQuery: calls / result.queries,
        cpuUsPerQuery: (usedMs * 1_000) / result.queries,
        residentBytes: residentBytes(pid),
      };
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}
