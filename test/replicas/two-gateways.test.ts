import { describe, expect, it } from 'vitest';
import {
  benchmarkRunEvents as told,
  changesIn as changes,
  followBenchmarkRun,
} from '../support/benchmark-stream.ts';
import { createFleet, type Fleet } from '../support/fleet.ts';
import { followList, listChanges, listEvents } from '../support/list-stream.ts';
import { FAST_POLLS } from '../support/subscriptions.ts';

/** Between two polls; the jitter makes it a tenth less at most. */
const POLL_MS = 100;

function plant({ world }: Fleet) {
  const run = world.insert.benchmarkRun();
  const rows = Array.from({ length: 20 }, () => world.insert.scenarioRun({ benchmark_run_id: run.id }));
  return { run, rows };
}

describe('two gateways on one Redis', { timeout: 60_000 }, () => {
  it('poll what both follow once, and tell both all of it in order', async () => {
    const interval = String(POLL_MS);
    await using fleet = await createFleet({
      env: { ...FAST_POLLS, LIVE_POLL_INTERVAL_MS: interval, LIVE_IDLE_POLL_INTERVAL_MS: interval },
    });
    const { run, rows } = plant(fleet);
    const [one, two] = [await fleet.start(), await fleet.start()];
    using here = await followBenchmarkRun(one.url, { id: run.id });
    using there = await followBenchmarkRun(two.url, { id: run.id });
    await Promise.all([here.received(1), there.received(1)]);
    fleet.calls();
    const beganAtMs = Date.now();
    for (const row of rows) {
      fleet.world.scenarioRuns.update(row.id, { state: 'scoring' });
      const count = changes(there).length;
      await expect.poll(() => changes(there).length).toBeGreaterThan(count);
    }
    await expect.poll(() => changes(here).length).toBe(rows.length);
    const polls = fleet.calls().filter((call) => call.endsWith(`/${run.id}`)).length;
    const alone = (Date.now() - beganAtMs) / (POLL_MS * 0.9) + 2;
    const expected = rows.map(({ id }) => `${id} SCORING`);

    expect(changes(here)).toEqual(expected);
    expect(changes(there)).toEqual(expected);
    expect(told(there).map(({ cursor }) => cursor)).toEqual(told(here).map(({ cursor }) => cursor));
    expect(polls).toBeLessThanOrEqual(alone);
  });

  it('poll a list that both follow once, however each of them states it, and tell both of a run that starts elsewhere', async () => {
    const interval = String(POLL_MS);
    await using fleet = await createFleet({
      env: { LIVE_LIST_POLL_INTERVAL_MS: interval, LIVE_LIST_IDLE_POLL_INTERVAL_MS: interval },
    });
    const [one, two] = [await fleet.start(), await fleet.start()];
    using here = await followList(one.url, { filter: { state: 'RUNNING', search: 'bmr' } });
    using there = await followList(two.url, {
      filter: { search: 'bmr', states: ['RUNNING', 'RUNNING'] },
      first: 20,
    });
    await Promise.all([here.received(1), there.received(1)]);
    fleet.calls();
    const beganAtMs = Date.now();
    const expected: string[] = [];
    for (let index = 0; index < 10; index++) {
      expected.push(`ADDED ${fleet.world.insert.benchmarkRun().id}`);
      await expect.poll(() => listChanges(there)).toEqual(expected);
    }
    await expect.poll(() => listChanges(here)).toEqual(expected);
    const polls = fleet.calls().filter((call) => call.startsWith('GET /v1/benchmark_runs')).length;
    const alone = (Date.now() - beganAtMs) / (POLL_MS * 0.9) + 2;

    expect(listEvents(there).map(({ cursor }) => cursor)).toEqual(
      listEvents(here).map(({ cursor }) => cursor),
    );
    expect(polls).toBeLessThanOrEqual(alone);
  });

  it('let a client of a list go on at the one where it was at the other, with its cursor', async () => {
    await using fleet = await createFleet({ env: FAST_POLLS });
    const [one, two] = [await fleet.start(), await fleet.start()];
    using stays = await followList(two.url);
    await stays.received(1);
    const seen: string[] = [];
    const expected: string[] = [];
    let after: string | null = null;
    for (let index = 0; index < 10; index++) {
      using client = await followList(index % 2 === 0 ? one.url : two.url, { after });
      expected.push(`ADDED ${fleet.world.insert.benchmarkRun().id}`);
      await expect.poll(() => listChanges(client).at(-1)).toBe(expected[index]);
      expect(listEvents(client).filter(({ kind }) => kind === 'SNAPSHOT')).toHaveLength(index === 0 ? 1 : 0);
      seen.push(...listChanges(client));
      after = listEvents(client).at(-1)?.cursor ?? null;
    }
    await expect.poll(() => listChanges(stays)).toEqual(expected);

    expect(seen).toEqual(expected);
  });

  it('let a client go on at the one where it was at the other, with its cursor', async () => {
    await using fleet = await createFleet({ env: FAST_POLLS });
    const { run, rows } = plant(fleet);
    const [one, two] = [await fleet.start(), await fleet.start()];
    using stays = await followBenchmarkRun(two.url, { id: run.id });
    await stays.received(1);
    const expected = rows.map(({ id }) => `${id} SCORING`);
    const seen: string[] = [];
    let after: string | null = null;
    for (const [index, row] of rows.entries()) {
      const { url } = index % 2 === 0 ? one : two;
      using client = await followBenchmarkRun(url, { id: run.id, after });
      fleet.world.scenarioRuns.update(row.id, { state: 'scoring' });
      await expect.poll(() => changes(client).at(-1)).toBe(expected[index]);
      expect(told(client).filter(({ kind }) => kind === 'SNAPSHOT')).toHaveLength(index === 0 ? 1 : 0);
      seen.push(...changes(client));
      after = told(client).at(-1)?.cursor ?? null;
    }
    await expect.poll(() => changes(stays).length).toBe(rows.length);

    expect(seen).toEqual(expected);
    expect(changes(stays)).toEqual(expected);
  });

  it('go on polling when the one that polls is shut down, at once and without a gap', async () => {
    await using fleet = await createFleet({ env: FAST_POLLS });
    const { run, rows } = plant(fleet);
    const [one, two] = [await fleet.start(), await fleet.start()];
    using here = await followBenchmarkRun(one.url, { id: run.id });
    await here.received(1);
    using there = await followBenchmarkRun(two.url, { id: run.id });
    await there.received(1);
    const [first, second] = rows;
    fleet.world.scenarioRuns.update(first?.id ?? '', { state: 'scoring' });
    await expect.poll(() => changes(there)).toHaveLength(1);
    await one[Symbol.asyncDispose]();
    fleet.world.scenarioRuns.update(second?.id ?? '', { state: 'scoring' });
    const beganAtMs = Date.now();
    await expect.poll(() => changes(there), { timeout: 5_000 }).toHaveLength(2);

    // A lease that is not given back ends after three seconds.
    expect(Date.now() - beganAtMs).toBeLessThan(2_500);
    expect(told(there).map(({ skipped }) => skipped)).toEqual([0, 0, 0]);
  });

  it('have what was done at the one polled by the other at once', async () => {
    await using fleet = await createFleet({
      env: { ...FAST_POLLS, LIVE_POLL_INTERVAL_MS: '60000', LIVE_IDLE_POLL_INTERVAL_MS: '60000' },
    });
    const { run, rows } = plant(fleet);
    const [one, two] = [await fleet.start(), await fleet.start()];
    using there = await followBenchmarkRun(two.url, { id: run.id });
    await there.received(1);
    const [row] = rows;
    const answer = await fetch(`${one.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        query: `mutation($id: ID!) { cancelScenarioRun(id: $id) { __typename } }`,
        variables: { id: row?.id },
      }),
    });
    expect(answer.status).toBe(200);
    await expect.poll(() => changes(there), { timeout: 5_000 }).toEqual([`${row?.id ?? ''} CANCELED`]);
  });
});
