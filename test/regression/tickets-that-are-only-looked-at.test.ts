/** HEAD with a ticket answers like GET without a body, and leaves the ticket to whoever opens the stream. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { FOLLOW_RUN, RARE_POLLS } from '../support/subscriptions.ts';

async function createStage() {
  const gateway = await createTestGateway({ env: { ...RARE_POLLS, AUTH: 'passthrough' } });
  gateway.world.insert.scenarioRun({ id: 'scr_1' });
  const traded = await fetch(`${gateway.url}/graphql/tickets`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: 'Bearer ak_alice' },
    body: '{}',
  });
  const { ticket } = (await traded.json()) as { ticket: string };
  return { gateway, ticket, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() };
}

/** The head of an answer, as a browser's `EventSource` would ask for it. */
async function headOf(
  gateway: TestGateway,
  method: string,
  { ticket, cookie = '' }: { ticket: string; cookie?: string },
) {
  const search = new URLSearchParams({ query: FOLLOW_RUN, variables: '{"id":"scr_1"}', ticket });
  const headers = { Accept: 'text/event-stream', ...(cookie && { Cookie: cookie }) };
  const sent = request(`${gateway.url}/graphql?${search.toString()}`, { method, headers }).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined).destroy();
  const { 'set-cookie': setCookie, ...headersOfAnswer } = answer.headers;
  const lasting = { ...headersOfAnswer, date: '', 'x-request-id': '' };
  const [named = '', ...attributes] = (setCookie?.[0] ?? '').split('; ');
  return { status: answer.statusCode, lasting, attributes, cookie: named };
}

it('HEAD says what GET would, as often as it is asked, and GET uses the ticket up', async () => {
  await using stage = await createStage();
  const { gateway, ticket } = stage;
  const heads = [];
  for (let time = 0; time < 3; time++) heads.push(await headOf(gateway, 'HEAD', { ticket }));
  const got = await headOf(gateway, 'GET', { ticket });

  expect(got.status).toBe(200);
  for (const head of heads) {
    expect(head).toMatchObject({ status: 200, attributes: got.attributes });
    expect(head.lasting).toEqual(got.lasting);
  }
  for (const method of ['HEAD', 'GET'])
    expect(await headOf(gateway, method, { ticket })).toMatchObject({ status: 401 });
  for (const method of ['HEAD', 'GET'])
    expect(await headOf(gateway, method, { ticket, cookie: got.cookie })).toMatchObject({
      status: 200,
      cookie: got.cookie,
    });
});

it('HEAD opens no stream, and is refused where GET would be', async () => {
  await using stage = await createStage();
  const { gateway, ticket } = stage;
  await headOf(gateway, 'HEAD', { ticket });

  expect(gateway.watches).toEqual({ subscriptions: 0, watchers: 0 });
  expect(await headOf(gateway, 'HEAD', { ticket: 'none' })).toMatchObject({ status: 401, cookie: '' });
});
