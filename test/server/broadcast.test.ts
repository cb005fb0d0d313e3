import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/live/follow.ts';
import { createBroadcast, type Rendered } from '../../src/server/subscriptions/broadcast.ts';
import { scenarioRun } from '../support/entities.ts';

const deliveryOf = (sequence: number, skipped = 0): Delivery => ({
  kind: 'changed',
  cursor: `cursor-${String(sequence)}`,
  sequence,
  skipped,
  event: { type: 'scenarioRun', atMs: 0, previousState: null, scenarioRun: scenarioRun({ id: 'scr_1' }) },
});

function createStage() {
  const executed: number[] = [];
  const world = { isCurrent: true };
  const broadcast = createBroadcast(
    ({ sequence }) => {
      executed.push(sequence);
      return Promise.resolve({
        json: `{"sequence":${String(sequence)}}`,
        isCurrent: () => world.isCurrent,
      });
    },
    { maxCachedEvents: 16 },
  );
  const render = (delivery: Delivery) =>
    new Promise<Rendered>((resolve) => {
      const event = broadcast.render(delivery, { receive: resolve });
      if (event) resolve(event);
    });
  return { executed, broadcast, render, world };
}

describe('a broadcast', () => {
  it('executes an event once, for those who wait and for those who join later', async () => {
    const { executed, broadcast, render } = createStage();
    const [first, second] = await Promise.all([render(deliveryOf(1)), render(deliveryOf(1))]);

    expect(second).toBe(first);
    expect(broadcast.render(deliveryOf(1), { receive: () => undefined })).toBe(first);
    expect(executed).toEqual([1]);
  });

  it('sends an event to those who wait in the order of their calls', async () => {
    const { broadcast, render } = createStage();
    const told: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      broadcast.render(deliveryOf(1), {
        receive: () => {
          told.push(name);
        },
      });
    }
    await render(deliveryOf(1));

    expect(told).toEqual(['a', 'b', 'c']);
  });

  it('serialises the same answer for every transport, with the cursor as the id of its event', async () => {
    const { render } = createStage();
    const { payload, streamEvent, part } = await render(deliveryOf(1));

    expect(payload.toString()).toBe('{"sequence":1}');
    expect(streamEvent.toString()).toBe('event: next\nid: cursor-1\ndata: {"sequence":1}\n\n');
    expect(part.toString()).toBe(
      '\r\nContent-Type: application/json\r\n\r\n{"payload":{"sequence":1}}\r\n--graphql',
    );
  });

  it('executes a snapshot, but no event, anew for a subscriber who joins after something that it shows has changed', async () => {
    const { executed, render, world } = createStage();
    const snapshot: Delivery = { ...deliveryOf(1), kind: 'snapshot' };
    await render(snapshot);
    await render(snapshot);
    await render(deliveryOf(2));
    expect(executed).toEqual([1, 2]);

    world.isCurrent = false;
    await render(snapshot);
    await render(deliveryOf(2));
    expect(executed).toEqual([1, 2, 1]);
  });

  it('renders an event separately for each number of skipped events', async () => {
    const { executed, render } = createStage();
    await render(deliveryOf(1));
    await render(deliveryOf(1, 3));

    expect(executed).toEqual([1, 1]);
  });

  it('caches the newest 16, whatever is replayed', async () => {
    const { executed, render } = createStage();
    for (let sequence = 1; sequence <= 17; sequence++) await render(deliveryOf(sequence));
    await render(deliveryOf(17));
    await render(deliveryOf(2));
    expect(executed).toHaveLength(17);
    await render(deliveryOf(1));

    expect(executed).toHaveLength(18);
  });
});
