import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallOutcome } from '../../src/upstream/scheduling/adaptive-limiter.ts';
import { createScheduler, type Scheduler } from '../../src/upstream/scheduling/scheduler.ts';
import type { Priority } from '../../src/upstream/caller.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { promisesSettled } from '../support/microtasks.ts';
import { failureOf } from './rest-stage.ts';

interface Job {
  readonly name: string;
  readonly settled: Promise<unknown>;
  readonly abort: () => void;
}

/** Work that begins and ends when the test says so. */
function createStage(scheduler: Scheduler) {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  let peak = 0;
  return {
    started,
    ends,
    get peak() {
      return peak;
    },
    submit(name: string, priority: Priority = 'interactive', accountId = 'a'): Job {
      const abort = new AbortController();
      const settled = scheduler
        .schedule(
          () =>
            new Promise<string>((resolve) => {
              started.push(name);
              ends.set(name, () => {
                ends.delete(name);
                resolve(name);
              });
              peak = Math.max(peak, ends.size);
            }),
          { accountId, priority, signal: abort.signal },
        )
        .catch((error: unknown) => error);
      return {
        name,
        settled,
        abort: () => {
          abort.abort(new Error('gone'));
        },
      };
    },
  };
}

describe('a scheduler', () => {
  it('starts at once what fits and the rest as slots become free, in order of arrival', async () => {
    const scheduler = createScheduler({ concurrency: 2, queueLimit: 10 });
    const stage = createStage(scheduler);
    for (const name of ['1', '2', '3', '4']) stage.submit(name);
    await promisesSettled();
    expect(stage.started).toEqual(['1', '2']);
    stage.ends.get('2')?.();
    await promisesSettled();
    expect(stage.started).toEqual(['1', '2', '3']);
    stage.ends.get('1')?.();
    await promisesSettled();
    expect(stage.started).toEqual(['1', '2', '3', '4']);
  });

  it('starts interactive calls before any poll', async () => {
    const stage = createStage(createScheduler({ concurrency: 1, queueLimit: 10 }));
    stage.submit('running');
    stage.submit('poll 1', 'background');
    stage.submit('poll 2', 'background');
    stage.submit('query 1');
    stage.submit('query 2');
    for (const name of ['running', 'query 1', 'query 2', 'poll 1']) {
      await promisesSettled();
      stage.ends.get(name)?.();
    }
    await promisesSettled();
    expect(stage.started).toEqual(['running', 'query 1', 'query 2', 'poll 1', 'poll 2']);
  });

  it('keeps accounts apart', async () => {
    const stage = createStage(createScheduler({ concurrency: 1, queueLimit: 0 }));
    stage.submit('of a', 'background', 'a');
    stage.submit('of b', 'background', 'b');
    await promisesSettled();
    expect(stage.started).toEqual(['of a', 'of b']);
  });

  it('has slots to spare while less than half of them are taken, of the account and of all', async () => {
    const scheduler = createScheduler({ concurrency: 4, queueLimit: 10, connections: 8 });
    const stage = createStage(scheduler);
    expect(scheduler.hasSpareSlots('a')).toBe(true);
    stage.submit('1');
    await promisesSettled();
    expect(scheduler.hasSpareSlots('a')).toBe(true);
    stage.submit('2');
    await promisesSettled();
    expect([scheduler.hasSpareSlots('a'), scheduler.hasSpareSlots('b')]).toEqual([false, true]);
    for (const [name, account] of [
      ['3', 'c'],
      ['4', 'd'],
    ] as const)
      stage.submit(name, 'interactive', account);
    await promisesSettled();
    expect(scheduler.hasSpareSlots('b')).toBe(false);
  });

  it('has none to spare for an account that the upstream has slowed down', async () => {
    const clock = createFakeClock();
    const pacing = { clock, maxIdle: 10 };
    const scheduler = createScheduler({ concurrency: 4, queueLimit: 10, pacing });
    const answered = (kind: CallOutcome['kind']) =>
      scheduler.schedule(
        () => Promise.resolve('answer'),
        { accountId: 'a', priority: 'interactive', signal: new AbortController().signal },
        () => (kind === 'fine' ? { kind } : { kind, retryAfterMs: null }),
      );
    await answered('fine');
    expect(scheduler.hasSpareSlots('a')).toBe(true);
    await answered('limited');
    await clock.advance(10_000);
    expect([scheduler.hasSpareSlots('a'), scheduler.hasSpareSlots('b')]).toEqual([false, true]);
  });

  it('gives the slot back when the work fails', async () => {
    const scheduler = createScheduler({ concurrency: 1, queueLimit: 0 });
    const { signal } = new AbortController();
    for (let round = 0; round < 3; round++) {
      const work = scheduler.schedule(() => Promise.reject(new Error('broken')), {
        accountId: 'a',
        priority: 'interactive',
        signal,
      });
      expect(await failureOf(work)).toEqual(new Error('broken'));
    }
    expect(scheduler.accountCount).toBe(0);
  });

  it('refuses what finds the queue full, and says when to come back', async () => {
    const stage = createStage(createScheduler({ concurrency: 1, queueLimit: 1 }));
    stage.submit('running');
    stage.submit('waiting');
    expect(await stage.submit('refused').settled).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 1_000,
    });
  });

  it('lets a query take the place of the youngest poll in a full queue', async () => {
    const stage = createStage(createScheduler({ concurrency: 1, queueLimit: 2 }));
    stage.submit('running');
    stage.submit('poll 1', 'background');
    const displaced = stage.submit('poll 2', 'background');
    stage.submit('query');
    expect(await displaced.settled).toMatchObject({ code: 'RATE_LIMITED' });
    for (const name of ['running', 'query', 'poll 1']) {
      await promisesSettled();
      stage.ends.get(name)?.();
    }
    expect(stage.started).toEqual(['running', 'query', 'poll 1']);
  });

  it('does not start what has been aborted, before or while it waited', async () => {
    const scheduler = createScheduler({ concurrency: 1, queueLimit: 10 });
    const stage = createStage(scheduler);
    stage.submit('running');
    const aborted = stage.submit('aborted');
    aborted.abort();
    expect(await aborted.settled).toEqual(new Error('gone'));
    const late = scheduler.schedule(() => Promise.resolve(), {
      accountId: 'a',
      priority: 'interactive',
      signal: AbortSignal.abort(new Error('already gone')),
    });
    expect(await failureOf(late)).toEqual(new Error('already gone'));
    stage.ends.get('running')?.();
    await promisesSettled();
    expect(stage.started).toEqual(['running']);
    expect(scheduler.accountCount).toBe(0);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'hands the slot on when its new holder is aborted %i microtasks after it became free',
    async (microtasks) => {
      const scheduler = createScheduler({ concurrency: 1, queueLimit: 10 });
      const stage = createStage(scheduler);
      stage.submit('running');
      const second = stage.submit('second');
      stage.submit('third');
      await promisesSettled();
      stage.ends.get('running')?.();
      for (let microtask = 0; microtask < microtasks; microtask++) await Promise.resolve();
      const hadStarted = stage.started.includes('second');
      second.abort();
      await promisesSettled();
      expect(stage.started.includes('second')).toBe(hadStarted);
      stage.ends.get('second')?.();
      await promisesSettled();
      expect(stage.started.at(-1)).toBe('third');
      stage.ends.get('third')?.();
      await promisesSettled();
      expect(scheduler.accountCount).toBe(0);
    },
  );

  const action = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('submit' as const), isPoll: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const), pick: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('abort' as const), pick: fc.nat() }) },
  );

  it('never exceeds its concurrency, keeps the order, loses no call and drops idle accounts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(action, { maxLength: 60 }),
        async (concurrency, actions) => {
          const scheduler = createScheduler({ concurrency, queueLimit: 1_000 });
          const stage = createStage(scheduler);
          const jobs = new Map<string, Job>();
          /** What must be waiting, by the rules alone. */
          const waiting: Record<Priority, string[]> = { interactive: [], background: [] };
          const expected: string[] = [];
          let running = 0;
          const startNext = () => {
            const name = waiting.interactive.shift() ?? waiting.background.shift();
            if (name === undefined) return;
            running++;
            expected.push(name);
          };
          for (const [index, step] of actions.entries()) {
            if (step.kind === 'submit') {
              const name = String(index);
              const priority = step.isPoll ? 'background' : 'interactive';
              waiting[priority].push(name);
              jobs.set(name, stage.submit(name, priority));
              if (running < concurrency) startNext();
            } else if (step.kind === 'end') {
              const names = [...stage.ends.keys()];
              const name = names[step.pick % names.length];
              if (name === undefined) continue;
              stage.ends.get(name)?.();
              running--;
              startNext();
            } else {
              const queue = [...waiting.interactive, ...waiting.background];
              const name = queue[step.pick % queue.length];
              if (name === undefined) continue;
              jobs.get(name)?.abort();
              for (const priority of ['interactive', 'background'] as const) {
                waiting[priority] = waiting[priority].filter((other) => other !== name);
              }
            }
            await promisesSettled();
            expect(stage.started).toEqual(expected);
          }
          while (stage.ends.size > 0) {
            for (const end of [...stage.ends.values()]) end();
            await promisesSettled();
          }
          await Promise.all([...jobs.values()].map((job) => job.settled));
          expect(stage.peak).toBeLessThanOrEqual(concurrency);
          expect(scheduler.accountCount).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('lets thousands of waiting calls leave from the wrong end, and starts none of them', async () => {
    const stage = createStage(createScheduler({ concurrency: 1, queueLimit: 10_000 }));
    stage.submit('running');
    const jobs = Array.from({ length: 5_000 }, (_, index) => stage.submit(String(index)));
    for (const job of jobs.toReversed()) job.abort();
    expect(await Promise.all(jobs.map((job) => job.settled))).toHaveLength(5_000);
    expect(stage.started).toEqual(['running']);
  });
});

