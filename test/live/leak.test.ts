import { describe, expect, it } from 'vitest';
import type { WatchRef } from '../../src/events/event.ts';
import type { LiveTopic } from '../../src/live/live-topic.ts';
import { benchmarkRun, devbox, scenarioRun, STARTED_AT_MS } from '../support/entities.ts';
import { createLiveStage, type LiveStage } from './live-stage.ts';

const CYCLES = 1_000;
const RUN: WatchRef = { kind: 'scenarioRun', id: 'scr_1' };
const REFS: readonly WatchRef[] = [
  RUN,
  { kind: 'benchmarkRun', id: 'bmr_1' },
  { kind: 'devbox', id: 'dbx_1' },
];

/** Subscribes and disconnects so often, on a source that says nothing. */
async function cycle(
  stage: LiveStage,
  refs: readonly WatchRef[],
  between: () => Promise<void>,
): Promise<void> {
  const { signal } = new AbortController();
  for (let index = 0; index < CYCLES; index++) {
    const topics: LiveTopic[] = [];
    for (const ref of refs) {
      const topic = await stage.live.open(stage.account, ref, { signal });
      topics.push(topic);
      topic.subscribe({ wake: () => undefined });
      topic.snapshot();
    }
    for (const topic of topics) topic[Symbol.dispose]();
    await between();
  }
}

function createSilentStage(): LiveStage {
  const stage = createLiveStage();
  stage.upstream.put(
    benchmarkRun({ id: 'bmr_1' }),
    scenarioRun({ id: 'scr_1', benchmarkRunId: 'bmr_1' }),
    scenarioRun({ id: 'scr_2', benchmarkRunId: 'bmr_1' }),
    devbox('dbx_1', [{ status: 'running', atMs: STARTED_AT_MS }]),
  );
  return stage;
}

/** Bytes in use after everything that can be collected was. */
function heapBytes(stage: LiveStage): number {
  stage.upstream.calls();
  globalThis.gc!();
  globalThis.gc!();
  return process.memoryUsage().heapUsed;
}

/** A hundred bytes of each cycle would be more than that. */
const CALM_BYTES = CYCLES * 100;
const MAX_ROUNDS = 10;

/**
 * By how many bytes the heap has grown in the first calm round, or in the calmest of all: what leaks leaks in each, while the
 * engine's own needs (compiled code, caches) come and go, and take the longer the busier the machine is.
 */
async function growthOf(stage: LiveStage, round: () => Promise<void>): Promise<number> {
  let least = Infinity;
  await round();
  for (let rounds = 0; rounds < MAX_ROUNDS && least >= CALM_BYTES; rounds++) {
    const before = heapBytes(stage);
    await round();
    least = Math.min(least, heapBytes(stage) - before);
  }
  return least;
}

describe('1,000 times subscribed and disconnected on a silent source', { timeout: 120_000 }, () => {
  it.each([
    ['within one grace period, it is one watcher', () => Promise.resolve()],
    ['past each grace period, it is none', (stage: LiveStage) => stage.clock.advance(1_000)],
  ] as const)('%s, and leaves no watcher, timer, call or growing heap', async (_name, between) => {
    await using stage = createSilentStage();
    const grownBytes = await growthOf(stage, () => cycle(stage, REFS, () => between(stage)));
    expect(stage.live.watcherCount).toBeLessThanOrEqual(REFS.length);
    await stage.clock.advance(1_000);
    expect([stage.live.watcherCount, stage.clock.pending, stage.upstream.underWay]).toEqual([0, 0, 0]);
    expect(stage.upstream.releases).toBeGreaterThan(0);
    expect(grownBytes).toBeLessThan(CALM_BYTES);
  });

  it('beside one follower who stays, it leaves no listener with the watch', async () => {
    await using stage = createSilentStage();
    const staying = await stage.follow(RUN);
    const grownBytes = await growthOf(stage, () => cycle(stage, [RUN], () => Promise.resolve()));
    expect(grownBytes).toBeLessThan(CALM_BYTES);
    expect([stage.live.watcherCount, stage.upstream.releases]).toEqual([1, 0]);
    staying.leave();
    await stage.clock.advance(1_000);
    expect([stage.live.watcherCount, stage.clock.pending, stage.upstream.releases]).toEqual([0, 0, 1]);
  });
});
