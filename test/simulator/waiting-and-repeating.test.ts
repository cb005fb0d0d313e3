/** Long polls on a fake clock, and requests that are sent twice. */
import { describe, expect, it } from 'vitest';
import { openStage } from './stage.ts';

describe('a long poll', () => {
  it('answers as soon as the status is reached', async () => {
    await using stage = await openStage();
    const { body: created } = await stage.post('/v1/devboxes', {});
    const waiting = stage.post(`/v1/devboxes/${created.id}/wait_for_status`, {
      statuses: ['running', 'failure'],
    });
    await stage.clock.sleepers(2);
    await stage.clock.advance(2_500);
    expect((await waiting).body.status).toBe('running');
  });

  it('answers 408 when its time runs out, and leaves nothing behind', async () => {
    await using stage = await openStage();
    const { id } = stage.simulator.world().insert.devbox();
    const waiting = stage.post(`/v1/devboxes/${id}/wait_for_status`, {
      statuses: ['suspended'],
      timeout_seconds: 10,
    });
    await stage.clock.sleepers(1);
    await stage.clock.advance(10_000);
    expect((await waiting).status).toBe(408);
    expect(stage.clock.pending).toBe(0);
  });

  it('ends when the client goes away', async () => {
    await using stage = await openStage();
    const { id } = stage.simulator.world().insert.devbox();
    const leaving = new AbortController();
    const waiting = fetch(`${stage.simulator.url}/v1/devboxes/${id}/wait_for_status`, {
      method: 'POST',
      headers: { authorization: 'Bearer ak_test' },
      body: JSON.stringify({ statuses: ['suspended'] }),
      signal: leaving.signal,
    });
    await stage.clock.sleepers(1);
    leaving.abort();
    await expect(waiting).rejects.toThrow();
    while (stage.clock.pending > 0) await stage.get('/v1/accounts/me');
  });

  it.each([
    ['no statuses', {}],
    ['a status that nobody knows', { statuses: ['dreaming'] }],
    ['more than 30 seconds', { statuses: ['running'], timeout_seconds: 31 }],
  ])('refuses %s', async (_what, body) => {
    await using stage = await openStage();
    const { id } = stage.simulator.world().insert.devbox();
    expect((await stage.post(`/v1/devboxes/${id}/wait_for_status`, body)).status).toBe(400);
  });
});

describe('a repeated request', () => {
  it('is answered again and not done again when it carries the same x-request-id', async () => {
    await using stage = await openStage();
    const world = stage.simulator.world();
    const { id: scenario_id } = world.insert.scenario();
    const start = (id: string) =>
      stage.post('/v1/scenarios/start_run', { scenario_id }, { 'x-request-id': id });
    const [first, again, other] = [await start('one'), await start('one'), await start('two')];
    expect(again.body).toEqual(first.body);
    expect(other.body.id).not.toBe(first.body.id);
    expect(world.scenarioRuns.size).toBe(2);

    await stage.clock.advance(600_000);
    expect((await start('one')).body.id).not.toBe(first.body.id);
  });

  it('is done when it was refused before', async () => {
    await using stage = await openStage();
    const world = stage.simulator.world();
    const run = world.insert.scenarioRun();
    const complete = () =>
      stage.post(`/v1/scenarios/runs/${run.id}/complete`, undefined, { 'x-request-id': 'same' });
    expect((await complete()).status).toBe(409);
    world.scenarioRuns.update(run.id, { state: 'scored' });
    expect((await complete()).status).toBe(200);
  });
});
