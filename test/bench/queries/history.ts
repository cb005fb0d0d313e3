/** What the history of an account costs: a dashboard of what is going on, in accounts with more and more behind them. */
import { type Figure, rounded } from '../live/figure.ts';
import { flatFigure } from './flat.ts';
import type { Measured, Stage } from './stage.ts';

const SIZES = [100, 1_000, 10_000, 100_000];
const DURATION_MS = 1_500;

export async function history(stage: Stage) {
  await stage.upstream.ask('latency', { ms: 0 });
  await using executed = await stage.gateway({ ANSWER_REUSE: 'off' });
  const load = { ...stage.queries.dashboard, clients: 8, durationMs: DURATION_MS };
  // Compiling and first measurements at the start are not what a small account costs.
  await stage.measure(executed, { ...load, durationMs: 2 * DURATION_MS });
  const measured: Measured[] = [];
  for (const size of SIZES) {
    await stage.upstream.ask('history', { scenarioRuns: size });
    await stage.measure(executed, load);
    measured.push(await stage.measure(executed, load));
  }
  const figures: Figure[] = [
    flatFigure(
      'CPU of a dashboard, 100 to 100,000 scenario runs in the account',
      measured.map((each) => each.cpuUsPerQuery),
    ),
  ];
  const rows = measured.map(({ cpuUsPerQuery, p50Ms, callsPerQuery, bytes }, index) => ({
    what: 'dashboard, every query executed, by scenario runs of the account',
    size: SIZES[index] ?? 0,
    'CPU µs/query': Math.round(cpuUsPerQuery),
    'p50 ms': rounded(p50Ms, 2),
    'calls/query': rounded(callsPerQuery, 3),
    bytes,
  }));
  return { figures, rows };
}
