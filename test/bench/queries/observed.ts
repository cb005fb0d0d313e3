/** What watching costs: the same queries by the gateway with and without metrics, traces of which 1 % are recorded, and its access log. */
import { type Figure, median, rounded } from '../live/figure.ts';
import { startOtlpReceiver } from '../../support/otlp.ts';
import type { Stage } from './stage.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const DURATION_MS = Number(process.env['BENCH_MS'] ?? 2_000);

/** Share of the processor time of a query that each may cost. */
const BOUNDS = { metrics: 0.03, traces: 0.05 } as const;

type Row = Readonly<Record<string, string | number>>;

export async function observed(stage: Stage): Promise<{ readonly figures: Figure[]; readonly rows: Row[] }> {
  await using receiver = await startOtlpReceiver();
  const none = { METRICS: 'off', ACCESS_LOG: 'off' };
  await using plain = await stage.gateway(none);
  // Two processes of the same program: what lies between them is the noise of the machine.
  await using again = await stage.gateway(none);
  await using metrics = await stage.gateway({
    ...none,
    METRICS: 'on',
    METRICS_TOKEN: 'a-token-of-16-characters',
  });
  await using traces = await stage.gateway({
    ...none,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.01',
  });
  await using lines = await stage.gateway({ ...none, ACCESS_LOG: 'info', LOG_LEVEL: 'info' });
  const servers = { plain, again, metrics, traces, lines };
  await stage.upstream.ask('latency', { ms: 0 });
  const rows: Row[] = [];
  const shares: Record<keyof typeof BOUNDS, number[]> = { metrics: [], traces: [] };
  for (const query of ['dashboard', 'detail'] as const) {
    const costs = new Map<string, number[]>();
    const load = { ...stage.queries[query], clients: 32, durationMs: DURATION_MS };
    for (const server of Object.values(servers)) await stage.measure(server, load);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, server] of Object.entries(servers)) {
        const { cpuUsPerQuery } = await stage.measure(server, load);
        costs.set(name, [...(costs.get(name) ?? []), cpuUsPerQuery]);
      }
    }
    const of = (name: keyof typeof servers) => median(costs.get(name) ?? []);
    const base = (of('plain') + of('again')) / 2;
    for (const name of ['metrics', 'traces'] as const) shares[name].push(of(name) / base - 1);
    rows.push({
      query,
      'nothing, CPU µs': rounded(of('plain'), 1),
      'nothing, again': rounded(of('again'), 1),
      metrics: rounded(of('metrics'), 1),
      'traces, 1 %': rounded(of('traces'), 1),
      'access log': rounded(of('lines'), 1),
    });
  }
  const figures = (['metrics', 'traces'] as const).map((name): Figure => {
    const share = Math.max(...shares[name]);
    return {
      figure: `${name}: more processor time for a cached answer`,
      measured: `${rounded(share * 100, 1)} %`,
      target: `at most ${String(BOUNDS[name] * 100)} %`,
      isMet: share <= BOUNDS[name],
    };
  });
  return { figures, rows };
}
