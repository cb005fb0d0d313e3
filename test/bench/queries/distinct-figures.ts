/** What the load of many ids is compared with: peers under the same load, the floor, and what people wait for. */
import { type Figure, rounded } from '../live/figure.ts';
import type { Order } from './order.ts';
import {
  DISTINCT_PEERS,
  DISTINCT_RIVAL_THERE,
  DISTINCT_TARGETS,
  LATENCIES_MS,
  type LatencyMs,
} from './peers.ts';
import type { Measured } from './stage.ts';

export type DistinctQuery = 'dashboard' | 'detail' | 'filtered' | 'ordered';

/** Every id new; all remembered; a few of them live, and so read anew every second. */
export type Phase = 'cold' | 'warm' | 'mixed';

export interface DistinctResult {
  readonly query: DistinctQuery;
  readonly latencyMs: LatencyMs;
  readonly server: 'gateway' | 'gateway, nothing refreshed ahead' | 'hand-written' | 'bare node:http';
  readonly phase: Phase;
  readonly order: Order;
  /** Queries begun per second; null when each client asks as fast as it is answered. */
  readonly pace: number | null;
  readonly measured: Measured;
}

/** At the pace of `DistinctResult`, at 20 ms. */
const P99_MS = 60;
/** Of the bare server's queries, when all is remembered. */
const SHARE_OF_BARE = 0.6;
const RESIDENT_BYTES = 250e6;

export function distinctFigures(results: readonly DistinctResult[]): Figure[] {
  const find = (wanted: Partial<Omit<DistinctResult, 'measured'>>) =>
    results.find((result) =>
      Object.entries({ order: 'rotating', pace: null, ...wanted }).every(
        ([name, value]) => result[name as keyof DistinctResult] === value,
      ),
    )?.measured;
  const rateOf = (measured: Measured | undefined) => 1e6 / (measured?.cpuUsPerQuery ?? NaN);
  // The rival is busy all the time with dashboards: by its processor time this machine is compared with that of the peers.
  const speed =
    rateOf(find({ query: 'dashboard', latencyMs: 20, server: 'hand-written' })) /
    DISTINCT_RIVAL_THERE.dashboard;

  const figures: Figure[] = DISTINCT_TARGETS.flatMap(({ query, phase, peer, targets }) =>
    LATENCIES_MS.map((latencyMs) => {
      const measured = find({ query, latencyMs, phase, server: 'gateway' });
      const there = DISTINCT_PEERS[peer][query][latencyMs];
      const times = rateOf(measured) / (there * speed);
      return {
        figure: `${query} over many ids, ${phase}, upstream ${String(latencyMs)} ms: times ${peer}, ${rounded(there)}/s there and ${rounded(there * speed)}/s here`,
        target: `≥ ${String(targets[latencyMs])}`,
        measured: `${rounded(times, 2)} (on the clock ${rounded((measured?.perSecond ?? NaN) / (there * speed), 2)})`,
        isMet: times >= targets[latencyMs],
      };
    }),
  );

  for (const { query, server, pace, latencyMs, measured } of results) {
    if (pace === null || latencyMs !== 20 || server !== 'gateway') continue;
    figures.push({
      figure: `${query} over many ids, mixed, upstream 20 ms, ${rounded(pace)}/s (70 % of what it can): p99`,
      target: `≤ ${String(P99_MS)} ms`,
      measured: `${rounded(measured.p99Ms)} ms`,
      isMet: measured.p99Ms <= P99_MS,
    });
  }

  const share =
    rateOf(find({ query: 'detail', latencyMs: 0, phase: 'warm', server: 'gateway' })) /
    rateOf(find({ query: 'detail', latencyMs: 0, server: 'bare node:http' }));
  figures.push({
    figure: 'detail over many ids, warm, upstream 0 ms: of a bare node:http that sends as many bytes',
    target: `≥ ${String(SHARE_OF_BARE)}`,
    measured: rounded(share, 2),
    isMet: share >= SHARE_OF_BARE,
  });

  const remembering = results.filter(({ server, phase }) => server === 'gateway' && phase !== 'cold');
  const resident = Math.max(...remembering.map(({ measured }) => measured.residentBytes));
  figures.push({
    figure: 'memory of the gateway that remembers them',
    target: `≤ ${rounded(RESIDENT_BYTES / 1e6)} MB`,
    measured: `${rounded(resident / 1e6)} MB`,
    isMet: resident <= RESIDENT_BYTES,
  });
  return figures;
}
