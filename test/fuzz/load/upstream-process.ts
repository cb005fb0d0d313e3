/** An upstream of an attack, in a process of its own as in life: what it takes to answer is not the time of who measures. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createSystemClock } from '../../../src/clock.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../src/simulator/simulator.ts';
import type { Preparation } from './attack.ts';
import { hearCounts, tellCounts } from './counts.ts';

/** What `upstreams/NAME.ts` calls when it listens: says where, and from then on what it counts. */
export function listens(url: string): void {
  process.send?.({ url });
  tellCounts();
}

/** The simulator with an empty world that stands still, of which `upstreams/NAME.ts` makes its own. */
export function startStillSimulator(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  return startSimulator({
    host: '127.0.0.1',
    port: 0,
    clock: createSystemClock(),
    seed: 1,
    speed: 0,
    size: {},
    maxScenarioRuns: 10_000,
    ...options,
  });
}

/** Starts `upstreams/NAME.ts`, and has the gateway use it. */
export async function prepareUpstream(name: string): Promise<Preparation> {
  const path = new URL(`./upstreams/${name}.ts`, import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', path], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const [{ url }] = (await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error(`The upstream ${name} has ended`))),
  ])) as [{ readonly url: string }];
  return {
    env: { RUNLOOP_BASE_URL: url },
    counts: hearCounts(child),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
