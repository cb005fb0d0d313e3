import { describe, expect, it } from 'vitest';
import type { UpstreamSession } from '../../src/upstream/upstream.ts';
import { HOSTILE_IDS } from './hostile-ids.ts';
import { API_KEY, failureOf, startRest } from './rest-stage.ts';
import {
  BENCHMARK,
  BENCHMARK_JOB,
  BENCHMARK_RUN,
  DEVBOX,
  DEVBOX_LOG,
  DEVBOX_USAGE,
  SCENARIO,
  SCENARIO_RUN,
} from './rows.ts';
import { json } from './stub-server.ts';

const PAGE = { limit: 20, totalCount: false };
const COUNTED = { limit: 5_000, after: 'xyz_9', totalCount: true };

interface Endpoint {
  readonly name: string;
  readonly call: (session: UpstreamSession) => Promise<unknown>;
  readonly url: string;
  readonly body: unknown;
  readonly answer: object;
}

const ENTITIES: readonly Endpoint[] = [
  {
    name: 'scenarioRun',
    call: (session) => session.get('scenarioRun', 'scr_1'),
    url: '/v1/scenarios/runs/scr_1',
    body: SCENARIO_RUN,
    answer: { type: 'ScenarioRun', id: 'scr_1' },
  },
  {
    name: 'benchmarkRun',
    call: (session) => session.get('benchmarkRun', 'bmr_1'),
    url: '/v1/benchmark_runs/bmr_1',
    body: BENCHMARK_RUN,
    answer: { type: 'BenchmarkRun', id: 'bmr_1' },
  },
  {
    name: 'benchmark',
    call: (session) => session.get('benchmark', 'bmd_1'),
    url: '/v1/benchmarks/bmd_1',
    body: BENCHMARK,
    answer: { type: 'Benchmark', id: 'bmd_1' },
  },
  {
    name: 'benchmarkJob',
    call: (session) => session.get('benchmarkJob', 'job_1'),
    url: '/v1/benchmark_jobs/job_1',
    body: BENCHMARK_JOB,
    answer: { type: 'BenchmarkJob', id: 'job_1' },
  },
  {
    name: 'scenario',
    call: (session) => session.get('scenario', 'scn_1'),
    url: '/v1/scenarios/scn_1',
    body: SCENARIO,
    answer: { type: 'Scenario', id: 'scn_1' },
  },
  {
    name: 'devbox',
    call: (session) => session.get('devbox', 'dbx_1'),
    url: '/v1/devboxes/dbx_1',
    body: DEVBOX,
    answer: { type: 'Devbox', id: 'dbx_1' },
  },
  {
    name: 'devboxUsage',
    call: (session) => session.read('devboxUsage', { id: 'dbx_1' }),
    url: '/v1/devboxes/dbx_1/usage',
    body: DEVBOX_USAGE,
    answer: { totalElapsedSec: 100, totalActiveSec: 90 },
  },
  {
    name: 'devboxLogs',
    call: (session) => session.read('devboxLogs', { id: 'dbx_1', executionId: 'exe_1', shellName: 'a b' }),
    url: '/v1/devboxes/dbx_1/logs?execution_id=exe_1&shell_name=a+b',
    body: { logs: [DEVBOX_LOG] },
    answer: [{ message: 'hello' }],
  },
];

