/** `createRestMutations`: which endpoint does what, and who reads its answer. */
import { GatewayError } from '../../errors.ts';
import type { MutationCalls } from './mutation-calls.ts';
import type { MutationOptions, UpstreamMutations } from '../mutations.ts';
import { parseBenchmarkRun } from './parse/benchmark-run.ts';
import { parseDevbox } from './parse/devbox.ts';
import type { ParseRow } from './parse/page.ts';
import { parseScenarioRun } from './parse/scenario-run.ts';
import type { ReportUnknown } from './parse/vocabulary.ts';
import { startBenchmarkRunBody, startScenarioRunBody } from './run-start-body.ts';
import type { UpstreamCaller } from '../upstream.ts';

export interface RestMutationsOptions {
  readonly caller: UpstreamCaller;
  readonly calls: MutationCalls;
  readonly report: ReportUnknown;
}

export function createRestMutations({ caller, calls, report }: RestMutationsOptions): UpstreamMutations {
  function act<T>(
    place: { readonly route: string; readonly id?: string; readonly body?: object },
    parse: (body: unknown) => T,
    { idempotencyKey }: MutationOptions,
  ) {
    return calls.send(caller, { ...place, parse, idempotencyKey });
  }

  const entity =
    <T>(parse: ParseRow<T>) =>
    (body: unknown): T => {
      const row = parse(body, report);
      if (row instanceof GatewayError) throw row;
      return row;
    };
  const scenarioRun = entity(parseScenarioRun);
  const benchmarkRun = entity(parseBenchmarkRun);
  const devbox = entity(parseDevbox);

  // Async, so that what an id check throws is a rejection like any other.
  return {
    startScenarioRun: async (start, key) =>
      act({ route: '/v1/scenarios/start_run', body: startScenarioRunBody(start) }, scenarioRun, key),
    scoreScenarioRun: async (id, key) =>
      act({ route: '/v1/scenarios/runs/{id}/score', id }, scenarioRun, key),
    completeScenarioRun: async (id, key) =>
      act({ route: '/v1/scenarios/runs/{id}/complete', id }, scenarioRun, key),
    cancelScenarioRun: async (id, key) =>
      act({ route: '/v1/scenarios/runs/{id}/cancel', id }, scenarioRun, key),
    startBenchmarkRun: async (start, key) =>
      act({ route: '/v1/benchmarks/start_run', body: startBenchmarkRunBody(start) }, benchmarkRun, key),
    completeBenchmarkRun: async (id, key) =>
      act({ route: '/v1/benchmark_runs/{id}/complete', id }, benchmarkRun, key),
    cancelBenchmarkRun: async (id, key) =>
      act({ route: '/v1/benchmark_runs/{id}/cancel', id }, benchmarkRun, key),
    shutdownDevbox: async (id, key) => act({ route: '/v1/devboxes/{id}/shutdown', id }, devbox, key),
    suspendDevbox: async (id, key) => act({ route: '/v1/devboxes/{id}/suspend', id }, devbox, key),
    resumeDevbox: async (id, key) => act({ route: '/v1/devboxes/{id}/resume', id }, devbox, key),
    keepDevboxAlive: async (id, key) =>
      act({ route: '/v1/devboxes/{id}/keep_alive', id }, () => 'kept' as const, key),
  };
}