describe('a scheduler for many accounts', () => {
  it('lets one account leave sockets for others', async () => {
    const stage = createStage(createScheduler({ concurrency: 2, queueLimit: 10, connections: 3 }));
    for (const name of ['a1', 'a2', 'a3']) stage.submit(name, 'interactive', 'a');
    stage.submit('b1', 'interactive', 'b');
    await promisesSettled();
    expect(stage.started).toEqual(['a1', 'a2', 'b1']);
  });

  it('shares the sockets fairly between accounts when there are too few for all', async () => {
    const stage = createStage(createScheduler({ concurrency: 2, queueLimit: 10, connections: 2 }));
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) stage.submit(name, 'interactive', 'a');
    for (const name of ['b1', 'b2']) stage.submit(name, 'interactive', 'b');
    for (const name of ['c1']) stage.submit(name, 'interactive', 'c');
    for (let ended = 0; ended < 8; ended++) {
      await promisesSettled();
      stage.ends.get(stage.started[ended] ?? '')?.();
    }
    await promisesSettled();
    expect(stage.peak).toBe(2);
    // The busy account does not keep the others waiting until it is done.
    expect(stage.started).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2', 'a5']);
  });

  it('moves a call whose priority was raised in front of the polls', async () => {
    const scheduler = createScheduler({ concurrency: 1, queueLimit: 10 });
    const stage = createStage(scheduler);
    stage.submit('running');
    stage.submit('poll 1', 'background');
    let raise: () => void = () => undefined;
    const started = scheduler.schedule(() => Promise.resolve(stage.started.push('poll 2')), {
      accountId: 'a',
      priority: 'background',
      signal: new AbortController().signal,
      onPriorityRaised: (listener) => {
        raise = listener;
        return () => {
          raise = () => undefined;
        };
      },
    });
    raise();
    await promisesSettled();
    stage.ends.get('running')?.();
    await started;
    await promisesSettled();
    expect(stage.started).toEqual(['running', 'poll 2', 'poll 1']);
  });
});

