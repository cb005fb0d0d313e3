/** A world that stands still behind a real upstream client, for what is executed over it again and again. */
import { createSystemClock } from '../../src/clock.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { createRestUpstream } from '../../src/upstream/rest/rest.ts';
import { DEFAULT_UPSTREAM_SETTINGS } from '../../src/upstream/upstream-settings.ts';
import { testCaller } from '../support/caller.ts';

export async function openStillWorld({ scenarioRuns }: { readonly scenarioRuns: number }) {
  const clock = createSystemClock();
  const simulator = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    clock,
    seed: 7,
    speed: 0,
    size: { scenarioRuns },
    maxScenarioRuns: 1_000,
  });
  const upstream = createRestUpstream({
    settings: { ...DEFAULT_UPSTREAM_SETTINGS, baseUrl: simulator.url },
    clock,
    observer: { call: () => undefined, unknownValue: () => undefined },
    random: () => 0,
    version: 'test',
  });
  const session = upstream.session({
    account: testCaller().account,
    priority: 'interactive',
    signal: new AbortController().signal,
    deadlineAt: Infinity,
  });
  return {
    clock,
    session,
    async [Symbol.asyncDispose]() {
      await upstream[Symbol.asyncDispose]();
      await simulator[Symbol.asyncDispose]();
    },
  };
}
