import { expect, it } from 'vitest';
import { collectWhenIdle, createHeap } from '../../src/process/idle-collection.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const LOOK_MS = 5_000;

/** A heap of 40 MB, of which the test says how large it is and what a collection leaves of it. */
function setUp() {
  const clock = createFakeClock();
  const defects: unknown[] = [];
  const state = { size: 40, busyShare: 0, left: [] as number[], forgotten: 0, collections: 0 };
  const collecting = collectWhenIdle({
    clock,
    heap: {
      size: () => state.size,
      busyShare: () => state.busyShare,
      collect: () => {
        state.collections++;
        state.size = state.left.shift() ?? state.size;
      },
    },
    evictUnused: () => {
      state.forgotten++;
    },
    onDefect: (error) => defects.push(error),
  });
  return { clock, state, defects, collecting };
}

it('a heap that has grown is collected when there is little to do, until that gives nothing more back', async () => {
  const { clock, state } = setUp();
  Object.assign(state, { size: 300, busyShare: 0.2, left: [120, 60, 59] });
  await clock.advance(4 * LOOK_MS);
  expect(state).toMatchObject({ collections: 0, forgotten: 0 });

  state.busyShare = 0.05;
  await clock.advance(10 * LOOK_MS);
  expect(state).toMatchObject({ collections: 3, forgotten: 1, size: 59 });
});

it('a collection is not followed by another one when there is much to do again', async () => {
  const { clock, state } = setUp();
  Object.assign(state, { size: 300, left: [200, 100] });
  await clock.advance(LOOK_MS);
  state.busyShare = 0.9;
  await clock.advance(10 * LOOK_MS);

  expect(state).toMatchObject({ collections: 1, size: 200 });
});

it('a heap that is used is not collected again until it has grown again', async () => {
  const { clock, state } = setUp();
  Object.assign(state, { size: 100, left: [98] });
  await clock.advance(20 * LOOK_MS);
  expect(state.collections).toBe(1);

  Object.assign(state, { size: 160, left: [98, 97] });
  await clock.advance(20 * LOOK_MS);
  expect(state.collections).toBe(3);
});

it('a heap that stays as it is is left alone', async () => {
  const { clock, state } = setUp();
  state.size = 49;
  await clock.advance(100 * LOOK_MS);

  expect(state).toMatchObject({ collections: 0, forgotten: 0 });
});

it('nothing is waited for any more once it is disposed', async () => {
  const { clock, collecting } = setUp();
  await clock.sleepers(1);
  collecting[Symbol.dispose]();

  expect(clock.pending).toBe(0);
});

it('the heap of a process can be collected', async () => {
  const heap = createHeap()!;
  const garbage = new WeakRef(Array.from({ length: 1_000 }, (_, number) => ({ number })));
  // What a reference was just made to is held until the turn is over.
  await new Promise((resolve) => setImmediate(resolve));
  heap.collect();

  expect(garbage.deref()).toBeUndefined();
  expect(heap.size()).toBeGreaterThan(0);
  expect(heap.busyShare()).toBeLessThanOrEqual(1);
});