const LISTS: readonly Endpoint[] = [
  {
    name: 'scenarioRuns',
    call: (session) =>
      session.list(
        'scenarioRuns',
        { name: 'n&m', search: 's', state: 'running', benchmarkRunId: 'bmr_1', scenarioId: 'scn_1' },
        COUNTED,
      ),
    url: '/v1/scenarios/runs?name=n%26m&search=s&state=running&benchmark_run_id=bmr_1&scenario_id=scn_1&limit=5000&starting_after=xyz_9&include_total_count=true',
    body: { runs: [SCENARIO_RUN], has_more: true, total_count: 7 },
    answer: { rows: [{ type: 'ScenarioRun', id: 'scr_1' }], hasMore: true, totalCount: 7 },
  },
  {
    name: 'scenarioRuns without a filter',
    call: (session) => session.list('scenarioRuns', {}, PAGE),
    url: '/v1/scenarios/runs?limit=20&include_total_count=false',
    body: { runs: [], has_more: false },
    answer: { rows: [], hasMore: false, totalCount: null },
  },
  {
    name: 'benchmarkRuns',
    call: (session) =>
      session.list('benchmarkRuns', { name: 'n', search: 's', state: 'failed', benchmarkId: 'bmd_1' }, PAGE),
    url: '/v1/benchmark_runs?name=n&search=s&state=failed&benchmark_id=bmd_1&limit=20&include_total_count=false',
    body: { runs: [BENCHMARK_RUN], has_more: false },
    answer: { rows: [{ type: 'BenchmarkRun', id: 'bmr_1' }], hasMore: false, totalCount: null },
  },
  {
    name: 'benchmarkJobs',
    call: (session) => session.list('benchmarkJobs', { name: 'n', search: 's' }, COUNTED),
    url: '/v1/benchmark_jobs?name=n&search=s&limit=5000&starting_after=xyz_9&include_total_count=true',
    body: { jobs: [BENCHMARK_JOB], has_more: false, total_count: 1 },
    answer: { rows: [{ type: 'BenchmarkJob', id: 'job_1' }], hasMore: false, totalCount: 1 },
  },
  {
    name: 'benchmarkRunScenarioRuns',
    call: (session) =>
      session.list(
        'benchmarkRunScenarioRuns',
        { benchmarkRunId: 'bmr_1', search: 's', state: 'scored' },
        PAGE,
      ),
    url: '/v1/benchmark_runs/bmr_1/scenario_runs?search=s&state=scored&limit=20&include_total_count=false',
    body: { runs: [SCENARIO_RUN], has_more: false },
    answer: { rows: [{ type: 'ScenarioRun', id: 'scr_1' }], hasMore: false, totalCount: null },
  },
  {
    name: 'benchmarks',
    call: (session) => session.list('benchmarks', { name: 'n', search: 's', isPublic: false }, PAGE),
    url: '/v1/benchmarks?name=n&search=s&limit=20&include_total_count=false',
    body: { benchmarks: [BENCHMARK], has_more: false },
    answer: { rows: [{ type: 'Benchmark', id: 'bmd_1' }], hasMore: false, totalCount: null },
  },
  {
    name: 'public benchmarks',
    call: (session) => session.list('benchmarks', { isPublic: true }, PAGE),
    url: '/v1/benchmarks/list_public?limit=20&include_total_count=false',
    body: { benchmarks: [BENCHMARK], has_more: false },
    answer: { rows: [{ type: 'Benchmark', id: 'bmd_1' }], hasMore: false, totalCount: null },
  },
  {
    name: 'benchmarkScenarios',
    call: (session) => session.list('benchmarkScenarios', { benchmarkId: 'bmd_1' }, COUNTED),
    url: '/v1/benchmarks/bmd_1/definitions?limit=5000&starting_after=xyz_9',
    body: { scenarios: [SCENARIO], has_more: false },
    answer: { rows: [{ type: 'Scenario', id: 'scn_1' }], hasMore: false, totalCount: null },
  },
  {
    name: 'scenarios',
    call: (session) =>
      session.list(
        'scenarios',
        { name: 'n', search: 's', benchmarkId: 'bmd_1', validationType: 'FORWARD' },
        PAGE,
      ),
    url: '/v1/scenarios?name=n&search=s&benchmark_id=bmd_1&validation_type=FORWARD&limit=20&include_total_count=false',
    body: { scenarios: [SCENARIO], has_more: false },
    answer: { rows: [{ type: 'Scenario', id: 'scn_1' }], hasMore: false, totalCount: null },
  },
  {
    name: 'public scenarios',
    call: (session) => session.list('scenarios', { name: 'n', search: 's', isPublic: true }, PAGE),
    url: '/v1/scenarios/list_public?name=n&search=s&limit=20&include_total_count=false',
    body: { scenarios: [SCENARIO], has_more: false },
    answer: { rows: [{ type: 'Scenario', id: 'scn_1' }], hasMore: false, totalCount: null },
  },
  {
    name: 'devboxes',
    call: (session) => session.list('devboxes', { status: 'running' }, PAGE),
    url: '/v1/devboxes?status=running&limit=20&include_total_count=false',
    body: { devboxes: [DEVBOX], has_more: false },
    answer: { rows: [{ type: 'Devbox', id: 'dbx_1' }], hasMore: false, totalCount: null },
  },
];

describe('one request answers', () => {
  it.each([...ENTITIES, ...LISTS])('$name', async ({ call, url, body, answer }) => {
    await using stage = await startRest(json(body));
    expect(await call(stage.session())).toMatchObject(answer);
    expect(stage.server.requests.map((request) => `${request.method} ${request.url}`)).toEqual([
      `GET ${url}`,
    ]);
  });
});

