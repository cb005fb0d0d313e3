/** A replica that has not read the end of the log yet, and clients that come to it from one that has. */
import { describe, expect, it } from 'vitest';
import type { Replicas } from '../../src/events/replicas.ts';
import type { Delivery } from '../../src/live/follow.ts';
import { DEFAULT_LIVE_SETTINGS } from '../../src/live/live-settings.ts';
import { scenarioRun } from '../support/entities.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeUpstream } from '../support/fake-upstream.ts';
import { createLiveStage, createTestLog, type LiveStageOptions, summaries } from './live-stage.ts';
import { createNetwork, overNetwork, withoutLease } from './shared-log.ts';

const RUN = { kind: 'scenarioRun', id: 'scr_1' } as const;
const inState = (state: 'running' | 'scoring' | 'scored') => scenarioRun({ id: 'scr_1', state });

/** One replica polls; the other hears of what that one has found when its network lets it. */
function createTwo() {
  const clock = createFakeClock();
  const upstream = createFakeUpstream(clock);
  upstream.put(inState('running'));
  const shared = createTestLog(clock, DEFAULT_LIVE_SETTINGS);
  const network = createNetwork();
  const polling = createLiveStage({
    clock,
    upstream,
    log: overNetwork(shared, createNetwork(), { name: 'one', clock }),
  });
  const other = (parts: LiveStageOptions = {}) =>
    createLiveStage({
      clock,
      upstream,
      log: overNetwork(shared, network, { name: 'two', clock }),
      replicas: withoutLease(),
      ...parts,
    });
  const move = async (state: 'scoring' | 'scored') => {
    upstream.put(inState(state));
    await clock.advance(1_000);
  };
  return { clock, upstream, network, polling, other, move };
}

describe('a client with a cursor that is ahead of its new replica', () => {
  it('continues behind it when that has read the log, and is shown nothing older', async () => {
    const { clock, network, polling, other, move } = createTwo();
    const following = other();
    const here = await polling.follow(RUN);
    await following.follow(RUN);
    // Wakes are lost, as those of a process that is stopped.
    network.isDown = true;
    await move('scoring');
    network.isDown = false;
    network.delayMs = () => 100;
    const moved = await following.follow(RUN, { after: here.deliveries.at(-1)?.cursor ?? '' });
    expect(moved.deliveries).toEqual([]);
    await clock.advance(1_000);
    await move('scored');
    await clock.advance(1_000);

    expect(summaries(moved.deliveries)).toEqual(['scoring>scored']);
  });

  it('waits while the log is away, and continues behind it then', async () => {
    const { clock, network, polling, other, move } = createTwo();
    const following = other();
    const here = await polling.follow(RUN);
    await following.follow(RUN);
    network.isDown = true;
    await move('scoring');
    const moved = await following.follow(RUN, { after: here.deliveries.at(-1)?.cursor ?? '' });
    await clock.advance(5_000);
    expect(moved.deliveries).toEqual([]);
    network.isDown = false;
    await move('scored');
    await clock.advance(1_000);

    expect(summaries(moved.deliveries)).toEqual(['scoring>scored']);
  });
});

describe('a replica that watches a thing to which another one has done something', () => {
  it('reads it once before anybody else follows it, and shows what came of that', async () => {
    const { clock, upstream, other } = createTwo();
    let movedBy: (accountId: string) => void = () => undefined;
    let account: string | null = null;
    const replicas: Replicas = {
      ...withoutLease(),
      onMoved: (listener) => {
        movedBy = listener;
      },
      catchUp: () => {
        if (account !== null) movedBy(account);
        account = null;
        return Promise.resolve();
      },
    };
    const following = other({ replicas });
    const before = await following.follow(RUN);
    upstream.put(inState('scoring'));
    account = following.account.id;
    upstream.names();
    const after = await Promise.all([1, 2, 3].map(() => following.follow(RUN)));
    await following.follow(RUN);
    await clock.advance(0);

    for (const { deliveries } of after) expect(summaries(deliveries)).toEqual(['=scoring']);
    expect(summaries(before.deliveries)).toEqual(['=running', 'running>scoring']);
    expect(upstream.names()).toEqual(['scenarioRun scr_1']);
  });

  it('has nothing older in memory when it tells followers what that one has recorded', async () => {
    const { polling, other, move } = createTwo();
    const told: number[] = [];
    let deliveries: readonly Delivery[] = [];
    const following = other({
      onRecordedElsewhere: (accountId) => {
        expect(accountId).toBe(following.account.id);
        told.push(deliveries.length);
      },
    });
    await polling.follow(RUN);
    ({ deliveries } = await following.follow(RUN));
    await move('scoring');
    await move('scored');

    expect(summaries(deliveries)).toEqual(['=running', 'running>scoring', 'scoring>scored']);
    expect(told).toEqual([1, 2]);
  });
});

it('a replica that cannot read what the log held shows how things are now, and replays none of that afterwards', async () => {
  const { clock, network, polling, other, move } = createTwo();
  await polling.follow(RUN);
  await move('scoring');
  const following = other();
  // The state of the log is read, and then nothing more.
  let asked = 0;
  network.delayMs = () => {
    network.isDown = network.asked.at(-1) === 'read' && asked++ === 0;
    return 0;
  };
  const late = await following.follow(RUN);
  network.isDown = false;
  network.delayMs = () => 0;
  await move('scored');
  await clock.advance(1_000);

  expect(summaries(late.deliveries)).toEqual(['=scoring', 'scoring>scored']);
});
