/** Lists: order, cursors, limits, counts and filters. */
import { describe, expect, it } from 'vitest';
import { openStage } from './stage.ts';

describe('lists', () => {
  it('show the newest first and go on behind a cursor', async () => {
    await using stage = await openStage();
    const { insert } = stage.simulator.world();
    const ids = ['a', 'b', 'c', 'd', 'e'].map((name) => insert.scenario({ name }).id).toReversed();

    const first = await stage.get('/v1/scenarios?limit=2');
    expect(first.body.scenarios.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(first.body).toMatchObject({ has_more: true, total_count: 5 });

    const last = await stage.get(`/v1/scenarios?limit=3&starting_after=${String(ids[1])}`);
    expect(last.body.scenarios.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(last.body).toMatchObject({ has_more: false, total_count: 5 });
  });

  it('keep their place when newer entities come', async () => {
    await using stage = await openStage();
    const { insert } = stage.simulator.world();
    const [older, cursor] = [insert.scenario().id, insert.scenario().id];
    insert.scenario();
    const { body } = await stage.get(`/v1/scenarios?starting_after=${cursor}`);
    expect(body.scenarios.map(({ id }) => id)).toEqual([older]);
  });

  it('have 20 entities by default, and at most 5,000', async () => {
    await using stage = await openStage();
    const { insert } = stage.simulator.world();
    for (let count = 0; count < 30; count++) insert.scorer();
    expect((await stage.get('/v1/scenarios/scorers')).body.scorers).toHaveLength(20);
    expect((await stage.get('/v1/scenarios/scorers?limit=5000')).body.scorers).toHaveLength(30);
  });

  it('only count with limit 0, and do not count when asked not to', async () => {
    await using stage = await openStage();
    const { insert } = stage.simulator.world();
    insert.benchmark();
    insert.benchmark();
    const counted = await stage.get('/v1/benchmarks?limit=0&include_total_count=true');
    expect(counted.body).toEqual({ benchmarks: [], has_more: true, total_count: 2 });
    const uncounted = await stage.get('/v1/benchmarks?include_total_count=false');
    expect(uncounted.body.total_count).toBeUndefined();
    expect(uncounted.body.benchmarks).toHaveLength(2);
  });

  it.each(['-1', '1.5', 'ten', '5001', '1e3'])('refuse the limit %s', async (limit) => {
    await using stage = await openStage();
    const { status, body } = await stage.get(`/v1/scenarios/runs?limit=${limit}`);
    expect(status).toBe(400);
    expect(body.message).toContain('limit');
  });

  it.each([
    ['a state', '/v1/scenarios/runs?state=dreaming'],
    ['a state of benchmark runs', '/v1/benchmark_runs?state=scored'],
    ['a status', '/v1/devboxes?status=dreaming'],
    ['a cursor', '/v1/scenarios/runs?starting_after=scr_nobody'],
    ['a truth value', '/v1/scenarios/runs?include_total_count=perhaps'],
  ])('refuse %s that nobody has heard of', async (_what, path) => {
    await using stage = await openStage();
    const { status, body } = await stage.get(path);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_argument' });
  });

  it('filter scenario runs by state, scenario, benchmark run, name and search, alone and together', async () => {
    await using stage = await openStage();
    const { insert } = stage.simulator.world();
    const [scenario_id, benchmark_run_id] = [insert.scenario().id, insert.benchmarkRun().id];
    const wanted = insert.scenarioRun({
      scenario_id,
      benchmark_run_id,
      state: 'scored',
      name: 'Fix The Bug',
    });
    insert.scenarioRun({ scenario_id, benchmark_run_id, state: 'failed', name: 'other' });
    insert.scenarioRun({ scenario_id, state: 'scored' });
    insert.scenarioRun({ benchmark_run_id, state: 'scored' });

    const found = async (query: string) => {
      const { body } = await stage.get(`/v1/scenarios/runs?${query}`);
      expect(body.total_count).toBe(body.runs.length);
      return body.runs.length;
    };
    expect(await found('state=scored')).toBe(3);
    expect(await found(`scenario_id=${scenario_id}`)).toBe(3);
    expect(await found(`benchmark_run_id=${benchmark_run_id}`)).toBe(3);
    expect(await found('name=Fix%20The%20Bug')).toBe(1);
    expect(await found('search=the%20bug')).toBe(1);
    expect(await found(`search=${wanted.id}`)).toBe(1);
    expect(await found(`scenario_id=${scenario_id}&benchmark_run_id=${benchmark_run_id}&state=scored`)).toBe(
      1,
    );
    expect(await found('benchmark_run_id=bmr_nobody')).toBe(0);

    const inBenchmarkRun = await stage.get(
      `/v1/benchmark_runs/${benchmark_run_id}/scenario_runs?state=failed`,
    );
    expect(inBenchmarkRun.body.runs.map(({ name }) => name)).toEqual(['other']);
  });

  it('follow an entity from one state into the other', async () => {
    await using stage = await openStage();
    const world = stage.simulator.world();
    const [older, moved] = [
      world.insert.scenarioRun(),
      world.insert.scenarioRun(),
      world.insert.scenarioRun(),
    ];
    world.scenarioRuns.update(moved.id, { state: 'scored' });
    expect((await stage.get('/v1/scenarios/runs?state=running')).body.total_count).toBe(2);
    world.scenarioRuns.update(older.id, { state: 'scored' });
    const { body } = await stage.get('/v1/scenarios/runs?state=scored');
    expect(body.runs.map(({ id }) => id)).toEqual([moved.id, older.id]);
  });

  it('show the scenarios of a benchmark, and follow its changes', async () => {
    await using stage = await openStage();
    const { insert } = stage.simulator.world();
    const [first, second, third] = [insert.scenario(), insert.scenario(), insert.scenario()];
    const benchmark = insert.benchmark({ scenarioIds: [first.id, third.id] });
    const idsAt = async (path: string) => (await stage.get(path)).body.scenarios.map(({ id }) => id);

    expect(await idsAt(`/v1/scenarios?benchmark_id=${benchmark.id}`)).toEqual([third.id, first.id]);
    expect(await idsAt(`/v1/benchmarks/${benchmark.id}/definitions?limit=1`)).toEqual([third.id]);
    await stage.post(`/v1/benchmarks/${benchmark.id}/scenarios`, {
      scenarios_to_add: [second.id],
      scenarios_to_remove: [third.id],
    });
    expect(await idsAt(`/v1/scenarios?benchmark_id=${benchmark.id}`)).toEqual([second.id, first.id]);
  });

  it('leave out archived scenarios, which are still answered by id', async () => {
    await using stage = await openStage();
    const { id } = stage.simulator.world().insert.scenario({ validation_type: 'FORWARD' });
    expect((await stage.get('/v1/scenarios?validation_type=FORWARD')).body.total_count).toBe(1);
    expect((await stage.post(`/v1/scenarios/${id}/archive`)).body.status).toBe('archived');
    expect((await stage.get('/v1/scenarios')).body.total_count).toBe(0);
    expect((await stage.get(`/v1/scenarios/${id}`)).body.status).toBe('archived');
  });

  it('show public scenarios and benchmarks apart', async () => {
    await using stage = await openStage();
    const { insert } = stage.simulator.world();
    insert.scenario({ name: 'mine' });
    insert.scenario({ name: 'everyone’s', is_public: true });
    insert.benchmark({ name: 'everyone’s', is_public: true });
    const { body } = await stage.get('/v1/scenarios/list_public');
    expect(body.scenarios.map(({ name }) => name)).toEqual(['everyone’s']);
    expect((await stage.get('/v1/benchmarks/list_public')).body.total_count).toBe(1);
  });
});