describe('an id that the upstream does not know', () => {
  it.each(ENTITIES)('is null for $name', async ({ call }) => {
    await using stage = await startRest(json({ code: 'not_found', message: 'nope' }, 404));
    expect(await call(stage.session())).toBeNull();
    expect(stage.server.requests).toHaveLength(1);
  });

  it.each(LISTS)('is NOT_FOUND for $name', async ({ call }) => {
    await using stage = await startRest(json({ code: 'not_found', message: 'nope' }, 404));
    expect(await failureOf(call(stage.session()))).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a hostile id', () => {
  const callsWith = (session: UpstreamSession, id: string) => {
    const page = { ...PAGE, after: id };
    return [
      session.get('scenarioRun', id),
      session.download('scenarioRunLogs', id),
      session.get('benchmarkRun', id),
      session.get('benchmark', id),
      session.get('scenario', id),
      session.get('devbox', id),
      session.read('devboxUsage', { id }),
      session.read('devboxLogs', { id }),
      session.read('devboxLogs', { id: 'dbx_1', executionId: id }),
      session.list('benchmarkRunScenarioRuns', { benchmarkRunId: id }, PAGE),
      session.list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, page),
      session.list('benchmarkScenarios', { benchmarkId: id }, PAGE),
      session.list('benchmarkScenarios', { benchmarkId: 'bmd_1' }, page),
      session.list('scenarioRuns', { benchmarkRunId: id }, PAGE),
      session.list('scenarioRuns', { scenarioId: id }, PAGE),
      session.list('scenarioRuns', {}, page),
      session.list('benchmarkRuns', { benchmarkId: id }, PAGE),
      session.list('benchmarkRuns', {}, page),
      session.list('benchmarks', {}, page),
      session.list('scenarios', { benchmarkId: id }, PAGE),
      session.list('scenarios', {}, page),
      session.list('devboxes', {}, page),
    ];
  };

  it('reaches no URL', async () => {
    await using stage = await startRest(json({}));
    for (const id of HOSTILE_IDS) {
      for (const call of callsWith(stage.session(), id))
        expect(await failureOf(call), id).toMatchObject({ code: 'BAD_USER_INPUT' });
    }
    expect(stage.server.requests).toHaveLength(0);
  });
});

describe('a filter', () => {
  it('by the state `unknown` is refused before it is sent', async () => {
    await using stage = await startRest(json({ runs: [], has_more: false }));
    const session = stage.session();
    for (const call of [
      session.list('scenarioRuns', { state: 'unknown' }, PAGE),
      session.list('benchmarkRuns', { state: 'unknown' }, PAGE),
      session.list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1', state: 'unknown' }, PAGE),
      session.list('scenarios', { validationType: 'unknown' }, PAGE),
      session.list('devboxes', { status: 'unknown' }, PAGE),
    ]) {
      expect(await failureOf(call)).toMatchObject({ code: 'BAD_USER_INPUT' });
    }
    expect(stage.server.requests).toHaveLength(0);
  });

  it('is text to the upstream, whatever it holds', async () => {
    await using stage = await startRest(json({ runs: [], has_more: false }));
    const search = 'a&state=failed#?\r\nx: 1/../😀';
    await stage.session().list('scenarioRuns', { search }, PAGE);
    const url = new URL(stage.server.requests[0]?.url ?? '', stage.server.url);
    expect(url.pathname).toBe('/v1/scenarios/runs');
    expect([...url.searchParams.keys()]).toEqual(['search', 'limit', 'include_total_count']);
    expect(url.searchParams.get('search')).toBe(search);
  });
});

describe('a request', () => {
  it("carries the account's key, the gateway's name and nothing that asks for anything but JSON", async () => {
    await using stage = await startRest(json(SCENARIO_RUN));
    await stage.session().get('scenarioRun', 'scr_1');
    expect(stage.server.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${API_KEY}`,
      accept: 'application/json',
      'user-agent': 'runloop-graphql/1.2.3',
    });
  });

  it.each(['/prefix', '/prefix/', '/a/b'])('goes below a base URL that ends in %s', async (prefix) => {
    await using stage = await startRest(json(SCENARIO_RUN), { prefix });
    await stage.session().get('scenarioRun', 'scr_1');
    expect(stage.server.requests[0]?.url).toBe(`${prefix.replace(/\/$/, '')}/v1/scenarios/runs/scr_1`);
  });

  it('uses a connection that is kept open', async () => {
    await using stage = await startRest(json(SCENARIO_RUN));
    for (let round = 0; round < 20; round++) await stage.session().get('scenarioRun', 'scr_1');
    // A body has been read a little before its connection counts as free: the next call may open a second one.
    expect(stage.server.connections).toBeLessThanOrEqual(2);
  });

  it('waits when the connections are all in use', async () => {
    await using stage = await startRest(json(SCENARIO_RUN), { connections: 3 });
    await Promise.all(Array.from({ length: 30 }, () => stage.session().get('scenarioRun', 'scr_1')));
    expect(stage.server.requests).toHaveLength(30);
    expect(stage.server.connections).toBeLessThanOrEqual(3);
  });
});
