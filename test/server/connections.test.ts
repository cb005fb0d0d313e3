import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { openSocket, type TestSocket } from '../support/socket.ts';
import {
  FAST_POLLS,
  FOLLOW_RUN,
  RARE_POLLS,
  rename,
  runEvents,
  type RunResult,
  told,
} from '../support/subscriptions.ts';

/** Follows a run with something large in it, to fill the buffers on the way. */
const FOLLOW_LARGE_RUN = FOLLOW_RUN.replace('id name state', 'id name state metadata { value }');
const LARGE = { blob: 'x'.repeat(500_000) };

const eventsOf = (socket: TestSocket, operation: string) =>
  socket.payloads(operation).flatMap((payload) => (payload as RunResult).data?.scenarioRun ?? []);

/** Renames a run again and again, each name seen by somebody who reads: more than the buffers of a connection hold. */
async function floodBy(gateway: TestGateway, id: string, names: number): Promise<string> {
  using reader = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
  await expect.poll(() => reader.events).toHaveLength(1);
  for (let name = 1; name <= names; name++) {
    rename(gateway.world, id, `name ${String(name)}`);
    await expect.poll(() => runEvents(reader).at(-1)?.scenarioRun.name).toBe(`name ${String(name)}`);
  }
  return `name ${String(names)}`;
}

describe('a silent connection', () => {
  it('that carries an event stream shows every 15 seconds that it is alive', async () => {
    const clock = createFakeClock();
    await using gateway = await createTestGateway({ env: RARE_POLLS, overrides: { clock } });
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await expect.poll(() => stream.events).toHaveLength(1);
    await clock.advance(15_000);
    await expect.poll(() => stream.heartbeats).toBe(1);
    await clock.advance(45_000);
    await expect.poll(() => stream.heartbeats).toBe(4);

    expect(stream.events).toHaveLength(1);
  });

  it('that is a WebSocket is pinged every 15 seconds, and stays while it answers', async () => {
    const clock = createFakeClock();
    await using gateway = await createTestGateway({ env: RARE_POLLS, overrides: { clock } });
    using socket = await openSocket(gateway.url);
    await socket.init();
    let pings = 0;
    socket.socket.on('ping', () => pings++);
    for (let beat = 1; beat <= 10; beat++) {
      await clock.advance(15_000);
      await expect.poll(() => pings).toBe(beat);
      // Its pong is on the way before the query that is answered next.
      await gateway.query('{ __typename }');
    }

    expect(socket.socket.readyState).toBe(socket.socket.OPEN);
  });

  it('that is a WebSocket and answers no ping for a minute is cut', async () => {
    const clock = createFakeClock();
    await using gateway = await createTestGateway({ env: RARE_POLLS, overrides: { clock } });
    const { id } = gateway.world.insert.scenarioRun();
    using socket = await openSocket(gateway.url, { autoPong: false });
    await socket.init();
    socket.subscribe('1', FOLLOW_RUN, { id });
    await expect.poll(() => eventsOf(socket, '1')).toHaveLength(1);
    await clock.advance(60_000);

    expect(await socket.closed).toBe(1006);
    await expect.poll(() => gateway.watches.subscriptions).toBe(0);
  });
});

