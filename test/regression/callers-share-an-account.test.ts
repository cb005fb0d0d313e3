import { describe, expect, it } from 'vitest';
import { createScheduler } from '../../src/upstream/scheduling/scheduler.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway } from '../support/gateway.ts';
import { promisesSettled } from '../support/microtasks.ts';
import { createTokenFile } from '../support/tokens.ts';

/** How soon calls arrive is for the machine to say. */
const PATIENT = { timeout: 15_000 };

describe('two callers with the same account', () => {
  it('never wait for each other: the calls of one leave slots for the other', async () => {
    const clock = createFakeClock();
    await using file = await createTokenFile();
    const [many, few] = [await file.issue('many'), await file.issue('few')];
    await using gateway = await createTestGateway({
      env: { AUTH_TOKENS_FILE: file.path, UPSTREAM_CONCURRENCY: '4' },
      simulator: { clock },
    });
    const ids = Array.from({ length: 20 }, () => gateway.world.insert.scenarioRun({}).id);
    const own = gateway.world.insert.scenarioRun({}).id;
    // Every call is held until the clock moves.
    gateway.simulator.faults.add({ path: '/v1/**', kind: 'latency', ms: 1_000 });
    const ask = (id: string, token: string) =>
      gateway.query(
        `{ scenarioRun(id: "${id}") { id } }`,
        {},
        { headers: { Authorization: `Bearer ${token}` } },
      );
    const seen: string[] = [];
    const calls = () => {
      seen.push(...gateway.calls());
      return seen;
    };

    const crowd = ids.map((id) => ask(id, many));
    await expect.poll(calls, PATIENT).toHaveLength(3);
    const quick = ask(own, few);
    await expect.poll(calls, PATIENT).toContain(`GET /v1/scenarios/runs/${own}`);
    expect(seen).toHaveLength(4);

    const progress = { isDone: false };
    const all = Promise.all([...crowd, quick]).finally(() => {
      progress.isDone = true;
    });
    while (!progress.isDone) await clock.advance(1_000);
    expect((await all).flatMap(({ errors }) => errors)).toEqual([]);
  });

  // What is asked with HEAD is whether there is such a file.
  it.each([
    { what: 'exports', pathOf: (id: string) => `/export/benchmark-runs/${id}.csv` },
    { what: 'downloads', pathOf: (id: string) => `/download/scenario-runs/${id}/logs.zip` },
  ])('never wait for $what of each other', async ({ pathOf }) => {
    const clock = createFakeClock();
    await using file = await createTokenFile();
    const [many, few] = [await file.issue('many'), await file.issue('few')];
    await using gateway = await createTestGateway({
      env: { AUTH_TOKENS_FILE: file.path, UPSTREAM_CONCURRENCY: '4', DOWNLOAD_CONCURRENCY: '20' },
      simulator: { clock },
    });
    const { insert } = gateway.world;
    const ids = Array.from({ length: 20 }, () =>
      pathOf('').includes('benchmark') ? insert.benchmarkRun({}).id : insert.scenarioRun({}).id,
    );
    const own = insert.scenarioRun({}).id;
    gateway.simulator.faults.add({ path: '/v1/**', kind: 'latency', ms: 1_000 });
    const seen: string[] = [];
    const calls = () => {
      seen.push(...gateway.calls());
      return seen;
    };

    const crowd = ids.map(async (id) => {
      const answer = await fetch(`${gateway.url}${pathOf(id)}`, {
        method: 'HEAD',
        headers: { Authorization: `Bearer ${many}` },
      });
      return answer.status;
    });
    await expect.poll(calls, PATIENT).toHaveLength(3);
    const quick = gateway.query(
      `{ scenarioRun(id: "${own}") { id } }`,
      {},
      { headers: { Authorization: `Bearer ${few}` } },
    );
    await expect.poll(calls, PATIENT).toContain(`GET /v1/scenarios/runs/${own}`);
    expect(seen).toHaveLength(4);

    const progress = { isDone: false };
    const all = Promise.all([quick, ...crowd]).finally(() => {
      progress.isDone = true;
    });
    while (!progress.isDone) await clock.advance(1_000);
    const [answer, ...statuses] = await all;
    expect(answer.errors).toEqual([]);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

describe('a scheduler for the callers of one account', () => {
  /** Work that ends when the test says so. */
  function createStage(options: { readonly concurrency: number; readonly queueLimit: number }) {
    const scheduler = createScheduler(options);
    const started: string[] = [];
    const ends = new Map<string, () => void>();
    const { signal } = new AbortController();
    return {
      started,
      submit: (name: string, callerId: string, priority: 'interactive' | 'background' = 'interactive') =>
        scheduler
          .schedule(
            () =>
              new Promise<void>((resolve) => {
                started.push(name);
                ends.set(name, resolve);
              }),
            { accountId: 'a', callerId, priority, signal },
          )
          .then(
            () => 'answered',
            (error: unknown) => error,
          ),
      end: async (name: string) => {
        ends.get(name)?.();
        await promisesSettled();
      },
    };
  }

  it('serves them in turn, whoever came first and with however many requests', async () => {
    const stage = createStage({ concurrency: 4, queueLimit: 100 });
    for (let call = 1; call <= 8; call++) void stage.submit(`a${String(call)}`, 'a');
    for (const name of ['b1', 'b2', 'b3']) void stage.submit(name, 'b');
    void stage.submit('c1', 'c');
    await promisesSettled();
    expect(stage.started).toEqual(['a1', 'a2', 'a3', 'b1']);
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1', 'a4', 'b3', 'a5', 'a6', 'a7', 'a8'])
      await stage.end(name);
    expect(stage.started.slice(4)).toEqual(['a4', 'b2', 'c1', 'a5', 'b3', 'a6', 'a7', 'a8']);
  });

  it('gives the place in a full queue of who has most to who has less', async () => {
    const stage = createStage({ concurrency: 1, queueLimit: 4 });
    void stage.submit('running', 'a');
    const waiting = ['a1', 'a2', 'a3', 'a4'].map((name) => stage.submit(name, 'a'));
    void stage.submit('b1', 'b');
    expect(await waiting[3]).toMatchObject({ code: 'RATE_LIMITED' });
    void stage.submit('b2', 'b');
    expect(await waiting[2]).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await stage.submit('b3', 'b')).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await stage.submit('a5', 'a')).toMatchObject({ code: 'RATE_LIMITED' });
    for (const name of ['running', 'a1', 'b1', 'a2', 'b2']) await stage.end(name);
    expect(stage.started).toEqual(['running', 'a1', 'b1', 'a2', 'b2']);
  });

  it('lets polls start while one caller asks for more than its share', async () => {
    const stage = createStage({ concurrency: 4, queueLimit: 100 });
    for (let call = 1; call <= 8; call++) void stage.submit(`a${String(call)}`, 'a');
    void stage.submit('poll', '', 'background');
    await promisesSettled();
    expect(stage.started).toEqual(['a1', 'a2', 'a3', 'poll']);
  });
});
