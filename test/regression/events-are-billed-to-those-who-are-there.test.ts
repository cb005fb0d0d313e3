import { describe, expect, it } from 'vitest';
import { createSubscriptionStage } from '../server/subscription-stage.ts';
import { type EventStream, openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { FAST_POLLS, rename } from '../support/subscriptions.ts';
import { createTokenFile, type TokenFile } from '../support/tokens.ts';

const BUDGET = 1_000;

/** Each event costs a call: nothing is kept. */
const FOLLOW = `subscription($id: ID!) {
  scenarioRun(id: $id) { scenarioRun { name devbox { status } } }
}`;

async function createStage(file: TokenFile) {
  const tokens = { first: await file.issue('first'), second: await file.issue('second') };
  const gateway = await createTestGateway({
    env: { ...FAST_POLLS, AUTH_TOKENS_FILE: file.path, CALLER_CALLS_PER_MINUTE: String(BUDGET) },
  });
  const { id } = gateway.world.insert.scenarioRun();
  let renames = 0;
  return {
    gateway,
    follow: async (who: keyof typeof tokens) => {
      const headers = { Authorization: `Bearer ${tokens[who]}` };
      const stream = await openEventStream(gateway.url, { query: FOLLOW, variables: { id }, headers });
      await stream.received(1);
      return stream;
    },
    /** Moves the run so often, waiting each time until a follower has heard of it. */
    move: async (times: number, follower: EventStream) => {
      for (let time = 0; time < times; time++) {
        const before = follower.events.length;
        rename(gateway.world, id, `name ${String(++renames)}`);
        await follower.received(before + 1);
      }
    },
    spent: async () => ({
      first: BUDGET - (await remaining(gateway, tokens.first)),
      second: BUDGET - (await remaining(gateway, tokens.second)),
    }),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

async function remaining(gateway: TestGateway, token: string): Promise<number> {
  const headers = { Authorization: `Bearer ${token}`, 'X-GraphQL-Cost': 'report' };
  const { text } = await gateway.query('{ scenarioRun(id: "scr_nobody") { __typename } }', {}, { headers });
  const { extensions } = JSON.parse(text) as {
    extensions: { cost: { actual: number; budgetRemaining: number } };
  };
  const { actual, budgetRemaining } = extensions.cost;
  // What it costs to ask is not counted.
  return budgetRemaining + actual;
}

describe('what an event costs', () => {
  it('is charged to the present followers, and to none that has left', async () => {
    await using file = await createTokenFile();
    await using stage = await createStage(file);
    const first = await stage.follow('first');
    const second = await stage.follow('second');
    first[Symbol.dispose]();
    await expect.poll(() => stage.gateway.watches.subscriptions).toBe(1);
    const before = await stage.spent();
    await stage.move(10, second);
    const after = await stage.spent();

    // Asking what was spent is a call that the one before is billed for.
    expect(after.first - before.first).toBeLessThanOrEqual(1);
    expect(after.second - before.second).toBeGreaterThanOrEqual(10);
    second[Symbol.dispose]();
  });

  it('is shared evenly among those who follow', async () => {
    await using file = await createTokenFile();
    await using stage = await createStage(file);
    const [first, second] = [await stage.follow('first'), await stage.follow('second')];
    const before = await stage.spent();
    await stage.move(20, second);
    const after = await stage.spent();

    const [byFirst, bySecond] = [after.first - before.first, after.second - before.second];
    expect(byFirst + bySecond).toBeGreaterThanOrEqual(20);
    expect(Math.abs(byFirst - bySecond)).toBeLessThanOrEqual(3);
    for (const stream of [first, second]) stream[Symbol.dispose]();
  });
});

describe('what goes wrong with an event', () => {
  const requestsIn = (stage: ReturnType<typeof createSubscriptionStage>) =>
    stage.record.lines().flatMap(({ event, requestId }) => (event === 'operation.failed' ? [requestId] : []));

  it('is logged with the request of one who is there, also when the first has left', async () => {
    const stage = createSubscriptionStage();
    const first = await stage.start({ requestId: 'first' });
    await stage.start({ requestId: 'second' });
    stage.breakExecutions();
    first.leave();
    stage.topic.append(2);
    await stage.settle();

    expect(requestsIn(stage)).toEqual(['second', 'second']);
  });
});
