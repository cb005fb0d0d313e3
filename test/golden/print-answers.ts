/** The program of the golden answers: asks a gateway over a world that stands still, and prints what comes, one answer a line. */
import { createGateway } from '../../src/gateway.ts';
import { loadConfig } from '../../src/config.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { BOARD, DASHBOARD, DETAIL, PROGRESS } from '../support/canonical-queries.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createRecordingLog } from '../support/log.ts';

const clock = createFakeClock();
await using simulator = await startSimulator({
  host: '127.0.0.1',
  port: 0,
  clock,
  seed: 7,
  speed: 0,
  size: { scenarioRuns: 200 },
  maxScenarioRuns: 10_000,
});
const config = loadConfig({ PORT: '0', RUNLOOP_BASE_URL: simulator.url, RUNLOOP_API_KEY: 'ak_test_key' });
await using gateway = await createGateway(config, {
  clock,
  random: () => 0.5,
  log: createRecordingLog().log,
});
const { url } = await gateway.listen();

const world = simulator.world();
// What a language sorts, folds or writes in its own way.
for (const name of ['İstanbul', 'istanbul', 'Zürich', 'zebra', 'äpfel', 'TITLE ı', 'ＦＵＬＬ'])
  world.insert.benchmark({ name, metadata: { [name]: name.toUpperCase() } });
// Where clocks are put forward, days are missing, and years begin elsewhere.
const instants = [
  '2026-03-29T01:30:00Z',
  '2026-10-25T00:59:59Z',
  '2011-12-30T10:00:00Z',
  '1995-12-31T23:59:59Z',
];
for (const at of instants)
  world.insert.scenarioRun({ start_time_ms: Date.parse(at), duration_ms: 86_400_000, state: 'completed' });
world.insert.scenarioRun({ start_time_ms: '2026-03-29T02:30:00' as unknown as number });

const [run, other] = world.benchmarkRuns.list();
const [scenarioRun] = world.scenarioRuns.list();
const id = run?.id ?? '';

/** Each is asked for as it stands. */
const REQUESTS: readonly (readonly [path: string, body?: string])[] = [
  ...[DASHBOARD, PROGRESS].map((query) => graphql(query, { id })),
  graphql(BOARD),
  graphql(DETAIL, { id: scenarioRun?.id }),
  graphql('{ benchmarks(first: 100) { nodes { name metadata { key value } } totalCount } }'),
  graphql('{ benchmarks(filter: { search: "ISTANBUL" }) { nodes { name } } }'),
  graphql(
    'query($base: ID!, $head: ID!) { compareBenchmarkRuns(base: $base, head: $head) { regressed fixed unchanged scoreDelta pValue scenarios(first: 50) { change scoreDelta } } }',
    { base: other?.id, head: id },
  ),
  ...instants.map((at) =>
    graphql(
      'query($at: DateTime) { scenarioRuns(first: 100, filter: { startedAfter: $at }) { nodes { id startedAt endedAt } } }',
      { at },
    ),
  ),
  graphql(
    '{ scenarioRuns(first: 3, filter: { startedBefore: "2012-01-01T00:00:00+14:00" }) { nodes { startedAt } } }',
  ),
  graphql('{ scenarioRuns(filter: { startedAfter: "2026-03-29T02:30:00" }) { nodes { id } } }'),
  graphql('{ devboxes(first: 101) { nodes { id } } }'),
  graphql('{ nothing }'),
  ['/graphql', '{"query": "{ __typename }",}'],
  ['/graphql', '{"query": "{'],
  [`/export/benchmark-runs/${id}.csv`],
  [`/export/benchmark-runs/${id}.ndjson`],
];

for (const [path, body] of REQUESTS) {
  const answer = await fetch(
    url + path,
    body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': 'application/json' } },
  );
  const text = await answer.text();
  // Of each request another one.
  console.log(
    JSON.stringify([path, body, answer.status, text.replace(/"requestId":"[^"]*"/g, '"requestId":""')]),
  );
}

function graphql(query: string, variables: object = {}): readonly [string, string] {
  return ['/graphql', JSON.stringify({ query, variables })];
}