/** An upstream that takes so many calls in each second of its own, and 20 ms for each of them. */
function createLimited(clock: FakeClock, perSecond: number, phaseMs: number) {
  const log: { readonly atMs: number; readonly isRefused: boolean }[] = [];
  let window = 0;
  let taken = 0;
  return {
    log,
    async call(): Promise<CallOutcome> {
      await clock.sleep(10);
      const now = clock.now() + phaseMs;
      if (Math.floor(now / 1_000) !== window) taken = 0;
      window = Math.floor(now / 1_000);
      const isRefused = ++taken > perSecond;
      log.push({ atMs: clock.now(), isRefused });
      await clock.sleep(10);
      return isRefused ? { kind: 'limited', retryAfterMs: 1_000 - (now % 1_000) } : { kind: 'fine' };
    },
  };
}

describe('under a limit of 50 calls a second', () => {
  it.each([0, 250, 730])(
    'causes no further refusal once it has found the limit, and queries wait little (window at %i ms)',
    async (phaseMs) => {
      const clock = createFakeClock();
      const limited = createLimited(clock, 50, phaseMs);
      const scheduler = createScheduler({
        concurrency: 256,
        queueLimit: 10_000,
        pacing: { clock, maxIdle: 10 },
      });
      const { signal } = new AbortController();
      setMaxListeners(0, signal);
      const start = clock.now();
      const waits: { readonly atMs: number; readonly waitedMs: number }[] = [];
      let shed = 0;

      /** A query that is tried again when it was refused, as calls are. */
      const query = async () => {
        const askedAtMs = clock.now();
        for (;;) {
          const outcome = await scheduler.schedule(
            () => limited.call(),
            { accountId: 'a', priority: 'interactive', signal, deadlineAt: askedAtMs + 30_000 },
            (result) => result,
          );
          if (outcome.kind === 'fine') break;
        }
        waits.push({ atMs: askedAtMs - start, waitedMs: clock.now() - askedAtMs });
      };
      const poll = () =>
        scheduler
          .schedule(
            () => limited.call(),
            { accountId: 'a', priority: 'background', signal, deadlineAt: Infinity },
            (result) => result,
          )
          .catch(() => {
            shed++;
          });

      const work: Promise<unknown>[] = [];
      // Everybody comes at once, and then 25 queries and 100 polls in each second.
      for (let call = 0; call < 120; call++) work.push(query());
      for (let tick = 0; tick < 300; tick++) {
        if (tick % 2 === 0) work.push(query(), query(), query(), query(), query());
        for (let call = 0; call < 10; call++) work.push(poll());
        await clock.advance(100);
      }
      await clock.advance(60_000);
      await Promise.all(work);

      const refusals = limited.log.filter(({ isRefused }) => isRefused);
      expect(refusals.length).toBeGreaterThan(0);
      // The first burst showed the limit: all refusals are of that burst.
      expect(Math.max(...refusals.map(({ atMs }) => atMs)) - start).toBeLessThan(1_500);
      expect(shed).toBeGreaterThan(0);
      const later = waits.filter(({ atMs }) => atMs > 10_000).map(({ waitedMs }) => waitedMs);
      later.sort((a, b) => a - b);
      expect(later.length).toBeGreaterThan(400);
      expect(later[Math.floor(later.length * 0.99)]).toBeLessThan(1_000);
      // The whole limit is used.
      const used = limited.log.filter(({ atMs }) => atMs - start > 20_000 && atMs - start <= 30_000);
      expect(used.length).toBeGreaterThan(350);
      // It remembers the limit while it is idle.
      expect(scheduler.accountCount).toBe(1);
      expect(clock.pending).toBe(0);
    },
  );

  it('obeys Retry-After: nothing starts before', async () => {
    const clock = createFakeClock();
    const scheduler = createScheduler({ concurrency: 10, queueLimit: 10, pacing: { clock, maxIdle: 1 } });
    const turnOf = { accountId: 'a', priority: 'interactive', signal: new AbortController().signal } as const;
    await scheduler.schedule(
      () => Promise.resolve(),
      turnOf,
      () => ({ kind: 'limited', retryAfterMs: 5_000 }),
    );
    const start = clock.now();
    const next = scheduler.schedule(() => Promise.resolve(clock.now() - start), turnOf);
    await clock.advance(10_000);
    expect(await next).toBe(5_000);
  });

  it('refuses at once what could not start before its deadline', async () => {
    const clock = createFakeClock();
    const scheduler = createScheduler({ concurrency: 10, queueLimit: 10, pacing: { clock, maxIdle: 1 } });
    const turnOf = { accountId: 'a', priority: 'interactive', signal: new AbortController().signal } as const;
    await scheduler.schedule(
      () => Promise.resolve(),
      turnOf,
      () => ({ kind: 'limited', retryAfterMs: 5_000 }),
    );
    const late = scheduler.schedule(() => Promise.resolve(), { ...turnOf, deadlineAt: clock.now() + 4_000 });
    expect(await failureOf(late)).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 5_000 });
  });

  it('leaves the queue when its caller has left', async () => {
    const clock = createFakeClock();
    const scheduler = createScheduler({ concurrency: 10, queueLimit: 10, pacing: { clock, maxIdle: 1 } });
    const turnOf = { accountId: 'a', priority: 'interactive' } as const;
    const gone = new AbortController();
    await scheduler.schedule(
      () => Promise.resolve(),
      { ...turnOf, signal: gone.signal },
      () => ({ kind: 'limited', retryAfterMs: 5_000 }),
    );
    const next = scheduler.schedule(() => Promise.resolve(), { ...turnOf, signal: gone.signal });
    expect(clock.pending).toBe(1);
    gone.abort(new Error('gone'));
    expect(await failureOf(next)).toEqual(new Error('gone'));
    expect(clock.pending).toBe(0);
  });

  it('evicts the limit of the account that was idle for longest', async () => {
    const clock = createFakeClock();
    const scheduler = createScheduler({ concurrency: 10, queueLimit: 10, pacing: { clock, maxIdle: 2 } });
    for (const accountId of ['a', 'b', 'c', 'd']) {
      await scheduler.schedule(
        () => Promise.resolve(),
        { accountId, priority: 'interactive', signal: new AbortController().signal },
        () => ({ kind: 'limited', retryAfterMs: null }),
      );
    }
    expect(scheduler.accountCount).toBe(2);
  });
});
