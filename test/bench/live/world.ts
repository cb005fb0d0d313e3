/** The upstream of the live benchmark: a simulator in which only the benchmark changes anything, and which counts its calls. */
import { subscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createSystemClock } from '../../../src/clock.ts';
import { startSimulator } from '../../../src/simulator/simulator.ts';
import { answerQuestions } from './child.ts';
import { instantMs } from './usage.ts';

let calls = 0;
let underWay = 0;
let sockets = 0;
let callTimes: number[] = [];
/** Is told the path of every call. */
let onCall: (path: string) => void = () => undefined;

subscribe('http.server.request.start', (message) => {
  underWay++;
  (message as { readonly response: ServerResponse }).response.once('close', () => underWay--);
});
subscribe('net.server.socket', (message) => {
  sockets++;
  (message as { readonly socket: Socket }).socket.once('close', () => sockets--);
});

const simulator = await startSimulator({
  host: '127.0.0.1',
  port: 0,
  clock: createSystemClock(),
  seed: 1,
  speed: 0,
  size: 'empty',
  maxScenarioRuns: 100_000,
  onRequest: ({ path }) => {
    onCall(path);
    calls++;
  },
});
const world = simulator.world();
const { insert, devboxes, scenarioRuns } = world;

const questions = {
  url: () => simulator.url,
  addScenarioRuns: ({ count }: { readonly count: number }) => {
    const scenario_id = insert.scenario().id;
    return Array.from({ length: count }, () => insert.scenarioRun({ scenario_id, name: 'mark 0' }).id);
  },
  addBenchmarkRun: ({ scenarioRuns: count }: { readonly scenarioRuns: number }) => {
    const { id } = insert.benchmarkRun({ name: 'followed by many' });
    for (let run = 0; run < count; run++) insert.scenarioRun({ benchmark_run_id: id });
    return id;
  },
  addDevboxes: ({ count }: { readonly count: number }) =>
    Array.from({ length: count }, () => insert.devbox({ status: 'running' }).id),
  /** Changes a scenario run; answers when. */
  rename: ({ id, name }: { readonly id: string; readonly name: string }) => {
    scenarioRuns.update(id, { name });
    return instantMs();
  },
  /** Changes a scenario run; answers when it was asked for next, which is by the poll that sees the change. */
  renameUntilPolled: ({ id, name }: { readonly id: string; readonly name: string }) =>
    new Promise<number>((resolve) => {
      scenarioRuns.update(id, { name });
      onCall = (path) => {
        if (path !== `/v1/scenarios/runs/${id}`) return;
        onCall = () => undefined;
        resolve(instantMs());
      };
    }),
  /** Notes from now on when a scenario run is asked for. */
  watchCalls: ({ id }: { readonly id: string }) => {
    callTimes = [];
    onCall = (path) => {
      if (path === `/v1/scenarios/runs/${id}`) callTimes.push(instantMs());
    };
  },
  /** When it was, since then. */
  callTimes: () => callTimes,
  /** Moves a devbox on; answers when. */
  moveDevbox: ({ id }: { readonly id: string }) => {
    const before = devboxes.get(id);
    const status = before?.status === 'running' ? 'suspended' : 'running';
    const state_transitions = [
      ...(before?.state_transitions ?? []),
      { status, transition_time_ms: world.now() },
    ] as const;
    devboxes.update(id, { status, state_transitions });
    return instantMs();
  },
  /** What the gateway asks and holds: calls since the last look, calls under way and sockets now. */
  load: () => {
    const load = { calls, underWay, sockets };
    calls = 0;
    return load;
  },
  /** All calls from now on until this benchmark run has been polled so often, and is about to be polled again. */
  callsOfPolls: ({ id, polls }: { readonly id: string; readonly polls: number }) =>
    new Promise<number>((resolve) => {
      let seen = 0;
      let count = 0;
      onCall = (path) => {
        if (path === `/v1/benchmark_runs/${id}` && seen++ === polls) {
          onCall = () => undefined;
          resolve(count);
          return;
        }
        count++;
      };
    }),
};
export type WorldQuestions = typeof questions;

answerQuestions(questions);
