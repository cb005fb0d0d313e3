/** What size costs: of a benchmark run, and of its statistics. */
import { type Figure, rounded } from '../live/figure.ts';
import { flatFigure } from './flat.ts';
import type { Measured, Stage } from './stage.ts';

const RUN_SIZES = [10, 100, 1_000, 5_000];
const DURATION_MS = 1_500;
/** The statistics of the largest run, from the response cache, against bare bytes. */
const MAX_TIMES_BARE = 20;

const PAGE = `query Page($id: ID!, $first: Int!) {
  benchmarkRun(id: $id) {
    scenarioRuns(first: $first) { nodes { id name state score startedAt durationMs metadata { key value } } pageInfo { hasNextPage endCursor } }
  }
}`;

const STATISTICS = `query Statistics($id: ID!) {
  benchmarkRun(id: $id) {
    progress { expected started running scoring finished pending fraction }
    stats { passed failed errored meanScore passRate { value low high } sampleSize isComplete }
  }
}`;

type Row = Readonly<Record<string, string | number>>;

export async function growth(stage: Stage): Promise<{ readonly figures: Figure[]; readonly rows: Row[] }> {
  await stage.upstream.ask('latency', { ms: 0 });
  await using gateway = await stage.gateway();
  await using executed = await stage.gateway({ ANSWER_REUSE: 'off' });
  await using bare = await stage.bare();
  const rows: Row[] = [];
  const figures: Figure[] = [];
  const add = (
    what: string,
    size: number,
    { cpuUsPerQuery, p50Ms, callsPerQuery, bytes }: Measured,
    per: number,
  ) =>
    rows.push({
      what,
      size,
      'CPU µs/query': Math.round(cpuUsPerQuery),
      'CPU µs/row': rounded(cpuUsPerQuery / per, 1),
      'bytes/row': Math.round(bytes / per),
      'p50 ms': rounded(p50Ms, 2),
      'calls/query': rounded(callsPerQuery, 3),
    });
  // A page has 100 rows at most, so that a large run is many of them: the first stands for all.
  const perRow: Measured[] = [];
  for (const size of RUN_SIZES) {
    const id = await stage.upstream.ask('benchmarkRun', { scenarioRuns: size });
    const first = Math.min(size, 100);
    const load = { query: PAGE, variables: { id, first }, clients: 8, durationMs: DURATION_MS };
    await stage.measure(executed, load);
    const measured = await stage.measure(executed, load);
    add(`page of ${String(first)} of a benchmark run`, size, measured, first);
    if (size >= 100) perRow.push(measured);

    const asked = { query: STATISTICS, variables: { id }, clients: 8, durationMs: DURATION_MS };
    await stage.measure(gateway, asked);
    const told = await stage.measure(gateway, asked);
    await bare.send(await stage.client.ask('ask', { url: gateway.url, ...asked }));
    const floor = await stage.measure(bare, asked);
    add('progress and statistics', size, told, 1);
    add('the same bytes from bare node:http', size, floor, 1);
    if (size === Math.max(...RUN_SIZES)) {
      const times = told.cpuUsPerQuery / floor.cpuUsPerQuery;
      figures.push({
        figure: `progress and statistics of ${String(size)} scenario runs: times the CPU of bare bytes`,
        target: `≤ ${String(MAX_TIMES_BARE)}`,
        measured: rounded(times, 1),
        isMet: times <= MAX_TIMES_BARE,
      });
    }
  }
  figures.push(
    flatFigure(
      'CPU of a row of a benchmark run, 100 to 5,000 scenario runs',
      perRow.map((each) => each.cpuUsPerQuery),
    ),
  );
  figures.push(
    flatFigure(
      'bytes of a row of a benchmark run, 100 to 5,000 scenario runs',
      perRow.map((each) => each.bytes),
    ),
  );

  return { figures, rows };
}
