/** What people ask: many ids instead of one, each new, all remembered, or a few of them live, in turns and by Zipf's law. */
import { FILTERED, ORDERED } from '../../support/canonical-queries.ts';
import { type Figure, rounded } from '../live/figure.ts';
import type { Ids, Load } from './client.ts';
import { distinctFigures, type DistinctQuery, type DistinctResult, type Phase } from './distinct-figures.ts';
import { mediansOf } from './medians.ts';
import type { Order } from './order.ts';
import { LATENCIES_MS } from './peers.ts';
import type { Asked, Measured, Server, Stage } from './stage.ts';

/** Benchmark runs of 50 scenario runs that have ended, and beside them those that go on: 6 of 100. */
const RUNS = { ended: 100, live: 6 };
const DASHBOARDS = 50;
const DETAILS = 5_000;
/** Filters that are asked for; each finds 20 rows, and looks at all rows of the account to know that there are no more. */
const FILTERS = 50;
const LIVE_SHARE = 0.06;
const CLIENTS = 32;
const DURATION_MS = Number(process.env['BENCH_MS'] ?? 2_000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
/** Passes over all ids that make a cold round long enough to measure its processor time. */
const COLD_PASSES: Readonly<Record<DistinctQuery, number>> = {
  dashboard: 4,
  detail: 1,
  filtered: 1,
  ordered: 1,
};
/** Requests are cached when they come for the second time, answers made of them before that. */
const WARMING_PASSES = 3;
/** The load under which latencies are compared with their target. */
const PACED_SHARE = 0.7;

type Row = Readonly<Record<string, string | number>>;

interface World {
  /** What is asked for, and by which variable. */
  readonly query: Asked;
  readonly variable: string;
  readonly ended: readonly string[];
  /** As many, a few of which go on. */
  readonly mixed: readonly string[];
}

export async function distinct(stage: Stage): Promise<{ readonly figures: Figure[]; readonly rows: Row[] }> {
  const worlds = await createWorlds(stage);
  await using newcomers = await stage.gateway({ AUTH: 'passthrough' });
  await using gateway = await stage.gateway();
  await using waiting = await stage.gateway({ REFRESH_AHEAD_MAX_ANSWERS: '0' });
  await using yoga = await stage.yoga();
  await using bare = await stage.bare();
  const results: DistinctResult[] = [];
  for (const latencyMs of LATENCIES_MS) {
    await stage.upstream.ask('latency', { ms: latencyMs });
    for (const query of ['dashboard', 'detail', 'filtered', 'ordered'] as const) {
      const world = worlds[query];
      const add = (
        of: Pick<DistinctResult, 'server' | 'phase' | 'order'>,
        measured: Measured,
        pace?: number,
      ) => results.push({ query, latencyMs, ...of, measured, pace: pace ?? null });
      const phases = [
        { server: 'gateway', phase: 'warm', order: 'rotating' },
        { server: 'gateway', phase: 'warm', order: 'zipf' },
        { server: 'gateway', phase: 'mixed', order: 'rotating' },
        { server: 'gateway', phase: 'mixed', order: 'zipf' },
      ] as const;
      add(
        { server: 'gateway', phase: 'cold', order: 'rotating' },
        await cold(stage, newcomers, query, world),
      );
      for (const each of phases) add(each, await remembered(stage, gateway, loadOf(world, each)));
      // The rival has neither filters nor orders, and bytes are bytes.
      if (query === 'filtered' || query === 'ordered') continue;
      const mixed = { server: 'gateway', phase: 'mixed', order: 'rotating' } as const;
      const capacity = results.findLast((each) => each.phase === 'mixed' && each.order === 'rotating');
      const perSecond = PACED_SHARE * (capacity?.measured.perSecond ?? NaN);
      const paced = { ...loadOf(world, mixed), perSecond, slowMs: latencyMs === 0 ? undefined : latencyMs };
      await remembered(stage, waiting, loadOf(world, mixed));
      add(mixed, await rounds(stage, gateway, paced), perSecond);
      const unrefreshed = { ...mixed, server: 'gateway, nothing refreshed ahead' } as const;
      add(unrefreshed, await rounds(stage, waiting, paced), perSecond);
      const rival = { ...mixed, server: 'hand-written' } as const;
      add(rival, await rounds(stage, yoga, loadOf(world, rival)));
      await bare.send(await stage.client.ask('ask', { url: gateway.url, ...one(world) }));
      const floor = { server: 'bare node:http', phase: 'warm', order: 'rotating' } as const;
      add(floor, await rounds(stage, bare, loadOf(world, floor)));
    }
  }
  return { figures: distinctFigures(results), rows: results.map(rowOf) };
}

async function createWorlds({ upstream, queries }: Stage): Promise<Readonly<Record<DistinctQuery, World>>> {
  const { ended, live } = await upstream.ask('runs', RUNS);
  const scenarioRuns = (runs: typeof ended) => runs.flatMap(({ scenarioRunIds }) => scenarioRunIds);
  const benchmarkRuns = (runs: typeof ended) => runs.map(({ benchmarkRunId }) => benchmarkRunId);
  const worldOf = (
    query: Asked,
    variable: string,
    all: { ended: string[]; live: string[] },
    size: number,
  ) => ({
    query,
    variable,
    ended: all.ended.slice(0, size),
    mixed: mix(all, size),
  });
  const shards = Array.from({ length: FILTERS }, (_, shard) => String(shard));
  // All runs have started before each of these.
  const instants = shards.map((shard) => new Date(Date.UTC(2100, 0, 1 + Number(shard))).toISOString());
  return {
    dashboard: worldOf(
      queries.dashboard,
      'id',
      { ended: benchmarkRuns(ended), live: benchmarkRuns(live) },
      DASHBOARDS,
    ),
    detail: worldOf(queries.detail, 'id', { ended: scenarioRuns(ended), live: scenarioRuns(live) }, DETAILS),
    ordered: {
      query: { query: ORDERED, variables: {} },
      variable: 'startedBefore',
      ended: instants,
      mixed: instants,
    },
    filtered: { query: { query: FILTERED, variables: {} }, variable: 'shard', ended: shards, mixed: shards },
  };
}

/** Evenly, so that each part of a round has as many live ones. */
function mix(
  { ended, live }: { readonly ended: readonly string[]; readonly live: readonly string[] },
  size: number,
) {
  const every = Math.floor(1 / LIVE_SHARE);
  const mixed = ended.slice(0, size);
  for (let index = 0; index < Math.floor(size * LIVE_SHARE); index++)
    mixed[every * index] = live[index] ?? '';
  return mixed;
}

function loadOf(
  { query, variable, ended, mixed }: World,
  of: { readonly phase: Phase; readonly order: Order },
) {
  const ids: Ids = { variable, values: of.phase === 'mixed' ? mixed : ended, order: of.order };
  return { ...query, ids, clients: CLIENTS, durationMs: DURATION_MS };
}

function one({ query, variable, ended: [id] }: World): Asked {
  return { query: query.query, variables: { [variable]: id } };
}

let accounts = 0;

/** Each id is asked for once by each of several accounts, of which nothing is known. */
async function cold(stage: Stage, server: Server, query: DistinctQuery, world: World): Promise<Measured> {
  const pass = () =>
    stage.measure(server, {
      ...loadOf(world, { phase: 'cold', order: 'rotating' }),
      durationMs: undefined,
      maxQueries: world.ended.length,
      headers: { authorization: `Bearer ak_distinct_${String(++accounts)}` },
    });
  // What is compiled, and what the upstream has to make first, is not the price of a new id.
  await pass();
  const passes: Measured[] = [];
  for (let each = 0; each < COLD_PASSES[query] * ROUNDS; each++) passes.push(await pass());
  return mediansOf(passes);
}

async function remembered(stage: Stage, server: Server, load: ReturnType<typeof loadOf>): Promise<Measured> {
  await stage.measure(server, {
    ...load,
    ids: { ...load.ids, order: 'rotating' },
    durationMs: undefined,
    maxQueries: WARMING_PASSES * load.ids.values.length,
  });
  return rounds(stage, server, load);
}

async function rounds(stage: Stage, server: Server, load: Omit<Load, 'url'>): Promise<Measured> {
  const all: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) all.push(await stage.measure(server, load));
  return mediansOf(all);
}

function rowOf({ query, latencyMs, server, phase, order, pace, measured }: DistinctResult): Row {
  return {
    query,
    'upstream ms': latencyMs,
    server,
    phase,
    ids: order,
    'CPU µs/query': Math.round(measured.cpuUsPerQuery),
    '/s and core': Math.round(1e6 / measured.cpuUsPerQuery),
    '/s on the clock': `${rounded(measured.perSecond)}${pace === null ? '' : ' (paced)'}`,
    'p50 ms': rounded(measured.p50Ms, 1),
    'p99 ms': rounded(measured.p99Ms, 1),
    'p999 ms': rounded(measured.p999Ms, 1),
    '% as slow as a call': rounded(100 * measured.slowShare, 2),
    'calls/query': rounded(measured.callsPerQuery, 3),
    'RSS MB': Math.round(measured.residentBytes / 1e6),
    bytes: measured.bytes,
  };
}
