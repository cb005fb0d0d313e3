/** What one replica has done is what another one shows, to whoever asks after that was answered. */
import { expect, it } from 'vitest';
import { type Clock, createSystemClock } from '../../src/clock.ts';
import type { World } from '../../src/simulator/simulator.ts';
import { times } from '../support/chaos.ts';
import type { TestGateway } from '../support/gateway.ts';
import { createReplicas } from '../support/replicas.ts';
import { openSocket, type TestSocket } from '../support/socket.ts';
import { FOLLOW_RUN, type RunEvent, type RunResult } from '../support/subscriptions.ts';

/** Of a mutation by one replica, and a query and a subscription at the other. */
const PAIRS = times(150, 10_000);
const AT_ONCE = times(10, 40);

const CANCEL = `mutation($id: ID!) {
  cancelScenarioRun(id: $id) { ... on CancelScenarioRunSuccess { scenarioRun { state } } }
}`;
const ASK = `query($id: ID!, $benchmarkRun: ID!) {
  scenarioRun(id: $id) { state }
  benchmarkRun(id: $benchmarkRun) { scenarioRuns(first: 3) { nodes { state } } }
}`;

/** The system's clock on a machine that is fast or slow. */
function skewed(byMs: number): Clock {
  const clock = createSystemClock();
  return { ...clock, now: () => clock.now() + byMs };
}

/** All states that a query shows of one scenario run and of the only one of its benchmark run. */
async function statesAt(gateway: TestGateway, id: string, benchmarkRun: string): Promise<readonly string[]> {
  const { data } = await gateway.query(ASK, { id, benchmarkRun });
  const shown = data as {
    readonly scenarioRun: { readonly state: string };
    readonly benchmarkRun: {
      readonly scenarioRuns: { readonly nodes: readonly { readonly state: string }[] };
    };
  };
  return [shown.scenarioRun, ...shown.benchmarkRun.scenarioRuns.nodes].map(({ state }) => state);
}

function eventsOf(socket: TestSocket, operation: string): readonly RunEvent[] {
  return socket.payloads(operation).flatMap((payload) => (payload as RunResult).data?.scenarioRun ?? []);
}

interface Pair {
  readonly world: World;
  readonly acting: TestGateway;
  readonly asked: TestGateway;
  readonly socket: TestSocket;
  /** Whether it is followed at the other replica before the mutation. */
  readonly isFollowed: boolean;
}

async function cancelAndAsk({ world, acting, asked, socket, isFollowed }: Pair): Promise<void> {
  const benchmarkRun = world.insert.benchmarkRun().id;
  const { id } = world.insert.scenarioRun({ benchmark_run_id: benchmarkRun });
  // Twice, so that the other replica has it in memory, and answers from there.
  for (let asking = 0; asking < 2; asking++)
    expect(await statesAt(asked, id, benchmarkRun)).toEqual(['RUNNING', 'RUNNING']);
  if (isFollowed) {
    socket.subscribe('before', FOLLOW_RUN, { id });
    while (eventsOf(socket, 'before').length === 0) await socket.received(socket.messages.length + 1);
  }
  const { data } = await acting.query(CANCEL, { id });
  expect(data).toEqual({ cancelScenarioRun: { scenarioRun: { state: 'CANCELED' } } });
  const told = eventsOf(socket, 'before').length;
  socket.subscribe('after', FOLLOW_RUN, { id });

  expect(await statesAt(asked, id, benchmarkRun)).toEqual(['CANCELED', 'CANCELED']);
  const operations = isFollowed ? ['before', 'after'] : ['after'];
  const completed = () => socket.messages.filter(({ type }) => type === 'complete').length;
  while (completed() < operations.length) await socket.received(socket.messages.length + 1);
  expect(eventsOf(socket, 'after')[0]?.scenarioRun.state).toBe('CANCELED');
  if (!isFollowed) return;
  const events = eventsOf(socket, 'before');
  expect(events.at(-1)?.scenarioRun.state).toBe('CANCELED');
  for (const { scenarioRun } of events.slice(told)) expect(scenarioRun.state).toBe('CANCELED');
}

it.each([0, 300_000, -300_000])(
  'a query and a subscription of one replica never show what was before a mutation of the other (clocks %d ms apart)',
  { timeout: 15 * 60_000 },
  async (skewMs) => {
    await using replicas = await createReplicas({
      env: { LIVE_GRACE_MS: '0', LIVE_CONFIRM_AFTER_MS: '10' },
      simulator: { maxScenarioRuns: 100_000 },
      overridesOfB: { clock: skewed(skewMs) },
    });
    const { world } = replicas.a;
    const sides = [replicas.a, replicas.b];
    let left = Math.ceil(PAIRS / 3);
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, number) => {
        const [acting, asked] = number % 2 === 0 ? sides : sides.toReversed();
        if (!acting || !asked) return;
        while (left-- > 0) {
          using socket = await openSocket(asked.url);
          await socket.init();
          await cancelAndAsk({ world, acting, asked, socket, isFollowed: left % 3 > 0 });
        }
      }),
    );
  },
);