describe('a blocked connection', () => {
  it('continues with the newest event once it has drained', async () => {
    await using gateway = await createTestGateway({ env: { ...FAST_POLLS, LIVE_FOLLOWER_MAX_LAG: '4' } });
    const { id } = gateway.world.insert.scenarioRun({ metadata: LARGE });
    using slow = await openEventStream(gateway.url, { query: FOLLOW_LARGE_RUN, variables: { id } });
    await expect.poll(() => slow.events).toHaveLength(1);
    slow.pause();
    const last = await floodBy(gateway, id, 40);
    slow.resume();
    await expect.poll(() => runEvents(slow).at(-1)?.scenarioRun.name).toBe(last);

    const events = runEvents(slow);
    const skipped = events.reduce((sum, event) => sum + event.skipped, 0);
    expect(skipped).toBeGreaterThan(0);
    // Nothing is lost that is not counted.
    expect(events.length - 1 + skipped).toBe(40);
  });

  it('holds up none of a dozen subscriptions on one socket for good', async () => {
    const warnings: string[] = [];
    const onWarning = ({ message }: Error) => warnings.push(message);
    process.on('warning', onWarning);
    await using gateway = await createTestGateway({ env: { ...FAST_POLLS, LIVE_FOLLOWER_MAX_LAG: '4' } });
    const { id } = gateway.world.insert.scenarioRun({ metadata: LARGE });
    using socket = await openSocket(gateway.url);
    await socket.init();
    const operations = Array.from({ length: 12 }, (_, index) => String(index));
    for (const operation of operations) socket.subscribe(operation, FOLLOW_LARGE_RUN, { id });
    await expect
      .poll(() => operations.every((operation) => eventsOf(socket, operation).length === 1))
      .toBe(true);
    socket.socket.pause();
    const last = await floodBy(gateway, id, 10);
    socket.socket.resume();
    for (const operation of operations) {
      await expect.poll(() => eventsOf(socket, operation).at(-1)?.scenarioRun.name).toBe(last);
    }
    process.off('warning', onWarning);

    expect(warnings).toEqual([]);
  });

  it.each(['an event stream', 'a WebSocket'])('for a minute is cut: %s', async (kind) => {
    const clock = createFakeClock();
    await using gateway = await createTestGateway({ overrides: { clock } });
    const { id } = gateway.world.insert.scenarioRun({ metadata: LARGE });
    using stream = await openEventStream(gateway.url, { query: FOLLOW_LARGE_RUN, variables: { id } });
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('1', FOLLOW_LARGE_RUN, { id });
    using reader = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await expect
      .poll(() => [stream.events.length, eventsOf(socket, '1').length, reader.events.length])
      .toEqual([1, 1, 1]);
    const stalled = kind === 'a WebSocket' ? socket.socket : stream;
    stalled.pause();
    for (let name = 1; name <= 30; name++) {
      rename(gateway.world, id, `name ${String(name)}`);
      // One poll of the upstream after another, until one has seen it.
      while (reader.events.length === name) await clock.advance(1_000);
    }
    for (let beats = 0; beats < 5; beats++) {
      await clock.advance(15_000);
      // The pong of whoever is well is on the way before the query that is answered next.
      await gateway.query('{ __typename }');
    }

    await expect.poll(() => gateway.watches.subscriptions).toBe(2);
  });
});

describe('a gateway that shuts down', () => {
  // Its clock stands still: whatever waits for a timeout would wait for ever.
  const clock = createFakeClock();
  const silentGateway = () => createTestGateway({ env: RARE_POLLS, overrides: { clock, random: () => 0.5 } });

  it('ends event streams with a `retry`, and is done at once', async () => {
    await using gateway = await silentGateway();
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await expect.poll(() => stream.events).toHaveLength(1);
    await gateway.shutDown();
    await stream.ended;

    expect(stream.text).toMatch(/\n\nretry: 2750\n\n$/);
    expect(stream.text).not.toContain('event: complete');
    expect(stream.events.at(-1)?.id).toBe(runEvents(stream)[0]?.cursor);
  });

  it('closes WebSockets with 1012, and is done at once', async () => {
    await using gateway = await silentGateway();
    const { id } = gateway.world.insert.scenarioRun();
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('1', FOLLOW_RUN, { id });
    await expect.poll(() => eventsOf(socket, '1')).toHaveLength(1);
    await gateway.shutDown();

    expect(await socket.closed).toBe(1012);
    expect(told(eventsOf(socket, '1'))).toEqual(['=running']);
    expect(socket.messages.map(({ type }) => type)).not.toContain('complete');
  });

  it('does not wait for blocked connections', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { id } = gateway.world.insert.scenarioRun({ metadata: LARGE });
    using stream = await openEventStream(gateway.url, { query: FOLLOW_LARGE_RUN, variables: { id } });
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('1', FOLLOW_LARGE_RUN, { id });
    await expect.poll(() => stream.events.length + eventsOf(socket, '1').length).toBe(2);
    stream.pause();
    socket.socket.pause();
    await floodBy(gateway, id, 40);
    await gateway.shutDown();
    stream.resume();
    socket.socket.resume();
    await stream.ended;

    expect(stream.text).not.toContain('retry:');
    expect(await socket.closed).toBe(1006);
  });

  it('answers running queries on a WebSocket first', async () => {
    const simulatorClock = createFakeClock();
    await using gateway = await createTestGateway({
      overrides: { clock },
      simulator: { clock: simulatorClock },
    });
    gateway.simulator.faults.add({ path: '/v1/scenarios/runs/*', kind: 'latency', ms: 1_000 });
    const { id } = gateway.world.insert.scenarioRun();
    using busy = await openSocket(gateway.url);
    using idle = await openSocket(gateway.url);
    await busy.init();
    busy.subscribe('1', `{ scenarioRun(id: "${id}") { id } }`);
    await simulatorClock.sleepers(1);
    const isShutDown = gateway.shutDown();
    expect(await idle.closed).toBe(1012);
    expect(busy.socket.readyState).toBe(busy.socket.OPEN);
    await simulatorClock.advance(1_000);
    await isShutDown;

    expect(await busy.closed).toBe(1012);
    expect(busy.messages).toEqual([
      { type: 'connection_ack' },
      { id: '1', type: 'next', payload: { data: { scenarioRun: { id } } } },
      { id: '1', type: 'complete' },
    ]);
  });
});
