/** What is followed at all replicas is polled as often as what one client follows at one. */
import { expect, it } from 'vitest';
import { times } from '../support/chaos.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFleet } from '../support/fleet.ts';
import { openSocket, type TestSocket } from '../support/socket.ts';

const POLLS = 100;
const POLL_INTERVAL_MS = 1_000;
const FOLLOWERS = times(100, 1_000);
const OPERATIONS_OF_A_SOCKET = 50;

const FOLLOW = `subscription($id: ID!) {
  benchmarkRun(id: $id) { kind changes { scenarioRun { name } } }
}`;

/** Resolves when each operation of the socket has got so many events: beside them it gets nothing but the acknowledgement. */
async function told(socket: TestSocket, operations: number, events: number): Promise<void> {
  await socket.received(1 + operations * events);
}

/** All calls that reach the upstream from before anybody follows until so many waits between two polls are over. */
async function callsOf(given: { readonly replicas: number; readonly followers: number }): Promise<number> {
  const clock = createFakeClock();
  await using fleet = await createFleet({
    env: {
      LIVE_POLL_INTERVAL_MS: String(POLL_INTERVAL_MS),
      LIVE_IDLE_POLL_INTERVAL_MS: String(POLL_INTERVAL_MS),
      LIVE_JITTER_PERCENT: '0',
      LIVE_HEARTBEAT_MS: '600000',
    },
  });
  const { id } = fleet.world.insert.benchmarkRun();
  const run = fleet.world.insert.scenarioRun({ benchmark_run_id: id }).id;
  fleet.calls();
  const sockets: TestSocket[] = [];
  try {
    for (let replica = 0; replica < given.replicas; replica++) {
      const { url } = await fleet.start({ clock });
      for (let left = given.followers; left > 0; left -= OPERATIONS_OF_A_SOCKET) {
        const socket = await openSocket(url);
        sockets.push(socket);
        await socket.init();
        const operations = Math.min(left, OPERATIONS_OF_A_SOCKET);
        for (let number = 0; number < operations; number++) socket.subscribe(String(number), FOLLOW, { id });
        await told(socket, operations, 1);
      }
    }
    for (let poll = 1; poll <= POLLS; poll++) {
      fleet.world.scenarioRuns.update(run, { name: `name ${String(poll)}` });
      await clock.advance(POLL_INTERVAL_MS);
      for (const socket of sockets)
        await told(socket, Math.min(given.followers, OPERATIONS_OF_A_SOCKET), poll + 1);
    }
    for (const { messages } of sockets) {
      const events = messages.filter(({ type }) => type === 'next');
      expect(new Set(events.map(({ id }) => id)).size * (POLLS + 1)).toBe(events.length);
    }
  } finally {
    for (const socket of sockets) socket[Symbol.dispose]();
  }
  return fleet.calls().length;
}

it(
  `three replicas with ${String(FOLLOWERS)} followers each call the upstream at most 1.05 times as often as one with one`,
  { timeout: 10 * 60_000 },
  async () => {
    const alone = await callsOf({ replicas: 1, followers: 1 });
    const together = await callsOf({ replicas: 3, followers: FOLLOWERS });
    console.info(
      `${String(alone)} calls for one follower, ${String(together)} for three times ${String(FOLLOWERS)}`,
    );

    // A benchmark run and the list of its scenario runs.
    expect(alone).toBe(2 * (POLLS + 1));
    expect(together).toBeLessThanOrEqual(1.05 * alone);
  },
);
