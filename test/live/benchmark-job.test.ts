import { describe, expect, it } from 'vitest';
import { diffBenchmarkJob } from '../../src/live/kinds/benchmark-job.ts';
import { fresher } from '../../src/live/freshness.ts';
import type { BenchmarkJob, BenchmarkJobState } from '../../src/upstream/types.ts';
import {
  benchmarkJob,
  benchmarkRun,
  inProgressRun,
  jobAgentConfig,
  jobOutcome,
} from '../support/entities.ts';
import { createLiveStage, summaries } from './live-stage.ts';

const JOB = { kind: 'benchmarkJob', id: 'job_1' } as const;
const AGENT = jobAgentConfig('claude-code', 'opus');
const WORKING = { inProgressRuns: [inProgressRun('bmr_1', AGENT)] } as const;
const DONE = { ...WORKING, outcomes: [jobOutcome('bmr_1', AGENT)] } as const;

const job = (parts: Partial<BenchmarkJob> = {}) => benchmarkJob({ id: 'job_1', ...parts });

describe('a change of a job', () => {
  it.each<readonly [string, Partial<BenchmarkJob>, Partial<BenchmarkJob>]>([
    ['its state', { state: 'queued' }, { state: 'running' }],
    ['an agent that starts', {}, WORKING],
    ['a run that ends', WORKING, { inProgressRuns: [inProgressRun('bmr_1', AGENT, { state: 'completed' })] }],
    ['what came of a run', WORKING, DONE],
    [
      'another count in what came of a run',
      DONE,
      { ...DONE, outcomes: [jobOutcome('bmr_1', AGENT, { failedCount: 1 })] },
    ],
    ['a run that is no longer listed', DONE, { outcomes: DONE.outcomes }],
    ['the reason why it failed', { state: 'failed' }, { state: 'failed', failureReason: 'no quota' }],
  ])('is %s', (_name, before, after) => {
    const next = job(after);
    expect(diffBenchmarkJob(job(before), next, 7)).toEqual([
      { type: 'benchmarkJob', atMs: 7, previousState: job(before).state, benchmarkJob: next },
    ]);
  });

  it('is not that it was read again, nor how long its runs have taken so far', () => {
    const tick = (durationMs: number) =>
      job({ inProgressRuns: [inProgressRun('bmr_1', AGENT, { durationMs })] });
    expect(diffBenchmarkJob(job(DONE), job(DONE), 7)).toEqual([]);
    expect(diffBenchmarkJob(tick(1_000), tick(2_000), 7)).toEqual([]);
  });
});

describe('of two reads of a job that overlap', () => {
  const read = { sentAtMs: 1, receivedAtMs: 2 };
  const known = (parts: Partial<BenchmarkJob>) => ({ entity: job(parts), read });
  const STATES: readonly BenchmarkJobState[] = ['initializing', 'queued', 'running', 'completed'];

  it('the one in the later state is fresher', () => {
    for (const [index, state] of STATES.entries()) {
      for (const [other, otherState] of STATES.entries()) {
        const isFresher = fresher(known({ state }), known({ state: otherState }), 10) !== null;
        expect(isFresher, `${state} to ${otherState}`).toBe(other > index);
      }
    }
  });

  it('the one with more outcomes is fresher, and an unknown state has no rank', () => {
    expect(fresher(known(WORKING), known(DONE), 10)).not.toBeNull();
    expect(fresher(known(DONE), known(WORKING), 10)).toBeNull();
    expect(fresher(known(WORKING), known({ state: 'unknown' }), 10)).toBeNull();
  });
});

describe('a benchmark job', () => {
  it('is delivered as it is, then as it changes; read once more after its end; and completes', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(job({ state: 'initializing' }));
    const follower = await stage.follow(JOB);
    for (const parts of [{ state: 'queued' }, WORKING, DONE, { ...DONE, state: 'completed' }] as const) {
      upstream.put(job(parts));
      await clock.advance(1_000);
    }
    expect(summaries(follower.deliveries)).toEqual([
      '=initializing',
      'initializing>queued',
      'queued>running',
      'running>running',
      'running>completed',
    ]);
    expect(follower.end).toBeNull();
    await clock.advance(1_000);
    expect(follower.end).toEqual({ kind: 'complete' });
    expect([stage.live.watcherCount, clock.pending]).toEqual([0, 0]);
  });

  it('whose outcomes come after its end has them in its last event', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(job(WORKING));
    const follower = await stage.follow(JOB);
    upstream.put(job({ ...WORKING, state: 'completed' }));
    await clock.advance(1_000);
    upstream.put(job({ ...DONE, inProgressRuns: [], state: 'completed' }));
    await clock.advance(1_000);
    expect(summaries(follower.deliveries)).toEqual(['=running', 'running>completed', 'completed>completed']);
    expect(follower.deliveries.at(-1)?.event).toMatchObject({ benchmarkJob: { outcomes: DONE.outcomes } });
    expect(follower.end).toEqual({ kind: 'complete' });
  });

  it('costs the upstream one call a poll, however many follow it', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(job(WORKING));
    await Promise.all([stage.follow(JOB), stage.follow(JOB), stage.follow(JOB)]);
    upstream.calls();
    await clock.advance(3_000);
    expect(upstream.names()).toEqual(['benchmarkJob job_1', 'benchmarkJob job_1', 'benchmarkJob job_1']);
  });

  it('that a query has read is delivered without a poll, and never goes back', async () => {
    await using stage = createLiveStage();
    const { upstream, clock, live, account } = stage;
    upstream.put(job({ state: 'queued' }));
    const follower = await stage.follow(JOB);
    const now = clock.now();
    live.observe(account, job(DONE), { sentAtMs: now, receivedAtMs: now + 1 });
    await clock.advance(0);
    expect(summaries(follower.deliveries)).toEqual(['=queued', 'queued>running']);
    const shown = live.observe(account, job(WORKING), { sentAtMs: now, receivedAtMs: now + 1 });
    expect(shown.outcomes).toEqual(DONE.outcomes);
  });

  it('continues after a cursor, and a job that the upstream does not know is refused', async () => {
    await using stage = createLiveStage();
    const { upstream, clock } = stage;
    upstream.put(job({ state: 'queued' }));
    const first = await stage.follow(JOB);
    const after = first.deliveries[0]?.cursor ?? expect.unreachable();
    upstream.put(job(WORKING));
    await clock.advance(1_000);
    const second = await stage.follow(JOB, { after });
    expect(summaries(second.deliveries)).toEqual(['queued>running']);
    await expect(stage.follow({ kind: 'benchmarkJob', id: 'job_2' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('something done to a benchmark run', () => {
  it('has the job polled at once that it is part of, and no other', async () => {
    await using stage = createLiveStage({ settings: { pollIntervalMs: 60_000, idlePollIntervalMs: 60_000 } });
    const { upstream, clock, live, account } = stage;
    upstream.put(job(WORKING), benchmarkJob({ id: 'job_2' }), benchmarkRun({ id: 'bmr_1' }));
    const follower = await stage.follow(JOB);
    await stage.follow({ kind: 'benchmarkJob', id: 'job_2' });
    upstream.calls();
    upstream.put(job(DONE));
    void live.touch(account, { kind: 'benchmarkRun', id: 'bmr_1' });
    await clock.advance(0);
    expect(upstream.names()).toEqual(['benchmarkJob job_1']);
    expect(summaries(follower.deliveries)).toEqual(['=running', 'running>running']);
  });
});
