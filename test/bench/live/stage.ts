/** What every part of the live benchmark stands on: an upstream and clients in processes of their own, and gateways between. */
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProcess } from '../../support/process.ts';
import { type Child, startChild } from './child.ts';
import type { ClientQuestions, OpenOptions, Question } from './client.ts';
import { pin } from './usage.ts';
import type { WorldQuestions } from './world.ts';

/** Where what is measured runs; everything else is on the other core, where there is one. */
export const SERVER_CORE = 0;
export const OTHER_CORE = cpus().length > 1 ? 1 : 0;

export interface GatewayUnderTest extends AsyncDisposable {
  readonly pid: number;
  readonly url: string;
  /** Resolves when the process has ended. */
  readonly ended: Promise<unknown>;
}

export interface Stage extends AsyncDisposable {
  readonly world: Child<WorldQuestions>;
  readonly client: Child<ClientQuestions>;
  /** Whether processes could be kept on their cores. */
  readonly isPinned: boolean;
  /** A compiled gateway over the world. Only what a part needs is other than the defaults. */
  gateway(
    settings?: Readonly<Record<string, string>>,
    /** One that is not pinned collects its garbage beside its work, as it does in life. */
    options?: { readonly isPinned: boolean },
  ): Promise<GatewayUnderTest>;
  /** The same, as one of those that share this Redis. */
  replica(redisUrl: string, settings?: Readonly<Record<string, string>>): Promise<GatewayUnderTest>;
  /** Connects followers and waits until each has got its first event. */
  follow(options: OpenOptions): Promise<void>;
}

export async function createStage(): Promise<Stage> {
  const world = await startChild<WorldQuestions>('world.ts', { core: OTHER_CORE });
  const client = await startChild<ClientQuestions>('client.ts', { core: OTHER_CORE });
  const upstreamUrl = await world.ask('url', undefined);
  const gateway: Stage['gateway'] = async (settings = {}, options = { isPinned: true }) => {
    const started = startProcess({
      PORT: '0',
      NODE_ENV: 'production',
      LOG_LEVEL: 'error',
      UPSTREAM: 'runloop',
      RUNLOOP_BASE_URL: upstreamUrl,
      RUNLOOP_API_KEY: 'ak_bench',
      ...settings,
    });
    const url = await started.ready();
    const pid = started.child.pid ?? 0;
    if (options.isPinned) pin(pid, SERVER_CORE);
    return { pid, url, ended: started.ended, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
  };
  return {
    world,
    client,
    isPinned: pin(world.pid, OTHER_CORE),
    gateway,
    replica: (redisUrl, settings = {}) => gateway({ ...replicaOf(redisUrl), ...settings }),
    follow: async (options) => {
      await client.ask('open', options);
      await client.ask('started', { group: options.group });
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

/** What makes a gateway one of several. */
export function replicaOf(redisUrl: string): Readonly<Record<string, string>> {
  return { REDIS_URL: redisUrl, GATEWAY_SECRET: 'a secret of thirty-two bytes or more that replicas share' };
}

/** The event whose cost is measured: a scenario run that moved, as a dashboard would show it. */
export function followScenarioRun(id: string): Question {
  return {
    query: `subscription Follow($id: ID!) {
      scenarioRun(id: $id) {
        cursor
        at
        kind
        previousState
        scenarioRun { id name state score isTerminal isFinished startedAt durationMs }
        skipped
      }
    }`,
    variables: { id },
  };
}

export function followDevbox(id: string): Question {
  return {
    query:
      'subscription Follow($id: ID!) { devbox(id: $id) { cursor at previousStatus devbox { id status } } }',
    variables: { id },
  };
}

export function followBenchmarkRun(id: string): Question {
  return {
    query:
      'subscription Follow($id: ID!) { benchmarkRun(id: $id) { cursor at benchmarkRun { id state } changes { previousState scenarioRun { id state } } } }',
    variables: { id },
  };
}

/** Resolves once it is so. */
export async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(10);
}
