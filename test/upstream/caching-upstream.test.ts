import { describe, expect, it } from 'vitest';
import { benchmarkRun, devbox, scenarioRun, STARTED_AT_MS } from '../support/entities.ts';
import { createCachingStage, KEEPING } from './caching-stage.ts';

const running = scenarioRun({ id: 'scr_1' });
const ended = { state: 'completed', durationMs: 1_000, endedAtMs: STARTED_AT_MS + 1_000 } as const;
const completed = scenarioRun({ id: 'scr_1', ...ended });
const PAGE = { limit: 10, totalCount: false };
const DAY_MS = 86_400_000;
const KEY = { idempotencyKey: 'key' };

describe('a run that goes on', () => {
  it('is read once a second, and answered from the cache in between', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.put(running);
    expect(await session().get('scenarioRun', 'scr_1')).toBe(running);
    await clock.advance(999);
    const reader = session();
    expect(await reader.get('scenarioRun', 'scr_1')).toBe(running);
    expect(reader.reads).toMatchObject({ actual: 0, cached: 1 });
    expect(fake.names()).toEqual(['scenarioRun scr_1']);
    await clock.advance(1);
    await session().get('scenarioRun', 'scr_1');
    expect(fake.names()).toEqual(['scenarioRun scr_1']);
  });

  it('is as old as its request, not as its answer', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.put(running);
    fake.latency = () => [0, 600];
    const first = session().get('scenarioRun', 'scr_1');
    await clock.advance(600);
    await first;
    await clock.advance(399);
    expect(session().peek('scenarioRun', 'scr_1')).toBe(running);
    await clock.advance(1);
    expect(session().peek('scenarioRun', 'scr_1')).toBeUndefined();
  });

  it('is answered from what a poll has read', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.put(running);
    await session({ priority: 'background', isFresh: true }).get('scenarioRun', 'scr_1');
    await clock.advance(500);
    const scored = scenarioRun({ id: 'scr_1', state: 'scored' });
    fake.put(scored);
    await session({ priority: 'background', isFresh: true }).get('scenarioRun', 'scr_1');
    expect(await session().get('scenarioRun', 'scr_1')).toBe(scored);
    expect(fake.names()).toHaveLength(2);
  });

  it('is read anew by a fresh session, whose reading is cached for all', async () => {
    const { fake, session } = createCachingStage();
    fake.put(running);
    await session().get('scenarioRun', 'scr_1');
    fake.put(completed);
    const fresh = session({ isFresh: true });
    expect(fresh.peek('scenarioRun', 'scr_1')).toBeUndefined();
    expect(await fresh.get('scenarioRun', 'scr_1')).toBe(completed);
    expect(await session().get('scenarioRun', 'scr_1')).toBe(completed);
    expect(fake.names()).toHaveLength(2);
  });
});

describe('what has ended', () => {
  it('is cached for good once it has settled', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.put(completed);
    await clock.advance(1_000 + KEEPING.settledAfterMs + 1);
    await session().get('scenarioRun', 'scr_1');
    await clock.advance(DAY_MS);
    expect(await session().get('scenarioRun', 'scr_1')).toBe(completed);
    expect(fake.names()).toHaveLength(1);
  });

  it('does not go on because a list lags behind, and is what no-cache brings', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.put(completed);
    await clock.advance(DAY_MS);
    await session().get('scenarioRun', 'scr_1');
    fake.put(running);
    expect(await session({ isFresh: true }).get('scenarioRun', 'scr_1')).toBe(completed);
    const corrected = { ...completed, name: 'corrected' };
    fake.put(corrected);
    expect(await session({ isFresh: true }).get('scenarioRun', 'scr_1')).toBe(corrected);
    fake.remove('scr_1');
    expect(await session({ isFresh: true }).get('scenarioRun', 'scr_1')).toBeNull();
    expect(await session().get('scenarioRun', 'scr_1')).toBeNull();
  });

  it('is read again until it has settled, because the upstream writes results bit by bit', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.put(completed);
    await clock.advance(1_500);
    await session().get('scenarioRun', 'scr_1');
    const later = scenarioRun({ id: 'scr_1', ...ended, scoringResult: { score: 1, functionResults: [] } });
    fake.put(later);
    await clock.advance(1_000);
    expect(await session().get('scenarioRun', 'scr_1')).toBe(later);
  });

  it('without saying when has settled when it was seen so long ago', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.put(scenarioRun({ id: 'scr_1', state: 'failed', startedAtMs: null }));
    await session().get('scenarioRun', 'scr_1');
    await clock.advance(KEEPING.settledAfterMs + 1);
    await session().get('scenarioRun', 'scr_1');
    await clock.advance(DAY_MS);
    await session().get('scenarioRun', 'scr_1');
    expect(fake.names()).toHaveLength(2);
  });

  it('as a devbox is read again after a while, because its metadata can be edited', async () => {
    const { clock, fake, session } = createCachingStage();
    const box = devbox('dbx_1', [{ status: 'shutdown', atMs: STARTED_AT_MS }], { endedAtMs: STARTED_AT_MS });
    fake.put(box);
    await clock.advance(DAY_MS);
    await session().get('devbox', 'dbx_1');
    const edited = { ...box, metadata: [{ key: 'kept', value: 'yes' }] };
    fake.put(edited);
    await clock.advance(KEEPING.definitionsMs - 1);
    expect(await session().get('devbox', 'dbx_1')).toBe(box);
    await clock.advance(1);
    expect(await session().get('devbox', 'dbx_1')).toBe(edited);
  });
});

