/** What plugins cost: the same queries by the gateway without one, and with one that does nothing. */
import { type Figure, median, rounded } from '../live/figure.ts';
import type { Stage } from './stage.ts';

const NO_OP = new URL('./no-op-plugin.js', import.meta.url).pathname;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const DURATION_MS = Number(process.env['BENCH_MS'] ?? 2_000);

type Row = Readonly<Record<string, string | number>>;

export async function plugins(stage: Stage): Promise<{ readonly figures: Figure[]; readonly rows: Row[] }> {
  await using cached = await stage.gateway();
  await using cachedPlugged = await stage.gateway({ PLUGINS: NO_OP });
  await using executed = await stage.gateway({ ANSWER_REUSE: 'off' });
  await using executedPlugged = await stage.gateway({ ANSWER_REUSE: 'off', PLUGINS: NO_OP });
  const servers = { cached, cachedPlugged, executed, executedPlugged };
  await stage.upstream.ask('latency', { ms: 0 });
  const rows: Row[] = [];
  for (const query of ['dashboard', 'detail'] as const) {
    const costs = new Map<string, number[]>();
    const load = { ...stage.queries[query], clients: 32 };
    for (const server of Object.values(servers))
      await stage.measure(server, { ...load, durationMs: DURATION_MS });
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, server] of Object.entries(servers)) {
        const { cpuUsPerQuery } = await stage.measure(server, { ...load, durationMs: DURATION_MS });
        costs.set(name, [...(costs.get(name) ?? []), cpuUsPerQuery]);
      }
    }
    const of = (name: keyof typeof servers) => rounded(median(costs.get(name) ?? []), 0);
    rows.push({
      query,
      'cached, CPU µs': of('cached'),
      'with a plugin': of('cachedPlugged'),
      'executed, CPU µs': of('executed'),
      'executed with a plugin': of('executedPlugged'),
    });
  }
  return { figures: [], rows };
}
