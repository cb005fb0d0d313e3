import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { FAST_POLLS, FOLLOW_RUN, rename, runEvents } from '../support/subscriptions.ts';

const RUN = 'query($id: ID!) { scenarioRun(id: $id) { id name state } }';
const RUNS = '{ scenarioRuns(first: 5) { nodes { id name state } } }';

const NO_CACHE = { headers: { 'Cache-Control': 'no-cache' } };

const KEEP = { CACHE_LIVE_MS: '1000' };

/** A gateway whose time stands still, so that what is cached stays fresh until a test says otherwise. */
async function createStage(env: Readonly<Record<string, string>> = {}) {
  const clock = createFakeClock();
  const gateway = await createTestGateway({ env: { ...KEEP, ...env }, overrides: { clock } });
  return {
    clock,
    gateway,
    async ask(id: string, init?: RequestInit) {
      const { data, headers } = await gateway.query(RUN, { id }, init);
      const { name } = (data as { scenarioRun: { name: string } }).scenarioRun;
      return { name, tag: headers.get('etag'), calls: gateway.calls().length };
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

const namesOf = (gateway: TestGateway) => async () => {
  const { data } = await gateway.query(RUNS);
  const { nodes } = (data as { scenarioRuns: { nodes: { name: string; state: string }[] } }).scenarioRuns;
  return { states: nodes.map(({ state }) => state), calls: gateway.calls().length };
};

describe('an answer about something that may change', () => {
  it('is answered from the cache, with the same tag, and without a call', async () => {
    await using stage = await createStage();
    const { id } = stage.gateway.world.insert.scenarioRun({ name: 'a' });
    const first = await stage.ask(id);
    rename(stage.gateway.world, id, 'b');

    expect(first).toMatchObject({ name: 'a', calls: 1 });
    expect(first.tag).toMatch(/^W\/"/);
    expect(await stage.ask(id)).toEqual({ ...first, calls: 0 });
  });

  it('is answered from the cache for a second at most', async () => {
    await using stage = await createStage();
    const { id } = stage.gateway.world.insert.scenarioRun({ name: 'a' });
    const { tag } = await stage.ask(id);
    rename(stage.gateway.world, id, 'b');
    await stage.clock.advance(999);
    expect(await stage.ask(id)).toMatchObject({ name: 'a', calls: 0 });
    await stage.clock.advance(1);
    const after = await stage.ask(id, { headers: { 'If-None-Match': tag ?? '' } });

    expect(after).toMatchObject({ name: 'b', calls: 1 });
    expect(after.tag).not.toBe(tag);
  });

  it('is executed anew for no-cache, which refreshes the cache', async () => {
    await using stage = await createStage();
    const { id } = stage.gateway.world.insert.scenarioRun({ name: 'a' });
    await stage.ask(id);
    rename(stage.gateway.world, id, 'b');

    expect(await stage.ask(id, NO_CACHE)).toMatchObject({ name: 'b', calls: 1 });
    expect(await stage.ask(id)).toMatchObject({ name: 'b', calls: 0 });
  });

  it('is executed anew once another query has read another state', async () => {
    await using stage = await createStage();
    const { id } = stage.gateway.world.insert.scenarioRun({ name: 'a' });
    await stage.ask(id);
    rename(stage.gateway.world, id, 'b');
    await stage.gateway.query(RUNS, undefined, NO_CACHE);
    stage.gateway.calls();

    expect(await stage.ask(id)).toMatchObject({ name: 'b' });
  });

  it('is not shared with another account', async () => {
    await using stage = await createStage({ AUTH: 'passthrough', RUNLOOP_API_KEY: '' });
    const { id } = stage.gateway.world.insert.scenarioRun({ name: 'a' });
    const as = (key: string) => ({ headers: { Authorization: `Bearer ${key}` } });
    await stage.ask(id, as('ak_alice'));

    expect(await stage.ask(id, as('ak_bob'))).toMatchObject({ calls: 1 });
    expect(await stage.ask(id, as('ak_alice'))).toMatchObject({ calls: 0 });
    expect((await stage.gateway.query(RUN, { id })).status).toBe(401);
  });

  it('is executed each time when the response cache is off', async () => {
    await using stage = await createStage({ ANSWER_REUSE: 'off' });
    const { id } = stage.gateway.world.insert.scenarioRun({ name: 'a' });

    expect(await stage.ask(id)).toEqual({ name: 'a', tag: null, calls: 1 });
    expect(await stage.ask(id)).toEqual({ name: 'a', tag: null, calls: 0 });
  });
});

describe('an answer about what never changes', () => {
  it('is cached for good', async () => {
    await using stage = await createStage();
    const endedAt = stage.clock.now() - 3_600_000;
    const { id } = stage.gateway.world.insert.scenarioRun({
      name: 'a',
      state: 'completed',
      start_time_ms: endedAt - 1_000,
      duration_ms: 1_000,
    });
    await stage.ask(id);
    await stage.clock.advance(24 * 3_600_000);

    expect(await stage.ask(id)).toMatchObject({ name: 'a', calls: 0 });
  });
});

describe('after a mutation was answered', () => {
  it('neither the entity nor a list is answered from before it', async () => {
    await using stage = await createStage();
    const { gateway } = stage;
    const { id } = gateway.world.insert.scenarioRun({ state: 'running' });
    const states = namesOf(gateway);
    await stage.ask(id);
    expect((await states()).states).toEqual(['RUNNING']);
    const cancel = 'mutation($id: ID!) { cancelScenarioRun(id: $id) { __typename } }';
    const { data } = await gateway.query(cancel, { id });
    gateway.calls();

    expect(data).toEqual({ cancelScenarioRun: { __typename: 'CancelScenarioRunSuccess' } });
    expect((await states()).states).toEqual(['CANCELED']);
  });
});

describe('a follower who has received an event', () => {
  it('never gets an answer from before it', async () => {
    await using gateway = await createTestGateway({ env: { ...KEEP, ...FAST_POLLS } });
    const { id } = gateway.world.insert.scenarioRun({ name: '0' });
    using stream = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    for (const name of ['1', '2', '3', '4', '5']) {
      await gateway.query(RUN, { id });
      rename(gateway.world, id, name);
      // Asked until the event is there, so that an answer from before it is kept when it comes.
      while (runEvents(stream).at(-1)?.scenarioRun.name !== name) await gateway.query(RUN, { id });
      const { data } = await gateway.query(RUN, { id });

      expect(data).toMatchObject({ scenarioRun: { name } });
    }
  });
});

describe('equal queries at the same time', () => {
  it('cost the upstream as much as one', async () => {
    await using gateway = await createTestGateway({ env: KEEP });
    gateway.world.insert.scenarioRun();
    const texts = await Promise.all(Array.from({ length: 20 }, async () => (await gateway.query(RUNS)).text));

    expect(new Set(texts).size).toBe(1);
    expect(gateway.calls()).toHaveLength(1);
  });
});