describe('that there is no such thing', () => {
  it('is cached briefly', async () => {
    const { clock, fake, session } = createCachingStage();
    expect(await session().get('scenarioRun', 'scr_1')).toBeNull();
    fake.put(running);
    await clock.advance(KEEPING.missingMs - 1);
    expect(await session().get('scenarioRun', 'scr_1')).toBeNull();
    await clock.advance(1);
    expect(await session().get('scenarioRun', 'scr_1')).toBe(running);
  });
});

describe('a page', () => {
  const others = Array.from({ length: 3 }, (_, index) =>
    scenarioRun({ id: `scr_${String(index + 1)}`, benchmarkRunId: 'bmr_1', ...ended }),
  );
  const run = benchmarkRun({ id: 'bmr_1', ...ended });

  it('is read once a second, and its rows are cached by their ids', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.put(...others.map((one) => ({ ...one, state: 'running' as const, isTerminal: false })));
    const page = await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    expect(await session().get('scenarioRun', 'scr_2')).toBe(page.rows[1]);
    await clock.advance(999);
    expect(await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE)).toBe(page);
    expect(fake.names()).toEqual(['benchmarkRunScenarioRuns bmr_1']);
    await clock.advance(1);
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    expect(fake.names()).toEqual(['benchmarkRunScenarioRuns bmr_1']);
  });

  it('of other conditions is another page', async () => {
    const { fake, session } = createCachingStage();
    fake.put(...others);
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1', search: undefined }, PAGE);
    expect(fake.names()).toHaveLength(1);
    for (const [filter, range] of [
      [{ search: 'x' }, PAGE],
      [{ state: 'running' as const }, PAGE],
      [{}, { ...PAGE, limit: 11 }],
      [{}, { ...PAGE, after: 'scr_1' }],
      [{}, { ...PAGE, totalCount: true }],
    ] as const) {
      await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1', ...filter }, range);
      expect(fake.names()).toHaveLength(1);
    }
  });

  it('never shows an older state after a newer one', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.put(scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1' }));
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    await clock.advance(100);
    const scored = scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1', state: 'scored' });
    fake.put(scored);
    await session({ isFresh: true }).get('scenarioRun', 'scr_1');
    expect(
      (await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE)).rows,
    ).toEqual([scored]);
    expect(fake.names()).toHaveLength(2);
  });

  it('is read again when an entity was read that it lacks', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.put(scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1' }));
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    const begun = scenarioRun({ id: 'scr_2', benchmarkRunId: 'bmr_1' });
    const other = scenarioRun({ id: 'scr_3', benchmarkRunId: 'bmr_2' });
    fake.put(begun, other);
    await session().get('scenarioRun', 'scr_3');
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    expect(fake.names()).toEqual(['benchmarkRunScenarioRuns bmr_1', 'scenarioRun scr_3']);

    await session({ isFresh: true }).get('scenarioRun', 'scr_2');
    const { rows } = await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    expect(rows[0]).toBe(begun);
    expect(fake.names()).toEqual(['scenarioRun scr_2', 'benchmarkRunScenarioRuns bmr_1']);
    await clock.advance(0);
  });

  it('that was under way when an entity was read which it lacks is not cached', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.latency = () => [0, 50];
    fake.put(scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1' }));
    const early = session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    await clock.advance(10);
    fake.put(scenarioRun({ id: 'scr_2', benchmarkRunId: 'bmr_1' }));
    fake.latency = () => [0, 0];
    await session().get('scenarioRun', 'scr_2');
    // Two join the list that is on its way, and ask again together.
    const late = [1, 2].map(() =>
      session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE),
    );
    await clock.advance(50);
    expect((await early).rows).toHaveLength(1);
    for (const page of late) expect((await page).rows).toHaveLength(2);
    expect(fake.names()).toEqual([
      'benchmarkRunScenarioRuns bmr_1',
      'scenarioRun scr_2',
      'benchmarkRunScenarioRuns bmr_1',
    ]);
  });

  it('with a condition is read again when an entity has changed, which may meet the condition now', async () => {
    const { fake, session } = createCachingStage();
    const one = scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1' });
    fake.put(one);
    const state = { state: 'running' } as const;
    await session().get('scenarioRun', 'scr_1');
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1', ...state }, PAGE);
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    fake.put({ ...one, state: 'scoring' });
    await session({ isFresh: true }).get('scenarioRun', 'scr_1');
    fake.calls();
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    expect(fake.names()).toEqual([]);
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1', ...state }, PAGE);
    expect(fake.names()).toEqual(['benchmarkRunScenarioRuns bmr_1']);
  });

  it('of a benchmark run that has ended is cached for good, when each of its runs has ended', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.put(run, ...others);
    await clock.advance(DAY_MS);
    for (let day = 0; day < 3; day++) {
      const reader = session();
      await reader.get('benchmarkRun', 'bmr_1');
      await reader.list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
      await clock.advance(DAY_MS);
    }
    expect(fake.names()).toEqual(['benchmarkRun bmr_1', 'benchmarkRunScenarioRuns bmr_1']);
  });

  it('of a benchmark run that has ended is cached for good, although it was answered before the run', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.put(run, ...others);
    await clock.advance(DAY_MS);
    const reader = session();
    await reader.list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    await reader.get('benchmarkRun', 'bmr_1');
    fake.calls();
    await clock.advance(DAY_MS);
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    expect(fake.names()).toEqual([]);
  });

  it('is asked for again when its benchmark run ended after it was read', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.put(benchmarkRun({ id: 'bmr_1' }), ...others);
    await clock.advance(DAY_MS);
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    fake.put(benchmarkRun({ id: 'bmr_1', state: 'completed', endedAtMs: clock.now() + 1 }));
    await clock.advance(DAY_MS);
    await session().get('benchmarkRun', 'bmr_1');
    fake.calls();
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    expect(fake.names()).toEqual(['benchmarkRunScenarioRuns bmr_1']);
  });

  it.each([
    ['the benchmark run goes on', benchmarkRun({ id: 'bmr_1' }), others],
    [
      'a run of it is only scored',
      run,
      [...others, scenarioRun({ id: 'scr_9', benchmarkRunId: 'bmr_1', state: 'scored' })],
    ],
  ])('is asked for again when %s', async (_why, parent, rows) => {
    const { clock, fake, session } = createCachingStage();
    fake.put(parent, ...rows);
    await clock.advance(DAY_MS);
    await session().get('benchmarkRun', 'bmr_1');
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    fake.calls();
    await clock.advance(DAY_MS);
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    expect(fake.names()).toEqual(['benchmarkRunScenarioRuns bmr_1']);
  });
});

