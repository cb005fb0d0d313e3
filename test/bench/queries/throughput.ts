/** How many queries a core answers that all ask for the same: the gateway as it comes, the gateway that executes every query, the rival and the floor. */
import { type Figure, rounded } from '../live/figure.ts';
import { mediansOf } from './medians.ts';
import {
  BEST_PEER,
  EXECUTED_TARGETS,
  LATENCIES_MS,
  type LatencyMs,
  QUERY_NAMES,
  type QueryName,
  RIVAL_THERE,
  TARGETS,
  UNCACHED_TAILCALL,
} from './peers.ts';
import type { Measured, Server, Stage } from './stage.ts';

const CLIENTS = 32;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const DURATION_MS = Number(process.env['BENCH_MS'] ?? 2_000);

/** The row of each server. */
const NAMES = {
  gateway: 'gateway',
  executed: 'gateway, every query executed',
  yoga: 'hand-written',
  bare: 'bare node:http',
};
type Name = keyof typeof NAMES;

type Row = Readonly<Record<string, string | number>>;

export async function throughput(
  stage: Stage,
): Promise<{ readonly figures: Figure[]; readonly rows: Row[] }> {
  await using gateway = await stage.gateway();
  await using executed = await stage.gateway({ ANSWER_REUSE: 'off' });
  await using yoga = await stage.yoga();
  await using bare = await stage.bare();
  const servers: Readonly<Record<Name, Server>> = { gateway, executed, yoga, bare };
  const results: Result[] = [];
  for (const latencyMs of LATENCIES_MS) {
    await stage.upstream.ask('latency', { ms: latencyMs });
    for (const query of QUERY_NAMES) {
      await bare.send(await sameAnswer(stage, query, { gateway, yoga }));
      results.push({ query, latencyMs, rates: await takeTurns(stage, query, servers) });
    }
  }
  return { figures: figuresOf(results), rows: results.flatMap(rowsOf) };
}

/** The medians of all rounds of a server. */
interface Rates extends Measured {
  /** By the processor time that was used: what else happens on the machine counts less. */
  readonly perSecondAndCore: number;
}

interface Result {
  readonly query: QueryName;
  readonly latencyMs: LatencyMs;
  readonly rates: Readonly<Record<Name, Rates>>;
}

/** The answer of the gateway, once it is known that the rival gives the same. */
async function sameAnswer(
  { client, queries }: Stage,
  query: QueryName,
  { gateway, yoga }: { readonly gateway: Server; readonly yoga: Server },
): Promise<string> {
  const [ours, theirs] = await Promise.all(
    [gateway, yoga].map(({ url }) => client.ask('ask', { url, ...queries[query] })),
  );
  if (ours === undefined || theirs === undefined || withoutTypes(ours) !== withoutTypes(theirs)) {
    throw new Error(`The answers to ${query} differ:\n${String(ours)}\n${String(theirs)}`);
  }
  return ours;
}

/** The names of scorer types are ours alone. */
function withoutTypes(json: string): string {
  return json.replaceAll(/"__typename":"\w+"/g, '"__typename":""');
}

async function takeTurns(
  stage: Stage,
  query: QueryName,
  servers: Readonly<Record<Name, Server>>,
): Promise<Readonly<Record<Name, Rates>>> {
  const rounds: Record<Name, Measured[]> = { gateway: [], executed: [], yoga: [], bare: [] };
  const load = { ...stage.queries[query], clients: CLIENTS };
  for (const server of Object.values(servers)) {
    await stage.measure(server, { ...load, durationMs: DURATION_MS / 2 });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, server] of Object.entries(servers) as [Name, Server][]) {
      rounds[name].push(await stage.measure(server, { ...load, durationMs: DURATION_MS }));
    }
  }
  return {
    gateway: ratesOf(rounds.gateway),
    executed: ratesOf(rounds.executed),
    yoga: ratesOf(rounds.yoga),
    bare: ratesOf(rounds.bare),
  };
}

function ratesOf(rounds: readonly Measured[]): Rates {
  const medians = mediansOf(rounds);
  return { ...medians, perSecondAndCore: 1e6 / medians.cpuUsPerQuery };
}

function rowsOf({ query, latencyMs, rates }: Result): Row[] {
  const { yoga, bare } = rates;
  return (Object.keys(rates) as Name[]).map((name) => {
    const rate = rates[name];
    return {
      query,
      'upstream ms': latencyMs,
      server: NAMES[name],
      '× hand-written': rounded(rate.perSecondAndCore / yoga.perSecondAndCore, 1),
      'of bare': rounded(rate.perSecondAndCore / bare.perSecondAndCore, 2),
      '/s and core': Math.round(rate.perSecondAndCore),
      '/s on the clock': Math.round(rate.perSecond),
      'p50 ms': rounded(rate.p50Ms, 1),
      'p99 ms': rounded(rate.p99Ms, 1),
      'p999 ms': rounded(rate.p999Ms, 1),
      'calls/query': rounded(rate.callsPerQuery, 3),
      'CPU µs/query': Math.round(rate.cpuUsPerQuery),
      'RSS MB': Math.round(rate.residentBytes / 1e6),
      bytes: rate.bytes,
    };
  });
}

/**
 * Others were measured elsewhere, with a core to themselves. Where the rival was busy all the time, its processor time
 * says how much faster or slower this machine is, and they are taken to be as much faster or slower here.
 */
function figuresOf(results: readonly Result[]): Figure[] {
  const busy = results.find(({ query, latencyMs }) => query === 'dashboard' && latencyMs === 20);
  const speed = (busy?.rates.yoga.perSecondAndCore ?? NaN) / RIVAL_THERE.dashboard;
  return results.flatMap(({ query, latencyMs, rates }) => {
    const compare = (
      name: Name,
      peer: string,
      against: { readonly there: number; readonly target: number },
    ) => {
      const here = against.there * speed;
      const times = rates[name].perSecondAndCore / here;
      return {
        figure: `${query} of the same id, upstream ${String(latencyMs)} ms, ${NAMES[name]}: times ${peer}, ${rounded(against.there)}/s there and ${rounded(here)}/s here`,
        target: `≥ ${String(against.target)}`,
        measured: `${rounded(times, 1)} (on the clock ${rounded(rates[name].perSecond / here, 1)})`,
        isMet: times >= against.target,
      };
    };
    const best = { there: BEST_PEER[query][latencyMs], target: TARGETS[query][latencyMs] };
    const figures: Figure[] = [compare('gateway', 'the best peer', best)];
    const target = EXECUTED_TARGETS[query];
    if (latencyMs === 20 && target !== undefined) {
      const tailcall = { there: UNCACHED_TAILCALL[query], target };
      figures.push(compare('executed', 'Tailcall without cache', tailcall));
    }
    return figures;
  });
}
