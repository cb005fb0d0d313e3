/** What clients of event streams do when the token behind them ends: the errors, then the end; an EventSource stays away. */
import { EventSource } from 'eventsource';
import { createClient } from 'graphql-sse';
import { expect, it } from 'vitest';
import { fetchHasty } from '../support/fetch-hasty.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway } from '../support/gateway.ts';
import { FOLLOW_RUN, RARE_POLLS } from '../support/subscriptions.ts';
import { createTokenFile } from '../support/tokens.ts';

async function createStage() {
  const clock = createFakeClock();
  const file = await createTokenFile();
  const token = await file.issue('first', { expiresAtMs: clock.now() + 20_000 });
  const gateway = await createTestGateway({
    env: { ...RARE_POLLS, AUTH_TOKENS_FILE: file.path },
    overrides: { clock },
  });
  const { id } = gateway.world.insert.scenarioRun();
  return {
    clock,
    gateway,
    id,
    headers: { Authorization: `Bearer ${token}` },
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await file[Symbol.asyncDispose]();
    },
  };
}

it('graphql-sse gets the error as a result, and then complete', async () => {
  await using stage = await createStage();
  const client = createClient({
    url: `${stage.gateway.url}/graphql`,
    headers: stage.headers,
    retryAttempts: 0,
  });
  const told: unknown[] = [];
  client.subscribe(
    { query: FOLLOW_RUN, variables: { id: stage.id } },
    {
      next: ({ errors }) => told.push(errors?.[0]?.extensions['code'] ?? 'data'),
      error: (error) => told.push(error),
      complete: () => told.push('complete'),
    },
  );
  await expect.poll(() => told, { timeout: 10_000 }).toEqual(['data']);
  await stage.clock.advance(20_000);

  await expect.poll(() => told, { timeout: 10_000 }).toEqual(['data', 'UNAUTHENTICATED', 'complete']);
  client.dispose();
});

it('an EventSource that does not close on complete comes back once, is refused, and stays away', async () => {
  await using stage = await createStage();
  const search = new URLSearchParams({ query: FOLLOW_RUN, variables: JSON.stringify({ id: stage.id }) });
  const statuses: number[] = [];
  const source = new EventSource(`${stage.gateway.url}/graphql?${search.toString()}`, {
    fetch: async (address, init) => {
      const answer = await fetchHasty(address, { ...init, headers: { ...init.headers, ...stage.headers } });
      statuses.push(answer.status);
      return answer;
    },
  });
  let told = 0;
  source.addEventListener('next', () => told++);
  await expect.poll(() => told, { timeout: 10_000 }).toBe(1);
  await stage.clock.advance(20_000);

  await expect.poll(() => source.readyState, { timeout: 20_000 }).toBe(source.CLOSED);
  expect(statuses).toEqual([200, 401]);
}, 40_000);
