import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/observability/logger.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { heapInUse, median, openResources } from '../support/heap.ts';
import { openSocket } from '../support/socket.ts';
import { FOLLOW_RUN, RARE_POLLS } from '../support/subscriptions.ts';

/** Of each transport. A leaked subscription takes more than 5 KiB. */
const CYCLES = 1_000;
const MAX_GROWTH_BYTES = 2 * 1024;

interface Cycle {
  readonly gateway: TestGateway;
  readonly id: string;
}

async function overEventStream({ gateway, id }: Cycle): Promise<void> {
  using stream = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
  await stream.received(1);
}

async function overOwnSocket({ gateway, id }: Cycle): Promise<void> {
  using socket = await openSocket(gateway.url);
  await socket.init();
  socket.subscribe('1', FOLLOW_RUN, { id });
  await socket.received(2);
}

describe.each([
  ['an event stream', overEventStream],
  ['a WebSocket', overOwnSocket],
])('a thousand subscriptions to a silent source, each over %s that is cut', (_name, cycle) => {
  it('leave no watcher, no timer, no socket and no memory', { timeout: 120_000 }, async () => {
    // Each subscription leaves a line: a test that keeps them would grow by itself.
    const log = createLogger({ level: 'info', destination: { write: () => undefined } });
    await using gateway = await createTestGateway({
      env: { ...RARE_POLLS, LIVE_GRACE_MS: '0' },
      overrides: { log },
    });
    const { id } = gateway.world.insert.scenarioRun();
    const isSilent = () =>
      expect.poll(() => ({ ...gateway.watches })).toEqual({ subscriptions: 0, watchers: 0 });
    const run = async (cycles: number) => {
      // Ten at a time: the last of them to leave ends the watching, and it begins anew.
      for (let done = 0; done < cycles; done += 10) {
        await Promise.all(Array.from({ length: 10 }, () => cycle({ gateway, id })));
      }
      await isSilent();
    };
    // What is created once: compiled code, parsed documents, pools.
    await run(200);
    const before = openResources();

    const heap: number[] = [];
    for (let parts = 0; parts < 10; parts++) {
      await run(CYCLES / 10);
      heap.push(await heapInUse());
    }

    const growth = median(heap.slice(5)) - median(heap.slice(0, 5));
    expect(growth / (CYCLES / 2)).toBeLessThan(MAX_GROWTH_BYTES);
    // Sockets that were let go a moment ago may have been counted as open before.
    await expect
      .poll(() => {
        const { timers, sockets } = openResources();
        return timers <= before.timers && sockets <= before.sockets;
      })
      .toBe(true);
  });
});
