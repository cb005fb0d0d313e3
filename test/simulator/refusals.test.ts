/** Requests that the real API refuses are refused alike, as `{code, message}`. */
import { describe, expect, it } from 'vitest';
import { openStage } from './stage.ts';

describe('refusals', () => {
  it.each([
    ['no key', {}],
    ['a blank key', { authorization: 'Bearer  ' }],
    ['another scheme', { authorization: 'Basic abc' }],
  ])('answer 401 to %s', async (_what, headers) => {
    await using stage = await openStage();
    const response = await fetch(`${stage.simulator.url}/v1/scenarios`, { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
  });

  it('answer 401 to keys that are not among the accounts, and keep the worlds of the others apart', async () => {
    await using stage = await openStage({ accounts: { ak_one: { seed: 1 }, ak_two: { seed: 2 } } });
    stage.simulator.world('ak_one').insert.scenario();
    const count = async (key: string) => {
      const { status, body } = await stage.get('/v1/scenarios', { authorization: `Bearer ${key}` });
      return status === 200 ? body.total_count : status;
    };
    expect(await count('ak_one')).toBe(1);
    expect(await count('ak_two')).toBe(0);
    expect(await count('ak_three')).toBe(401);
  });

  it.each([
    '/v1/scenarios/scn_nobody',
    '/v1/scenarios/runs/scr_nobody',
    '/v1/scenarios/scorers/scs_nobody',
    '/v1/benchmarks/bmd_nobody',
    '/v1/benchmark_runs/bmr_nobody',
    '/v1/benchmark_runs/bmr_nobody/scenario_runs',
    '/v1/benchmark_jobs/bmj_nobody',
    '/v1/devboxes/dbx_nobody',
    '/v1/devboxes/dbx_nobody/logs',
    '/v1/blueprints/bpt_nobody',
    '/v1/devboxes/disk_snapshots/snp_nobody/status',
  ])('answer 404 with the id to GET %s', async (path) => {
    await using stage = await openStage();
    const { status, body } = await stage.get(path);
    expect(status).toBe(404);
    expect(body.message).toContain(/\w{3}_nobody/.exec(path)?.[0]);
  });

  it('answer 404 to unknown paths, and 405 to unknown methods', async () => {
    await using stage = await openStage();
    expect((await stage.get('/v2/scenarios')).status).toBe(404);
    expect((await stage.get('/')).status).toBe(404);
    const { status, headers } = await stage.post('/v1/benchmark_runs');
    expect([status, headers.get('allow')]).toEqual([405, 'GET']);
  });

  it('decode ids safely', async () => {
    await using stage = await openStage();
    expect((await stage.get('/v1/scenarios/..%2F..%2Fsecrets')).status).toBe(404);
    expect((await stage.get('/v1/scenarios/%E0%A4%A')).status).toBe(400);
  });

  it.each([
    ['text that is no JSON', '{"name": '],
    ['a list', '[]'],
    ['no name', { input_context: { problem_statement: 'p' } }],
    ['a name of the wrong type', { name: 7, input_context: { problem_statement: 'p' } }],
    ['no scoring contract', { name: 'n', input_context: { problem_statement: 'p' } }],
    [
      'an unknown scorer',
      {
        name: 'n',
        input_context: { problem_statement: 'p' },
        scoring_contract: {
          scoring_function_parameters: [{ name: 's', weight: 1, scorer: { type: 'oracle' } }],
        },
      },
    ],
  ])('answer 400 to a scenario with %s', async (_what, body) => {
    await using stage = await openStage();
    const reply = await stage.post('/v1/scenarios', body);
    expect(reply.status).toBe(400);
    expect(reply.body).toMatchObject({ code: 'invalid_argument', message: expect.any(String) as string });
    expect(stage.simulator.world().scenarios.size).toBe(0);
  });

  it('answer 413 to a body of more than 1 MiB', async () => {
    await using stage = await openStage();
    const { status } = await stage.post('/v1/scenarios', JSON.stringify({ name: 'x'.repeat(1024 * 1024) }));
    expect(status).toBe(413);
  });

  it('answer 400 when a scenario requires what the run does not bring', async () => {
    await using stage = await openStage();
    const { id: scenario_id } = stage.simulator.world().insert.scenario({
      required_environment_variables: ['SEED'],
      required_secret_names: ['KEY'],
    });
    const start = (runProfile?: object) => stage.post('/v1/scenarios/start_run', { scenario_id, runProfile });
    expect((await start()).body.message).toContain('SEED, KEY');
    expect((await start({ envVars: { SEED: '1' }, secrets: { KEY: 'MY_KEY' } })).status).toBe(200);
  });

  it.each([
    ['complete', 'running'],
    ['complete', 'scoring'],
    ['complete', 'completed'],
    ['score', 'scoring'],
    ['score', 'scored'],
    ['score', 'canceled'],
    ['cancel', 'completed'],
    ['cancel', 'canceled'],
    ['cancel', 'failed'],
    ['cancel', 'timeout'],
  ] as const)('answer 409 to %s on a run that is %s', async (verb, state) => {
    await using stage = await openStage();
    const run = stage.simulator.world().insert.scenarioRun({ state });
    const { status, body } = await stage.post(`/v1/scenarios/runs/${run.id}/${verb}`);
    expect(status).toBe(409);
    expect(body.message).toContain(run.id);
    expect(stage.simulator.world().scenarioRuns.get(run.id)).toEqual(run);
  });

  it('answer 409 to what a benchmark run or a devbox cannot do any more', async () => {
    await using stage = await openStage();
    const { insert } = stage.simulator.world();
    const { id: benchmark_run_id } = insert.benchmarkRun({ state: 'completed' });
    const { id: scenario_id } = insert.scenario();
    expect((await stage.post(`/v1/benchmark_runs/${benchmark_run_id}/cancel`)).status).toBe(409);
    expect((await stage.post(`/v1/benchmark_runs/${benchmark_run_id}/complete`)).status).toBe(409);
    expect((await stage.post('/v1/scenarios/start_run', { scenario_id, benchmark_run_id })).status).toBe(409);
    const { id: devbox } = insert.devbox({ status: 'shutdown' });
    for (const verb of ['suspend', 'resume', 'keep_alive']) {
      expect((await stage.post(`/v1/devboxes/${devbox}/${verb}`)).status).toBe(409);
    }
    expect((await stage.post(`/v1/devboxes/${devbox}/execute`, { command: 'true' })).status).toBe(409);
  });
});