describe('what is cached', () => {
  it('is not shared with another account', async () => {
    const { fake, session } = createCachingStage();
    fake.put(running);
    await session({ who: 'ann' }).get('scenarioRun', 'scr_1');
    expect(session({ who: 'bob' }).peek('scenarioRun', 'scr_1')).toBeUndefined();
    await session({ who: 'bob' }).get('scenarioRun', 'scr_1');
    expect(new Set(fake.calls().map(({ accountId }) => accountId)).size).toBe(2);
  });

  it('is bounded in bytes: what was not used for longest goes first', async () => {
    const { clock, fake, caching, session } = createCachingStage({ ...KEEPING, maxBytes: 20_000 });
    fake.put(
      ...Array.from({ length: 200 }, (_, index) => scenarioRun({ id: `scr_${String(index)}`, ...ended })),
    );
    await clock.advance(DAY_MS);
    for (let index = 0; index < 200; index++) {
      await session().get('scenarioRun', 'scr_0');
      await session().get('scenarioRun', `scr_${String(index)}`);
      expect(caching.cached.bytes).toBeLessThanOrEqual(20_000);
    }
    expect(session().peek('scenarioRun', 'scr_0')).toBeDefined();
    expect(session().peek('scenarioRun', 'scr_1')).toBeUndefined();
    expect(session().peek('scenarioRun', 'scr_199')).toBeDefined();
    expect(caching.cached.size).toBeGreaterThan(10);
  });

  it('is dropped with its account when the last of it was evicted', async () => {
    const { fake, caching, session } = createCachingStage({ ...KEEPING, maxBytes: 600 });
    fake.put(running);
    await session({ who: 'ann' }).get('scenarioRun', 'scr_1');
    await session({ who: 'bob' }).get('scenarioRun', 'scr_1');
    expect(caching.cached).toMatchObject({ size: 1, accountCount: 1 });
  });

  it('is nothing when the cache is off', async () => {
    const { clock, fake, caching, session } = createCachingStage(null);
    fake.put(completed);
    await clock.advance(DAY_MS);
    await session().get('scenarioRun', 'scr_1');
    await session().get('scenarioRun', 'scr_1');
    expect(fake.names()).toHaveLength(2);
    expect(caching.cached).toMatchObject({ size: 0, bytes: 0, accountCount: 0 });
  });

  it('is counted by kind, as hits and misses', async () => {
    const { fake, caching, session } = createCachingStage();
    fake.put(running);
    for (let times = 0; times < 3; times++) await session().get('scenarioRun', 'scr_1');
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    expect(caching.counts).toMatchObject({
      scenarioRun: { hits: 2, misses: 1 },
      devbox: { hits: 0, misses: 0 },
      page: { hits: 0, misses: 1 },
    });
  });
});

