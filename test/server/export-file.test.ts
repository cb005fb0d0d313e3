import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { recordsOf } from '../export/parse-csv.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

const path = (id: string, extension = 'csv') => `/export/benchmark-runs/${id}.${extension}`;

/** A benchmark run of so many scored scenario runs, each of a scenario of its own. */
function insertRun({ world }: TestGateway, count: number) {
  const { insert } = world;
  const scenarios = Array.from({ length: count }, (_, index) =>
    insert.scenario({ name: `scenario ${String(index)}` }),
  );
  const benchmark = insert.benchmark({ scenarioIds: scenarios.map(({ id }) => id) });
  const run = insert.benchmarkRun({ benchmark_id: benchmark.id });
  const runs = scenarios.map(({ id }, index) =>
    insert.scenarioRun({
      scenario_id: id,
      benchmark_run_id: run.id,
      state: 'completed',
      metadata: { model: index % 2 === 0 ? '=opus' : 'say "hi", twice' },
    }),
  );
  return { run, runs };
}

function open(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpRequest(url, resolve).once('error', reject).end();
  });
}

const pagesIn = (calls: readonly string[]) => calls.filter((call) => call.includes('/scenario_runs?'));

describe('the export of a benchmark run', () => {
  it('as CSV has a row for each scenario run, newest first, that no spreadsheet takes for formulas', async () => {
    await using gateway = await createTestGateway();
    const { run, runs } = insertRun(gateway, 3);

    const answer = await fetch(`${gateway.url}${path(run.id)}`);
    const body = await answer.text();

    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="benchmark-run-${run.id}.csv"`,
      'transfer-encoding': 'chunked',
    });
    expect(body.startsWith('id,name,scenarioId,scenarioName,state,outcome,outcomeReason,score,')).toBe(true);
    expect(recordsOf(body)).toMatchObject(
      [2, 1, 0].map((index) => ({
        id: runs[index]?.id,
        scenarioName: `scenario ${String(index)}`,
        state: 'COMPLETED',
        outcome: 'PASSED',
        score: '1',
        durationMs: '60000',
        'scores.check': '1',
        'metadata.model': index % 2 === 0 ? "'=opus" : 'say "hi", twice',
        error: '',
      })),
    );
  });

  it('as NDJSON has the same rows, unchanged', async () => {
    await using gateway = await createTestGateway();
    const { run, runs } = insertRun(gateway, 2);

    const answer = await fetch(`${gateway.url}${path(run.id, 'ndjson')}`);
    const lines = (await answer.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);

    expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(lines).toMatchObject([
      {
        id: runs[1]?.id,
        scenarioName: 'scenario 1',
        scores: { check: 1 },
        metadata: { model: 'say "hi", twice' },
      },
      { id: runs[0]?.id, scenarioName: 'scenario 0', scores: { check: 1 }, metadata: { model: '=opus' } },
    ]);
  });

  it('costs a call for the run, one for each page, and few for all names', async () => {
    await using gateway = await createTestGateway({ env: { EXPORT_PAGE_SIZE: '40' } });
    const { run } = insertRun(gateway, 100);

    const body = await (await fetch(`${gateway.url}${path(run.id)}`)).text();
    const calls = gateway.calls();

    expect(recordsOf(body).map(({ scenarioName }) => scenarioName)).toHaveLength(100);
    expect(recordsOf(body).every(({ scenarioName = '', error }) => scenarioName !== '' && error === '')).toBe(
      true,
    );
    expect(pagesIn(calls)).toHaveLength(3);
    expect(calls.filter((call) => call === `GET /v1/benchmark_runs/${run.id}`)).toHaveLength(1);
    expect(calls.length).toBeLessThanOrEqual(8);
  });

  it('of a run that has not started anything is a header alone', async () => {
    await using gateway = await createTestGateway();
    const run = gateway.world.insert.benchmarkRun();

    expect(recordsOf(await (await fetch(`${gateway.url}${path(run.id)}`)).text())).toEqual([]);
    expect(await (await fetch(`${gateway.url}${path(run.id, 'ndjson')}`)).text()).toBe('');
  });

  it('exists or not, which HEAD answers without reading a row', async () => {
    await using gateway = await createTestGateway();
    const { run } = insertRun(gateway, 1);

    const there = await fetch(`${gateway.url}${path(run.id)}`, { method: 'HEAD' });
    const missing = await fetch(`${gateway.url}${path('bmr_nobody')}`, { method: 'HEAD' });

    expect([there.status, missing.status]).toEqual([200, 404]);
    expect(gateway.calls()).toEqual([
      `GET /v1/benchmark_runs/${run.id}`,
      'GET /v1/benchmark_runs/bmr_nobody',
    ]);
  });

  it.each([
    ['bmr_nobody', 404, 'NOT_FOUND'],
    ['..%2f..%2fsecrets', 400, 'BAD_USER_INPUT'],
  ])('of %s is an error in JSON', async (id, status, code) => {
    await using gateway = await createTestGateway();

    const answer = await fetch(`${gateway.url}${path(id)}`);

    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code } }] });
  });

  it('of more runs than the bound is refused before anything is sent', async () => {
    await using gateway = await createTestGateway({ env: { EXPORT_MAX_ROWS: '2' } });
    const { run } = insertRun(gateway, 3);

    const answer = await fetch(`${gateway.url}${path(run.id)}`);

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      errors: [
        {
          message: 'Expected a benchmark run of at most 2 scenario runs (EXPORT_MAX_ROWS)',
          extensions: { code: 'QUERY_TOO_COMPLEX' },
        },
      ],
    });
  });

  it('is refused to anonymous clients', async () => {
    await using gateway = await createTestGateway({ env: { AUTH: 'passthrough' } });

    const answer = await fetch(`${gateway.url}${path('bmr_1')}`);

    expect(answer.status).toBe(401);
    expect(gateway.calls()).toEqual([]);
  });
});

describe('an export of many pages', () => {
  /** Wide enough that a few of them fill every buffer on the way. */
  function insertWideRun({ world }: TestGateway, count: number) {
    const run = world.insert.benchmarkRun();
    const scenario = world.insert.scenario();
    for (let index = 0; index < count; index++) {
      world.insert.scenarioRun({
        benchmark_run_id: run.id,
        scenario_id: scenario.id,
        metadata: { text: 'x'.repeat(200_000) },
      });
    }
    return run;
  }

  it('reads no page before its client has received the ones before', async () => {
    await using gateway = await createTestGateway({ env: { EXPORT_PAGE_SIZE: '1' } });
    const run = insertWideRun(gateway, 200);

    const answer = await open(`${gateway.url}${path(run.id, 'ndjson')}`);
    // As many turns as would let all of it through.
    for (let turn = 0; turn < 200; turn++) await fetch(`${gateway.url}/health`);
    const whileUnread = pagesIn(gateway.calls()).length;
    const lines = (await text(answer)).trimEnd().split('\n');

    expect(whileUnread).toBeLessThan(100);
    expect(lines).toHaveLength(200);
  });

  it('stops reading when its client goes away', async () => {
    await using gateway = await createTestGateway({
      env: { EXPORT_PAGE_SIZE: '1', DOWNLOAD_CONCURRENCY: '1' },
    });
    const run = insertWideRun(gateway, 200);

    const answer = await open(`${gateway.url}${path(run.id, 'ndjson')}`);
    answer.destroy();
    let status = 429;
    // Its place is free again as soon as the gateway has seen it go.
    while (status === 429) ({ status } = await fetch(`${gateway.url}${path(run.id)}`, { method: 'HEAD' }));

    expect(status).toBe(200);
    expect(pagesIn(gateway.calls()).length).toBeLessThan(100);
  });

  it('breaks off where the upstream fails for good, so that no part is taken for the whole', async () => {
    await using gateway = await createTestGateway({ env: { EXPORT_PAGE_SIZE: '1', UPSTREAM_RETRIES: '0' } });
    const run = insertWideRun(gateway, 200);

    const answer = await open(`${gateway.url}${path(run.id)}`);
    gateway.simulator.faults.add({ path: '/v1/benchmark_runs/*/scenario_runs', kind: 'status', status: 500 });

    expect(answer.statusCode).toBe(200);
    await expect(text(answer)).rejects.toThrow('aborted');
    expect(gateway.record.lines().filter(({ event }) => event === 'download.broken')).toMatchObject([
      { code: 'UPSTREAM_ERROR' },
    ]);
  });

  it('is a row without a name where a scenario cannot be read', async () => {
    await using gateway = await createTestGateway({ env: { UPSTREAM_RETRIES: '0' } });
    const { run } = insertRun(gateway, 1);
    gateway.simulator.faults.add({ path: '/v1/scenarios', kind: 'status', status: 503 });
    gateway.simulator.faults.add({ path: '/v1/scenarios/*', kind: 'status', status: 503 });

    const body = await (await fetch(`${gateway.url}${path(run.id)}`)).text();

    expect(recordsOf(body)).toMatchObject([
      { scenarioName: '', outcome: 'PASSED', error: 'scenarioName: Runloop is unavailable' },
    ]);
  });
});
