/** Faults on demand, each kind, where and as often as asked for. */
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/simulator/simulator.ts';
import { openStage } from './stage.ts';

const EVERYWHERE = { path: '/v1/**' } as const;

describe('a fault', () => {
  it('delays answers on the clock', async () => {
    await using stage = await openStage();
    stage.simulator.faults.add({ ...EVERYWHERE, kind: 'latency', ms: 200 });
    stage.simulator.faults.add({ path: '/v1/accounts/me', kind: 'latency', ms: 300 });
    let isAnswered = false;
    const waiting = stage.get('/v1/accounts/me').then(({ status }) => {
      isAnswered = true;
      return status;
    });
    await stage.clock.sleepers(1);
    await stage.clock.advance(499);
    expect(isAnswered).toBe(false);
    await stage.clock.advance(1);
    expect(await waiting).toBe(200);
  });

  it('limits the rate, with a hint in seconds or milliseconds', async () => {
    await using stage = await openStage();
    stage.simulator.faults.add({ ...EVERYWHERE, kind: 'rateLimit', retryAfterSeconds: 3, times: 1 });
    stage.simulator.faults.add({ ...EVERYWHERE, kind: 'rateLimit', retryAfterMs: 250, times: 2 });
    const [first, second] = [await stage.get('/v1/scenarios'), await stage.get('/v1/scenarios')];
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '3']);
    expect([second.status, second.headers.get('retry-after-ms')]).toEqual([429, '250']);
    expect((await stage.get('/v1/scenarios')).status).toBe(200);
  });

  it('answers any status with any body', async () => {
    await using stage = await openStage();
    const html = { status: 502, body: '<html>Bad gateway</html>', contentType: 'text/html' } as const;
    stage.simulator.faults.add({ ...EVERYWHERE, kind: 'status', ...html, times: 1 });
    stage.simulator.faults.add({ ...EVERYWHERE, kind: 'status', status: 503, times: 2 });
    const { status, text, headers } = await stage.get('/v1/scenarios');
    expect({ status, body: text, contentType: headers.get('content-type') }).toEqual(html);
    expect((await stage.get('/v1/scenarios')).body.code).toBe('injected');
  });

  it('resets the connection', async () => {
    await using stage = await openStage();
    stage.simulator.faults.add({ ...EVERYWHERE, kind: 'reset', times: 1 });
    await expect(stage.get('/v1/scenarios')).rejects.toThrow();
    expect((await stage.get('/v1/scenarios')).status).toBe(200);
  });

  it.each<Fault>([
    { ...EVERYWHERE, kind: 'malformedJson' },
    { ...EVERYWHERE, kind: 'truncatedJson' },
  ])('breaks the JSON ($kind)', async (fault) => {
    await using stage = await openStage();
    stage.simulator.faults.add(fault);
    const reply = await stage.get('/v1/accounts/me');
    expect([reply.status, reply.isJson]).toEqual([200, false]);
  });

  it('stalls the body after the headers', async () => {
    await using stage = await openStage();
    stage.simulator.faults.add({ ...EVERYWHERE, kind: 'stall' });
    const leaving = new AbortController();
    const response = await fetch(`${stage.simulator.url}/v1/accounts/me`, {
      headers: { authorization: 'Bearer ak_test' },
      signal: leaving.signal,
    });
    expect(response.status).toBe(200);
    const text = response.text();
    leaving.abort();
    await expect(text).rejects.toThrow();
  });

  it('adds unknown enum values and fields', async () => {
    await using stage = await openStage();
    const run = stage.simulator.world().insert.scenarioRun();
    const word = stage.simulator.faults.add({
      path: '/v1/scenarios/runs',
      kind: 'unknownEnum',
      value: 'dreaming',
    });
    stage.simulator.faults.add({
      path: '/v1/scenarios/runs/*',
      kind: 'extraFields',
      fields: { mood: 'good' },
    });
    expect((await stage.get('/v1/scenarios/runs')).body.runs).toEqual([{ ...run, state: 'dreaming' }]);
    expect((await stage.get(`/v1/scenarios/runs/${run.id}`)).body).toEqual({ ...run, mood: 'good' });
    expect(word.hits).toBe(1);
  });

  it('happens to the given method, path and number of requests only, until it is removed', async () => {
    await using stage = await openStage();
    const { faults } = stage.simulator;
    using fault = faults.add({ method: 'GET', path: '/v1/devboxes/*', kind: 'status', status: 500 });
    expect((await stage.get('/v1/devboxes/dbx_a')).status).toBe(500);
    expect((await stage.get('/v1/devboxes')).status).toBe(200);
    expect((await stage.get('/v1/devboxes/dbx_a/logs')).status).toBe(404);
    expect((await stage.post('/v1/devboxes/dbx_a')).status).toBe(404);
    fault.remove();
    expect((await stage.get('/v1/devboxes/dbx_a')).status).toBe(404);
    expect(fault.hits).toBe(1);
    faults.add({ ...EVERYWHERE, kind: 'status', status: 500 });
    faults.clear();
    expect((await stage.get('/v1/devboxes')).status).toBe(200);
  });

  it('happens by chance, and to the same requests each time', async () => {
    const hits = async () => {
      await using stage = await openStage();
      stage.simulator.faults.add({ ...EVERYWHERE, kind: 'status', status: 500, probability: 0.5 });
      const statuses: number[] = [];
      for (let count = 0; count < 40; count++) statuses.push((await stage.get('/v1/scenarios')).status);
      return statuses;
    };
    const first = await hits();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await hits()).toEqual(first);
  });

  it('can lose the answer of an action that was done', async () => {
    await using stage = await openStage();
    const world = stage.simulator.world();
    const run = world.insert.scenarioRun();
    const path = `/v1/scenarios/runs/${run.id}/cancel`;
    stage.simulator.faults.add({ path, kind: 'reset', times: 1 });
    await expect(stage.post(path)).rejects.toThrow();
    expect(world.scenarioRuns.get(run.id)?.state).toBe('running');
    stage.simulator.faults.add({ path, kind: 'reset', times: 1, isAfterAction: true });
    await expect(stage.post(path)).rejects.toThrow();
    expect(world.scenarioRuns.get(run.id)?.state).toBe('canceled');
  });
});
