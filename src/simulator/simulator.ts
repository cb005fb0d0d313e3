/** A Runloop-compatible REST server that behaves: over real HTTP, with a world that moves, faults on demand. */
import type { Clock } from '../clock.ts';
import { createFaults, type Faults } from './faults/faults.ts';
import { createAnswering, type ObservedRequest } from './http/answering.ts';
import { openPort } from './http/port.ts';
import { createRouter } from './http/route.ts';
import { createRandom } from './seed/random.ts';
import { benchmarkRoutes } from './routes/benchmark-routes.ts';
import { devboxRoutes } from './routes/devbox-routes.ts';
import { executionRoutes } from './routes/execution-routes.ts';
import { resourceRoutes } from './routes/resource-routes.ts';
import { scenarioRoutes } from './routes/scenario-routes.ts';
import { scenarioRunRoutes } from './routes/scenario-run-routes.ts';
import { createWorld, type OwnedWorld, type SimulatorSize, type World } from './life/world.ts';

export type { Fault, Faults } from './faults/faults.ts';
export type { SimulatorSize, World } from './life/world.ts';

export interface SimulatorOptions {
  readonly host: string;
  /** 0 takes any free port; a busy one rejects with its `EADDRINUSE` error. */
  readonly port: number;
  readonly clock: Clock;
  /** The same seed makes the same world. */
  readonly seed: number;
  /**
   * How many times faster than life runs are played and devboxes boot. At 0 nothing moves by itself; what requests set
   * in motion then moves at life's pace as the clock advances.
   */
  readonly speed: number;
  /** What the world holds at the start; `'empty'` holds nothing at all. */
  readonly size: SimulatorSize | 'empty';
  /** Beyond so many scenario runs the oldest benchmark runs that have ended are dropped, with their runs and devboxes. */
  readonly maxScenarioRuns: number;
  /**
   * The API keys that are accepted, each with a world of its own.
   * @default any key that is not blank, all with the same world
   */
  readonly accounts?: Readonly<Record<string, { readonly seed: number }>>;
  /** Called for each request before it is answered. */
  readonly onRequest?: (request: ObservedRequest) => void;
}

/** A running simulator. Disposing of it ends every connection at once. */
export interface Simulator extends AsyncDisposable {
  /** Such as `http://127.0.0.1:4010`. */
  readonly url: string;
  readonly port: number;
  readonly faults: Faults;
  /** The world of an API key; without accounts, or without a key, the only or first one. */
  world(key?: string): World;
}

/** The size that a setting means: a history of so many scenario runs, and nothing at all where there is none. */
export function sizeOf(scenarioRuns: number): SimulatorOptions['size'] {
  return scenarioRuns === 0 ? 'empty' : { scenarioRuns };
}

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { clock, host, accounts, onRequest } = options;
  const worlds = new Map<string, OwnedWorld>();
  for (const [key, { seed }] of Object.entries(accounts ?? { '': { seed: options.seed } })) {
    worlds.set(key, createWorld({ ...options, seed }));
  }
  const [shared] = worlds.values();
  const disposeWorlds = () => {
    for (const world of worlds.values()) world[Symbol.dispose]();
  };

  const faults = createFaults(createRandom(options.seed).fork('faults'));
  const router = createRouter([
    ...scenarioRoutes(),
    ...scenarioRunRoutes(),
    ...benchmarkRoutes(),
    ...devboxRoutes(clock),
    ...executionRoutes(clock),
    ...resourceRoutes(),
  ]);
  const worldOf = (key: string) => (accounts ? worlds.get(key) : shared);
  const answer = createAnswering({ clock, router, faults, worldOf, onRequest });
  try {
    const port = await openPort(host, options.port, (exchange) => void answer(exchange));
    return {
      url: `http://${host.includes(':') ? `[${host}]` : host}:${String(port.port)}`,
      port: port.port,
      faults,
      world: (key) => {
        const world = key === undefined ? shared : worldOf(key);
        if (!world) throw new Error(`There is no world for the key ${key ?? ''}`);
        return world;
      },
      [Symbol.asyncDispose]: async () => {
        disposeWorlds();
        await port[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    disposeWorlds();
    throw error;
  }
}
