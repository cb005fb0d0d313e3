/** What others reached on one core over an upstream like this one, and what is wanted against the best of them. */

export const QUERY_NAMES = ['dashboard', 'board', 'detail'] as const;
export type QueryName = (typeof QUERY_NAMES)[number];

/** Upstream latencies, in milliseconds. */
export const LATENCIES_MS = [20, 0] as const;
export type LatencyMs = (typeof LATENCIES_MS)[number];

/** Queries per second, by upstream latency. */
type Figures = Readonly<Record<QueryName, Readonly<Record<LatencyMs, number>>>>;

/** The best of GraphQL Mesh on Hive Gateway, Tailcall, Grafserv and others, their caches of two seconds included: the same id again and again. */
export const BEST_PEER: Figures = {
  dashboard: { 20: 255, 0: 501 },
  board: { 20: 2_317, 0: 2_630 },
  detail: { 20: 763, 0: 6_388 },
};

/** Tailcall without its cache, at 20 ms: every query is really executed there. */
export const UNCACHED_TAILCALL: Readonly<Record<QueryName, number>> = {
  dashboard: 126,
  board: 563,
  detail: 754,
};

/** The rival in `yoga.ts` on that machine, at 20 ms, where the dashboard keeps it busy all the time. */
export const RIVAL_THERE = { dashboard: 96 };

/** Times the best peer, with whatever is remembered. */
export const TARGETS: Figures = {
  dashboard: { 20: 40, 0: 20 },
  board: { 20: 5, 0: 5 },
  detail: { 20: 10, 0: 2 },
};

/** Times uncached Tailcall at 20 ms, when every query is really executed. */
export const EXECUTED_TARGETS: Readonly<Partial<Record<QueryName, number>>> = { dashboard: 5, detail: 1 };

/** The dashboard cold, with one client: 1.2 times the 70 ms of Tailcall. */
export const COLD_DASHBOARD_MS = 84;

/** Upstream calls of a query when nothing is remembered. */
export const COLD_CALLS: Readonly<Record<QueryName, number>> = { dashboard: 6, board: 23, detail: 4 };

/** Others over ids in turns, 50 benchmark runs and 5,000 scenario runs, measured together on another machine. */
export const DISTINCT_PEERS = {
  'the best peer': { dashboard: { 20: 198, 0: 157 }, detail: { 20: 756, 0: 2_169 } },
  'Tailcall without cache': { dashboard: { 20: 52, 0: 79 }, detail: { 20: 727, 0: 2_169 } },
} as const;

/** The rival in `yoga.ts` on that machine, at 20 ms. */
export const DISTINCT_RIVAL_THERE = { dashboard: 55 };

/** What is wanted against them. */
export const DISTINCT_TARGETS = [
  { query: 'detail', phase: 'cold', peer: 'Tailcall without cache', targets: { 20: 1, 0: 1 } },
  { query: 'detail', phase: 'warm', peer: 'the best peer', targets: { 20: 10, 0: 2 } },
  { query: 'dashboard', phase: 'mixed', peer: 'the best peer', targets: { 20: 40, 0: 35 } },
] as const;
