import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScheduler, type Scheduler } from '../../src/upstream/scheduler.ts';
import type { Priority } from '../../src/upstream/upstream.ts';
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

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a scheduler', () => {
  it('starts at once what fits and the rest as slots become free, in order of arrival', async () => {
    const scheduler = createScheduler({ concurrency: 2, queueLimit: 10 });
    const stage = createStage(scheduler);
    for (const name of ['1', '2', '3', '4']) stage.submit(name);
    await turn();
    expect(stage.started).toEqual(['1', '2']);
    stage.ends.get('2')?.();
    await turn();
    expect(stage.started).toEqual(['1', '2', '3']);
    stage.ends.get('1')?.();
    await turn();
    expect(stage.started).toEqual(['1', '2', '3', '4']);
  });

  it('starts what somebody waits for before any poll', async () => {
    const stage = createStage(createScheduler({ concurrency: 1, queueLimit: 10 }));
    stage.submit('running');
    stage.submit('poll 1', 'background');
    stage.submit('poll 2', 'background');
    stage.submit('query 1');
    stage.submit('query 2');
    for (const name of ['running', 'query 1', 'query 2', 'poll 1']) {
      await turn();
      stage.ends.get(name)?.();
    }
    await turn();
    expect(stage.started).toEqual(['running', 'query 1', 'query 2', 'poll 1', 'poll 2']);
  });

  it('keeps accounts apart', async () => {
    const stage = createStage(createScheduler({ concurrency: 1, queueLimit: 0 }));
    stage.submit('of a', 'background', 'a');
    stage.submit('of b', 'background', 'b');
    await turn();
    expect(stage.started).toEqual(['of a', 'of b']);
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
      await turn();
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
    await turn();
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
      await turn();
      stage.ends.get('running')?.();
      for (let microtask = 0; microtask < microtasks; microtask++) await Promise.resolve();
      const hadStarted = stage.started.includes('second');
      second.abort();
      await turn();
      expect(stage.started.includes('second')).toBe(hadStarted);
      stage.ends.get('second')?.();
      await turn();
      expect(stage.started.at(-1)).toBe('third');
      stage.ends.get('third')?.();
      await turn();
      expect(scheduler.accountCount).toBe(0);
    },
  );

  const action = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('submit' as const), isPoll: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const), pick: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('abort' as const), pick: fc.nat() }) },
  );

  it('never runs more than it may, keeps the order, loses nothing and forgets who is done', async () => {
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
            await turn();
            expect(stage.started).toEqual(expected);
          }
          while (stage.ends.size > 0) {
            for (const end of [...stage.ends.values()]) end();
            await turn();
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
