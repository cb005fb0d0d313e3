/** `npm run bench`: latency, throughput and upstream calls of the canonical queries, over an upstream with and without latency. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { BOARD, DASHBOARD, DETAIL } from '../support/canonical-queries.ts';
import { startProcess } from '../support/process.ts';
import { load } from './load.ts';
import type { UpstreamReady, UpstreamRequest } from './upstream.ts';

const UPSTREAM_LATENCIES_MS = [20, 0];
const CLIENTS = 32;
const DURATION_MS = Number(process.env['BENCH_MS'] ?? 3000);

const upstream = fork(new URL('upstream.ts', import.meta.url), { execArgv: process.execArgv });
const [ready] = (await once(upstream, 'message')) as [UpstreamReady];
const ask = async (request: UpstreamRequest): Promise<unknown> => {
  upstream.send(request);
  const [answer] = (await once(upstream, 'message')) as [unknown];
  return answer;
};

const QUERIES = [
  { name: 'dashboard', query: DASHBOARD, variables: { id: ready.benchmarkRunId } },
  { name: 'board', query: BOARD, variables: {} },
  { name: 'detail', query: DETAIL, variables: { id: ready.scenarioRunId } },
];

const rows: Record<string, string | number>[] = [];
try {
  for (const latencyMs of UPSTREAM_LATENCIES_MS) {
    await ask({ ask: 'latency', ms: latencyMs });
    for (const { name, query, variables } of QUERIES) {
      // A process of its own for each row, so that the first query is a cold one.
      await using gateway = startProcess({
        PORT: '0',
        RUNLOOP_BASE_URL: ready.url,
        RUNLOOP_API_KEY: 'ak_bench',
        NODE_ENV: 'production',
        UPSTREAM: 'runloop',
        LOG_LEVEL: 'error',
      });
      const url = await gateway.ready();
      await ask({ ask: 'calls' });
      const cold = await load({ url, query, variables, clients: 1, durationMs: 0 });
      const coldCalls = Number(await ask({ ask: 'calls' }));
      await load({ url, query, variables, clients: CLIENTS, durationMs: DURATION_MS / 3 });
      await ask({ ask: 'calls' });
      const warm = await load({ url, query, variables, clients: CLIENTS, durationMs: DURATION_MS });
      const calls = Number(await ask({ ask: 'calls' }));
      rows.push({
        query: name,
        'upstream ms': latencyMs,
        'cold ms': Math.round(cold.p50Ms),
        'cold calls': coldCalls,
        'queries/s': Math.round(warm.perSecond),
        'p50 ms': Math.round(warm.p50Ms),
        'p99 ms': Math.round(warm.p99Ms),
        'calls/query': Math.round((calls / warm.queries) * 10) / 10,
      });
    }
  }
} finally {
  upstream.kill();
}

console.log(
  `Node ${process.version}, ${String(cpus().length)} cores (${cpus()[0]?.model ?? 'unknown'}), ${String(CLIENTS)} clients`,
);
console.table(rows);
