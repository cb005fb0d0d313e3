/** The upstream of the query benchmark, a process of its own: answers that a simulator has given once, sent again as bytes. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { createSystemClock } from '../../../src/clock.ts';
import { startSimulator } from '../../../src/simulator/simulator.ts';
import { answerQuestions } from '../live/child.ts';

const MOST_BENCHMARKS = 11;
const SCENARIO_RUNS_EACH = 50;
/** So many scenario runs have the same shard among their metadata. */
const SHARD_SIZE = 20;
/** When the first run began that has ended: longer ago than results are still written. */
const ENDED_SINCE_MS = 24 * 60 * 60_000;

interface Kept {
  readonly status: number;
  readonly type: string;
  readonly bytes: Buffer;
}

let calls = 0;
/** Scenario runs of the account. */
let history = 0;
let latencyMs = 0;
let endedScenarioRuns = 0;
/** Nothing moves in this world, so an answer stays true until something is put in. */
const kept = new Map<string, Promise<Kept>>();

const simulator = await startSimulator({
  host: '127.0.0.1',
  port: 0,
  clock: createSystemClock(),
  seed: 1,
  speed: 0,
  size: 'empty',
  maxScenarioRuns: 1_000_000,
});
const { insert } = simulator.world();

/** A benchmark with so many scenarios, and a run of it with a running scenario run and a devbox for each. */
function insertBenchmarkRun(scenarioRuns: number, benchmark = insertBenchmark(scenarioRuns)) {
  const run = insert.benchmarkRun({ name: `run of ${benchmark.name}`, benchmark_id: benchmark.id });
  const ids = benchmark.scenarioIds.map(
    (scenarioId) =>
      insert.scenarioRun({
        scenario_id: scenarioId,
        benchmark_run_id: run.id,
        state: 'running',
        metadata: { agent: 'claude-code', model: 'opus' },
      }).id,
  );
  kept.clear();
  return { benchmarkRunId: run.id, scenarioRunIds: ids };
}

/** A benchmark run that has ended, with a scored scenario run for each scenario. */
function insertEndedBenchmarkRun(benchmark: ReturnType<typeof insertBenchmark>, startedAtMs: number) {
  const run = insert.benchmarkRun({
    name: `run of ${benchmark.name}`,
    benchmark_id: benchmark.id,
    state: 'completed',
    start_time_ms: startedAtMs,
  });
  const scenarioRunIds = benchmark.scenarioIds.map((scenarioId) => {
    const { id } = insert.scenarioRun({
      scenario_id: scenarioId,
      benchmark_run_id: run.id,
      state: 'completed',
      start_time_ms: startedAtMs,
      metadata: {
        agent: 'claude-code',
        model: 'opus',
        shard: String(Math.floor(endedScenarioRuns++ / SHARD_SIZE)),
      },
    });
    return id;
  });
  return { benchmarkRunId: run.id, scenarioRunIds };
}

function insertBenchmark(scenarios: number) {
  const scenarioIds = Array.from({ length: scenarios }, () => insert.scenario().id);
  return insert.benchmark({ name: `benchmark of ${String(scenarios)}`, scenarioIds });
}

async function ask(path: string): Promise<Kept> {
  const { statusCode, headers, body } = await request(simulator.url + path, {
    headers: { authorization: 'Bearer ak_bench' },
  });
  return {
    status: statusCode,
    type: String(headers['content-type']),
    bytes: Buffer.from(await body.arrayBuffer()),
  };
}

async function answer(path: string, response: ServerResponse): Promise<void> {
  calls++;
  if (latencyMs > 0) await sleep(latencyMs);
  let found = kept.get(path);
  if (!found) kept.set(path, (found = ask(path)));
  const { status, type, bytes } = await found;
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.byteLength }).end(bytes);
}

const server = createServer((incoming, response) => void answer(incoming.url ?? '/', response));
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1');

const questions = {
  /** Puts so many benchmark runs in, and answers the ids of the latest. */
  world: ({ benchmarkRuns }: { readonly benchmarkRuns: number }) => {
    const benchmarks = Array.from({ length: Math.min(benchmarkRuns, MOST_BENCHMARKS) }, () =>
      insertBenchmark(SCENARIO_RUNS_EACH),
    );
    let latest: ReturnType<typeof insertBenchmarkRun> = { benchmarkRunId: '', scenarioRunIds: [] };
    for (let run = 0; run < benchmarkRuns; run++) {
      latest = insertBenchmarkRun(SCENARIO_RUNS_EACH, benchmarks[run % benchmarks.length]);
    }
    history = benchmarkRuns * SCENARIO_RUNS_EACH;
    return {
      url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
      benchmarkRunId: latest.benchmarkRunId,
      scenarioRunId: latest.scenarioRunIds.at(-1) ?? '',
    };
  },
  /** Puts so many benchmark runs in that have ended, and then so many that go on. */
  runs: ({ ended, live }: { readonly ended: number; readonly live: number }) => {
    const benchmarks = Array.from({ length: MOST_BENCHMARKS }, () => insertBenchmark(SCENARIO_RUNS_EACH));
    const benchmarkOf = (run: number) =>
      benchmarks[run % MOST_BENCHMARKS] ?? insertBenchmark(SCENARIO_RUNS_EACH);
    const sinceMs = Date.now() - ENDED_SINCE_MS;
    return {
      ended: Array.from({ length: ended }, (_, run) =>
        insertEndedBenchmarkRun(benchmarkOf(run), sinceMs + run * 1_000),
      ),
      live: Array.from({ length: live }, (_, run) =>
        insertBenchmarkRun(SCENARIO_RUNS_EACH, benchmarkOf(run)),
      ),
    };
  },
  /** The calls since the last time. */
  calls: () => {
    const seen = calls;
    calls = 0;
    return seen;
  },
  latency: ({ ms }: { readonly ms: number }) => {
    latencyMs = ms;
  },
  /** Puts a benchmark run of this size in, and answers its id. */
  benchmarkRun: ({ scenarioRuns }: { readonly scenarioRuns: number }) =>
    insertBenchmarkRun(scenarioRuns).benchmarkRunId,
  /** Fills the account up to so many scenario runs, all older than what is asked for. */
  history: ({ scenarioRuns }: { readonly scenarioRuns: number }) => {
    const { id: scenarioId } = insert.scenario();
    while (history < scenarioRuns) {
      insert.scenarioRun({ scenario_id: scenarioId, state: 'completed', start_time_ms: history++ });
    }
    kept.clear();
  },
};
export type UpstreamQuestions = typeof questions;

answerQuestions(questions);
