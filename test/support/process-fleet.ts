/** Replicas as processes of their own, on a Redis and over a simulator of their own, behind a balancer. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { createSystemClock } from '../../src/clock.ts';
import { startSimulator, type World } from '../../src/simulator/simulator.ts';
import { TEST_KEY } from './gateway.ts';
import { type GatewayProcess, startProcess } from './process.ts';
import { type RedisServer, startRedisServer } from './redis.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

export interface ReplicaProcess {
  readonly process: GatewayProcess;
  /** Such as `127.0.0.1:51234`. */
  readonly host: string;
}

export interface ProcessFleet extends AsyncDisposable {
  readonly world: World;
  readonly redis: RedisServer;
  readonly balancer: TcpProxy;
  /** The address of the balancer. */
  readonly url: string;
  readonly replicas: readonly ReplicaProcess[];
  /** Which of them has asked the upstream for this path most, lately: whoever polls it. */
  pollerOf(path: string): number;
  /** Starts another process in the place of one that has ended, and has the balancer send connections there. */
  restart(index: number): Promise<void>;
  /** The balancer sends new connections there, or no more. */
  admit(index: number): void;
  expel(index: number): void;
}

/** Where Node tells of each request that a server of this process gets. */
const REQUESTS = 'http.server.request.start';
/** Upstream calls of a path that say who polls it. */
const LATELY = 5;

export async function createProcessFleet(given: {
  readonly count: number;
  readonly env?: Readonly<Record<string, string>>;
  /** From 0 to below 1: where the balancer sends a connection. */
  readonly random: () => number;
}): Promise<ProcessFleet> {
  const redis = await startRedisServer();
  const simulator = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    clock: createSystemClock(),
    seed: 1,
    speed: 0,
    size: 'empty',
    maxScenarioRuns: 10_000,
  });
  const balancer = await startTcpProxy({ targets: [], random: given.random });
  // Each replica has an address of its own for the upstream, by which it is known there.
  const doors = await Promise.all(
    Array.from({ length: given.count }, () => startTcpProxy({ targets: [new URL(simulator.url).host] })),
  );
  const callers = new Map<string, string[]>();
  const onRequest = (message: unknown) => {
    const { url = '', headers } = (message as { readonly request: IncomingMessage }).request;
    const [path = ''] = url.split('?');
    callers.set(path, [...(callers.get(path) ?? []), headers.host ?? ''].slice(-LATELY));
  };
  subscribe(REQUESTS, onRequest);

  const started: GatewayProcess[] = [];
  const replicas: ReplicaProcess[] = [];
  const dispose = async () => {
    await Promise.all(started.map((process) => process[Symbol.asyncDispose]()));
    unsubscribe(REQUESTS, onRequest);
    for (const one of [balancer, ...doors, simulator, redis]) await one[Symbol.asyncDispose]();
  };
  const admit = (host: string) => {
    balancer.targets = [...balancer.targets.filter((other) => other !== host), host];
  };
  const start = async (index: number) => {
    const process = startProcess({
      PORT: '0',
      LOG_LEVEL: 'warn',
      UPSTREAM: 'runloop',
      RUNLOOP_BASE_URL: `http://${doors[index]?.host ?? ''}`,
      RUNLOOP_API_KEY: TEST_KEY,
      GATEWAY_SECRET: 'a secret of thirty-two bytes or more that replicas share',
      REDIS_URL: redis.url,
      REDIS_REQUIRED_TO_START: 'on',
      ...given.env,
    });
    started.push(process);
    const { host } = new URL(await process.ready());
    replicas[index] = { process, host };
    admit(host);
  };
  try {
    await Promise.all(doors.map((_door, index) => start(index)));
  } catch (error) {
    await dispose();
    throw error;
  }

  const hostOf = (index: number) => replicas[index]?.host ?? '';
  return {
    get world() {
      return simulator.world();
    },
    redis,
    balancer,
    url: `http://${balancer.host}`,
    replicas,
    pollerOf(path) {
      const hosts = callers.get(path) ?? [];
      const counts = doors.map(({ host }) => hosts.filter((caller) => caller === host).length);
      return counts.indexOf(Math.max(...counts));
    },
    async restart(index) {
      await replicas[index]?.process.ended;
      await start(index);
    },
    admit: (index) => {
      admit(hostOf(index));
    },
    expel: (index) => {
      balancer.targets = balancer.targets.filter((host) => host !== hostOf(index));
    },
    [Symbol.asyncDispose]: dispose,
  };
}