describe('a mutation', () => {
  const canceled = scenarioRun({ id: 'scr_1', state: 'canceled' });

  it('replaces what is cached by its answer, and invalidates everything else that can change', async () => {
    const { fake, mutations, session } = createCachingStage();
    fake.put(running, devbox('dbx_1', [{ status: 'running', atMs: STARTED_AT_MS }]));
    await session().get('scenarioRun', 'scr_1');
    await session().get('devbox', 'dbx_1');
    await session().list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    fake.calls();
    mutations.cancel = () => Promise.resolve({ kind: 'done', value: canceled });
    await session().send('cancelScenarioRun', { id: 'scr_1' }, KEY);

    const reader = session();
    expect(await reader.get('scenarioRun', 'scr_1')).toBe(canceled);
    await reader.get('devbox', 'dbx_1');
    await reader.list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE);
    expect(fake.names()).toEqual(['devbox dbx_1', 'benchmarkRunScenarioRuns bmr_1']);
  });

  it('without a terminal state in its answer is followed by a read: the answer may be that of an earlier one with the same key', async () => {
    const { fake, mutations, session } = createCachingStage();
    const scored = scenarioRun({ id: 'scr_1', state: 'scored' });
    fake.put(running);
    await session().get('scenarioRun', 'scr_1');
    fake.put(scored);
    mutations.cancel = () =>
      Promise.resolve({ kind: 'done', value: scenarioRun({ id: 'scr_1', state: 'scoring' }) });
    await session().send('cancelScenarioRun', { id: 'scr_1' }, KEY);
    expect(await session().get('scenarioRun', 'scr_1')).toBe(scored);
  });

  it('is not undone by a read that was sent before it was answered', async () => {
    const { clock, fake, mutations, session } = createCachingStage();
    fake.put(running);
    fake.latency = () => [0, 50];
    const early = session().get('scenarioRun', 'scr_1');
    await clock.advance(20);
    mutations.cancel = () => Promise.resolve({ kind: 'done', value: canceled });
    await session().send('cancelScenarioRun', { id: 'scr_1' }, KEY);
    // Nor does anybody join that read.
    const next = session();
    expect(await next.get('scenarioRun', 'scr_1')).toBe(canceled);
    await clock.advance(50);
    expect(await early).toBe(canceled);
    expect(await session().get('scenarioRun', 'scr_1')).toBe(canceled);
  });

  it('with an unknown outcome invalidates the cache, and its late answer is cached', async () => {
    const { clock, fake, mutations, session } = createCachingStage();
    fake.put(running);
    await session().get('scenarioRun', 'scr_1');
    let answer: (run: typeof canceled | null) => void = () => undefined;
    const late = new Promise<typeof canceled | null>((resolve) => {
      answer = resolve;
    });
    mutations.cancel = () => Promise.resolve({ kind: 'unknown', error: new Error('?') as never, late });
    await session().send('cancelScenarioRun', { id: 'scr_1' }, KEY);
    expect(session().peek('scenarioRun', 'scr_1')).toBeUndefined();
    await session().get('scenarioRun', 'scr_1');
    answer(canceled);
    await clock.advance(0);
    expect(session().peek('scenarioRun', 'scr_1')).toBe(canceled);
  });

  it('of one account leaves what another has', async () => {
    const { fake, mutations, session } = createCachingStage();
    fake.put(running);
    await session({ who: 'bob' }).get('scenarioRun', 'scr_1');
    mutations.cancel = () => Promise.resolve({ kind: 'done', value: canceled });
    await session({ who: 'ann' }).send('cancelScenarioRun', { id: 'scr_1' }, KEY);
    expect(session({ who: 'bob' }).peek('scenarioRun', 'scr_1')).toBe(running);
  });
});

