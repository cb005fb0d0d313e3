import { EventSource } from 'eventsource';
import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { fetchHasty } from '../support/fetch-hasty.ts';
import { createTestGateway } from '../support/gateway.ts';

const follow = (id: string) =>
  `?query=${encodeURIComponent(`subscription { scenarioRun(id: "${id}") { at } }`)}`;

/** What a client of event streams asks for until it stays away, or has come three times. */
async function visitsOf(url: string) {
  const statuses: number[] = [];
  const source = new EventSource(url, {
    fetch: async (address, init) => {
      const answer = await fetchHasty(address, init);
      statuses.push(answer.status);
      return answer;
    },
  });
  await new Promise<void>((resolve) => {
    source.addEventListener('error', () => {
      if (source.readyState === source.CLOSED || statuses.length >= 3) resolve();
    });
  });
  source.close();
  return statuses;
}

describe('an EventSource', () => {
  it('of an unknown id gets an error event, and 204 when it reconnects', async () => {
    await using gateway = await createTestGateway();
    using stream = await openEventStream(gateway.url, {
      query: 'subscription { scenarioRun(id: "scr_missing") { at } }',
      method: 'GET',
    });
    await stream.ended;

    expect(stream.text).toContain('NOT_FOUND');
    expect(stream.text).toContain('event: complete');
    expect(await visitsOf(`${gateway.url}/graphql${follow('scr_missing')}`)).toEqual([200, 204]);
    expect(
      await visitsOf(`${gateway.url}/graphql?query=${encodeURIComponent('subscription { x }')}`),
    ).toEqual([200, 204]);
  }, 30_000);

  it.each([
    ['an id that is none', follow('/')],
    ['a cursor of something that is gone', follow('scr_missing'), 'abc'],
  ])('stays away from %s', async (_what, search, lastEventId = 'refused') => {
    await using gateway = await createTestGateway();
    const answer = await fetch(`${gateway.url}/graphql${search}`, {
      headers: { Accept: 'text/event-stream', 'Last-Event-ID': lastEventId },
    });

    expect(answer.status).toBe(204);
  });

  it('follows what was unknown at first and has appeared by its return', async () => {
    await using gateway = await createTestGateway();
    gateway.world.insert.scenarioRun({ id: 'scr_late' });
    using stream = await openEventStream(gateway.url, {
      query: 'subscription { scenarioRun(id: "scr_late") { kind } }',
      method: 'GET',
      headers: { 'Last-Event-ID': 'refused' },
    });

    await expect.poll(() => stream.text).toContain('SNAPSHOT');
  });

  it('comes back to what could not be asked for a moment', async () => {
    await using gateway = await createTestGateway({ env: { UPSTREAM_RETRIES: '0' } });
    gateway.world.insert.scenarioRun({ id: 'scr_1' });
    gateway.simulator.faults.add({ path: '/v1/scenarios/runs/*', kind: 'status', status: 503 });
    const answer = await fetch(`${gateway.url}/graphql${follow('scr_1')}`, {
      headers: { Accept: 'text/event-stream', 'Last-Event-ID': 'refused' },
    });

    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('UPSTREAM_UNAVAILABLE');
  });
});
