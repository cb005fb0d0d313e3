/** What a first query costs: nothing is remembered of the account, and there is one client. */
import { type Figure, median, rounded } from '../live/figure.ts';
import { COLD_CALLS, COLD_DASHBOARD_MS, LATENCIES_MS, QUERY_NAMES, type QueryName } from './peers.ts';
import type { Server, Stage } from './stage.ts';

const ROUNDS = 15;
/** Processes that are started for the sake of one query. */
const FRESH_PROCESSES = 3;

type Row = Readonly<Record<string, string | number>>;

export async function cold(stage: Stage): Promise<{ readonly figures: Figure[]; readonly rows: Row[] }> {
  const passthrough = { AUTH: 'passthrough' };
  await using gateway = await stage.gateway(passthrough);
  await using yoga = await stage.yoga();
  const figures: Figure[] = [];
  const rows: Row[] = [];
  for (const latencyMs of LATENCIES_MS) {
    await stage.upstream.ask('latency', { ms: latencyMs });
    for (const query of QUERY_NAMES) {
      const ours: Cost[] = [];
      const theirs: Cost[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await first(stage, query, gateway));
        theirs.push(await first(stage, query, yoga));
      }
      const fresh: Cost[] = [];
      for (let started = 0; started < FRESH_PROCESSES; started++) {
        await using process = await stage.gateway(passthrough);
        fresh.push(await first(stage, query, process));
      }
      const row = (server: string, costs: readonly Cost[]) => {
        rows.push({
          query,
          'upstream ms': latencyMs,
          server,
          'cold ms': rounded(median(costs.map(({ ms }) => ms)), 1),
          'upstream calls': median(costs.map(({ calls }) => calls)),
        });
      };
      row('gateway', ours);
      row('gateway, first query of the process', fresh);
      row('hand-written', theirs);
      if (latencyMs > 0) figures.push(...figuresOf(query, ours));
    }
  }
  return { figures, rows };
}

interface Cost {
  readonly ms: number;
  readonly calls: number;
}

let accounts = 0;

/** A query of an account that nobody has ever seen. */
async function first({ client, upstream, queries }: Stage, query: QueryName, { url }: Server): Promise<Cost> {
  await upstream.ask('calls', undefined);
  const { p50Ms } = await client.ask('load', {
    url,
    ...queries[query],
    headers: { authorization: `Bearer ak_new_${String(++accounts)}` },
    clients: 1,
    durationMs: 0,
  });
  return { ms: p50Ms, calls: await upstream.ask('calls', undefined) };
}

function figuresOf(query: QueryName, costs: readonly Cost[]): Figure[] {
  const ms = median(costs.map((cost) => cost.ms));
  const calls = median(costs.map((cost) => cost.calls));
  const figures = [
    {
      figure: `${query}: upstream calls, cold`,
      target: `≤ ${String(COLD_CALLS[query])}`,
      measured: String(calls),
      isMet: calls <= COLD_CALLS[query],
    },
  ];
  if (query === 'dashboard') {
    figures.push({
      figure: 'dashboard, upstream 20 ms: one client, cold',
      target: `≤ ${String(COLD_DASHBOARD_MS)} ms`,
      measured: `${rounded(ms)} ms`,
      isMet: ms <= COLD_DASHBOARD_MS,
    });
  }
  return figures;
}
