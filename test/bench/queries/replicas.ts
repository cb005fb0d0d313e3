/** What two replicas that share a Redis answer together, by the processor time that each query takes of either. */
import { startRedisServer } from '../../support/redis.ts';
import { type Figure, median, rounded } from '../live/figure.ts';
import { replicaOf } from '../live/stage.ts';
import { cpuMs } from '../live/usage.ts';
import type { QueryName } from './peers.ts';
import type { Server, Stage } from './stage.ts';

const CLIENTS = 32;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const DURATION_MS = Number(process.env['BENCH_MS'] ?? 2_000);
const TARGET = 1.7;

const QUERIES = ['dashboard', 'detail'] as const;
/** How they come about, and what it takes. */
const ANSWERS = [
  ['cached', {}],
  ['executed', { ANSWER_REUSE: 'off' }],
] as const;

type Row = Readonly<Record<string, string | number>>;

/** Of one query, in microseconds of processor time. */
interface Round {
  readonly aloneUs: number;
  readonly replicaUs: number;
  readonly redisUs: number;
}

/**
 * Two that share nothing are asked at the same time, and then two that share a Redis. Either two are on one core, for clients and
 * upstream need the other, and what a query takes of it says how many of them two cores would answer.
 */
export async function replicas(stage: Stage): Promise<{ readonly figures: Figure[]; readonly rows: Row[] }> {
  await stage.upstream.ask('latency', { ms: 0 });
  const figures: Figure[] = [];
  const rows: Row[] = [];
  for (const [answer, settings] of ANSWERS) {
    await using redis = await startRedisServer();
    await using alone = await stage.gateway(settings);
    await using beside = await stage.gateway(settings);
    const shared = { ...settings, ...replicaOf(redis.url) };
    await using one = await stage.gateway(shared);
    await using other = await stage.gateway(shared);
    for (const query of QUERIES) {
      const rounds: Round[] = [];
      for (let round = 0; round <= ROUNDS; round++) {
        const [aloneUs = NaN] = await costsOf(stage, query, [alone, beside], [[alone.pid, beside.pid]]);
        const pids = [[one.pid, other.pid], [redis.pid]];
        const [replicaUs = NaN, redisUs = NaN] = await costsOf(stage, query, [one, other], pids);
        // What is new is read and compiled in the first.
        if (round > 0) rounds.push({ aloneUs, replicaUs, redisUs });
      }
      const ratio = median(rounds.map(({ aloneUs, replicaUs }) => (2 * aloneUs) / replicaUs));
      figures.push({
        figure: `${query}, ${answer}: queries a second of two replicas on two cores, times one process on one`,
        target: `≥ ${String(TARGET)}`,
        measured: rounded(ratio, 2),
        isMet: ratio >= TARGET,
      });
      rows.push({
        query,
        answer,
        'alone, CPU µs': rounded(median(rounds.map(({ aloneUs }) => aloneUs))),
        'a replica, CPU µs': rounded(median(rounds.map(({ replicaUs }) => replicaUs))),
        'Redis, CPU µs': rounded(median(rounds.map(({ redisUs }) => redisUs)), 1),
      });
    }
  }
  return { figures, rows };
}

/** Processor time that a query takes of each group of processes, in microseconds, while these servers are asked at the same time. */
async function costsOf(
  stage: Stage,
  query: QueryName,
  servers: readonly Server[],
  pids: readonly (readonly number[])[],
): Promise<readonly number[]> {
  const used = () => pids.map((group) => group.reduce((sum, pid) => sum + cpuMs(pid), 0));
  const load = { ...stage.queries[query], clients: CLIENTS, durationMs: DURATION_MS };
  const before = used();
  const results = await Promise.all(servers.map(({ url }) => stage.client.ask('load', { url, ...load })));
  const queries = results.reduce((sum, result) => sum + result.queries, 0);
  return used().map((after, index) => ((after - (before[index] ?? NaN)) * 1_000) / queries);
}