describe('the record of what was read', () => {
  it('is valid until its first dependency is no longer fresh, and for good when none of them changes', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.put(running, benchmarkRun({ id: 'bmr_1', ...ended }));
    await clock.advance(DAY_MS);
    const lasting = session();
    await lasting.get('benchmarkRun', 'bmr_1');
    expect(lasting.reads.freshUntilMs).toBe(Infinity);
    const both = session();
    await both.get('scenarioRun', 'scr_1');
    await both.get('benchmarkRun', 'bmr_1');
    expect(both.reads.freshUntilMs).toBe(clock.now() + 1_000);
    await clock.advance(999);
    expect(both.reads.isValid(clock.now())).toBe(true);
    await clock.advance(1);
    expect(both.reads.isValid(clock.now())).toBe(false);
    expect(lasting.reads.isValid(clock.now())).toBe(true);
  });

  it.each(['by its id', 'in a page'])(
    'is over when somebody reads another state of what was read %s',
    async (how) => {
      const { clock, fake, session } = createCachingStage();
      fake.put(scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1' }));
      const { reads, ...reader } = session();
      await (how === 'in a page'
        ? reader.list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE)
        : reader.get('scenarioRun', 'scr_1'));
      await clock.advance(100);
      await session({ isFresh: true }).get('scenarioRun', 'scr_1');
      expect(reads.isValid(clock.now())).toBe(true);
      fake.put(scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1', state: 'scoring' }));
      await session({ isFresh: true }).get('scenarioRun', 'scr_1');
      expect(reads.isValid(clock.now())).toBe(false);
    },
  );

  it('goes on when a poll confirms what was read', async () => {
    const { clock, fake, session } = createCachingStage();
    fake.put(running);
    const { reads, ...reader } = session();
    await reader.get('scenarioRun', 'scr_1');
    expect(reads.isValid(clock.now())).toBe(true);
    await clock.advance(900);
    fake.put({ ...running });
    await session({ isFresh: true }).get('scenarioRun', 'scr_1');
    await clock.advance(900);
    expect(reads.isValid(clock.now())).toBe(true);
  });

  it('is over with a mutation, except for what never changes', async () => {
    const { clock, fake, mutations, session } = createCachingStage();
    fake.put(running, benchmarkRun({ id: 'bmr_1', ...ended }));
    await clock.advance(DAY_MS);
    const [changing, lasting] = [session(), session()];
    await changing.get('scenarioRun', 'scr_1');
    await lasting.get('benchmarkRun', 'bmr_1');
    expect([changing, lasting].map(({ reads }) => reads.isValid(clock.now()))).toEqual([true, true]);
    mutations.cancel = () => Promise.resolve({ kind: 'missing' });
    await session().send('cancelScenarioRun', { id: 'scr_2' }, KEY);
    expect(changing.reads.isValid(clock.now())).toBe(false);
    expect(lasting.reads.isValid(clock.now())).toBe(true);
  });

  it('is never valid with an error, a mutation, or an uncacheable read', async () => {
    const { clock, fake, mutations, session } = createCachingStage();
    fake.failure = () => new Error('broken') as never;
    const failed = session();
    await failed.get('scenarioRun', 'scr_1').catch(() => undefined);
    fake.failure = null;
    const changing = session();
    mutations.cancel = () => Promise.resolve({ kind: 'missing' });
    await changing.send('cancelScenarioRun', { id: 'scr_1' }, KEY);
    const { clock: other, session: unkept } = createCachingStage(null);
    const plain = unkept();
    await plain.get('scenarioRun', 'scr_1');
    expect(failed.reads.isValid(clock.now())).toBe(false);
    expect(changing.reads.isValid(clock.now())).toBe(false);
    expect(plain.reads.isValid(other.now())).toBe(false);
  });
});
