/** The upstream of a benchmark, as a process of its own: a simulator with a world of known shape, an added latency and a call count. */
import { createSystemClock } from '../../src/clock.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';

/** What the benchmark may ask of it over IPC. */
export type UpstreamRequest = { readonly ask: 'calls' } | { readonly ask: 'latency'; readonly ms: number };

export interface UpstreamReady {
  readonly url: string;
  readonly benchmarkRunId: string;
  readonly scenarioRunId: string;
}

const BENCHMARKS = 11;
const BENCHMARK_RUNS = 21;
const SCENARIO_RUNS_EACH = 50;

let calls = 0;
const simulator = await startSimulator({
  host: '127.0.0.1',
  port: 0,
  clock: createSystemClock(),
  seed: 1,
  speed: 0,
  size: 'empty',
  maxScenarioRuns: 100_000,
  onRequest: () => {
    calls++;
  },
});
const { insert } = simulator.world();
const benchmarks = Array.from({ length: BENCHMARKS }, (_, index) => {
  const scenarioIds = Array.from({ length: SCENARIO_RUNS_EACH }, () => insert.scenario().id);
  return insert.benchmark({ name: `benchmark ${String(index)}`, scenarioIds });
});
let latest: Omit<UpstreamReady, 'url'> = { benchmarkRunId: '', scenarioRunId: '' };
for (let run = 0; run < BENCHMARK_RUNS; run++) {
  const benchmark = benchmarks[run % BENCHMARKS];
  const benchmarkRun = insert.benchmarkRun({
    name: `run ${String(run)}`,
    benchmark_id: benchmark?.id ?? null,
  });
  for (const scenarioId of benchmark?.scenarioIds ?? []) {
    const { id } = insert.scenarioRun({
      scenario_id: scenarioId,
      benchmark_run_id: benchmarkRun.id,
      state: 'running',
      metadata: { agent: 'claude-code', model: 'opus' },
    });
    latest = { benchmarkRunId: benchmarkRun.id, scenarioRunId: id };
  }
}

process.on('message', (request: UpstreamRequest) => {
  if (request.ask === 'calls') {
    process.send?.(calls);
    calls = 0;
    return;
  }
  simulator.faults.clear();
  if (request.ms > 0) simulator.faults.add({ path: '/**', kind: 'latency', ms: request.ms });
  process.send?.('set');
});
process.send?.({ url: simulator.url, ...latest } satisfies UpstreamReady);
