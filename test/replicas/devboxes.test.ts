/** A devbox that is followed at several replicas is waited for by one, and no transition is missed when another one goes on. */
import { describe, expect, it } from 'vitest';
import { type EventStream, openEventStream } from '../support/event-stream.ts';
import { createFleet } from '../support/fleet.ts';

const FOLLOW = 'subscription($id: ID!) { devbox(id: $id) { kind previousStatus devbox { status } skipped } }';

interface Told {
  readonly kind: string;
  readonly previousStatus: string | null;
  readonly devbox: { readonly status: string };
}

const told = ({ events }: EventStream) =>
  events.flatMap(({ data }) => {
    const event = (data as { data?: { devbox?: Told } } | null)?.data?.devbox;
    return event
      ? [event.kind === 'SNAPSHOT' ? event.kind : `${String(event.previousStatus)}>${event.devbox.status}`]
      : [];
  });

describe('a devbox that is followed at two replicas', { timeout: 60_000 }, () => {
  it('is waited for by one of them, and the other one tells what has happened since when that one has gone', async () => {
    await using fleet = await createFleet({ env: { LIVE_GRACE_MS: '0' } });
    const [one, two] = [await fleet.start(), await fleet.start()];
    const devbox = fleet.world.insert.devbox({ status: 'running' });
    const { id } = devbox;
    let transitions = devbox.state_transitions;
    const become = (...statuses: readonly ('suspending' | 'suspended' | 'resuming' | 'running')[]) => {
      for (const status of statuses) {
        transitions = [...transitions, { status, transition_time_ms: Date.now() }];
        fleet.world.devboxes.update(id, { status, state_transitions: transitions });
      }
    };
    const waits = () => fleet.calls().filter((call) => call.includes('wait_for_status')).length;
    const follow = async (url: string) => {
      const stream = await openEventStream(url, { query: FOLLOW, variables: { id } });
      await stream.received(1);
      return stream;
    };
    using here = await follow(one.url);
    await expect.poll(waits).toBe(1);
    using there = await follow(two.url);
    become('suspending');
    for (const stream of [here, there])
      await expect.poll(() => told(stream)).toEqual(['SNAPSHOT', 'RUNNING>SUSPENDING']);
    // The one that has the lease waits again; the other one never does.
    await expect.poll(waits).toBe(1);
    become('suspended');
    for (const stream of [here, there]) await expect.poll(() => told(stream)).toHaveLength(3);
    await expect.poll(waits).toBe(1);

    // While nobody waits it changes more than once.
    await one[Symbol.asyncDispose]();
    become('resuming', 'running');
    await expect
      .poll(() => told(there), { timeout: 10_000 })
      .toEqual([
        'SNAPSHOT',
        'RUNNING>SUSPENDING',
        'SUSPENDING>SUSPENDED',
        'SUSPENDED>RESUMING',
        'RESUMING>RUNNING',
      ]);
    await expect.poll(waits).toBeGreaterThanOrEqual(1);
  });
});
