import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';
import { SNAPSHOT_CURSOR } from '../support/subscriptions.ts';

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask({ url }: TestGateway, { path = '/graphql', method = 'POST', body, headers }: Asked) {
  // An address as it stands: a URL would encode it.
  const { hostname, port } = new URL(url);
  const all = { 'Content-Type': 'application/json', ...headers };
  const asked = request({ hostname, port, path, method, headers: all });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += String(chunk);
  return { status: answer.statusCode, text, headers: answer.headers };
}

const TYPENAME = '{"data":{"__typename":"Query"}}';
const START = `mutation Start($name: String) {
  startScenarioRun(input: { scenarioId: "scn_1", name: $name }) { __typename }
}`;

describe('an operation name that is empty', () => {
  it('is none', async () => {
    await using gateway = await createTestGateway();
    const body = JSON.stringify({ query: 'query A { __typename }', operationName: '' });
    const search = `?query=${encodeURIComponent('query A { __typename }')}&operationName=`;

    expect(await ask(gateway, { body })).toMatchObject({ status: 200, text: TYPENAME });
    expect(await ask(gateway, { method: 'GET', path: `/graphql${search}` })).toMatchObject({
      status: 200,
      text: TYPENAME,
    });
  });

  it('is none over WebSocket, for queries and for subscriptions', async () => {
    await using gateway = await createTestGateway();
    gateway.world.insert.scenarioRun({ id: 'scr_1', name: 'followed' });
    using socket = await openSocket(gateway.url);
    await socket.init();
    const subscribe = (id: string, query: string) => {
      socket.socket.send(JSON.stringify({ type: 'subscribe', id, payload: { query, operationName: '' } }));
    };
    subscribe('1', 'query A { __typename }');
    subscribe('2', 'subscription B { scenarioRun(id: "scr_1") { scenarioRun { name } } }');

    await expect.poll(() => socket.payloads('1')).toEqual([{ data: { __typename: 'Query' } }]);
    await expect
      .poll(() => socket.payloads('2'))
      .toEqual([
        { data: { scenarioRun: { scenarioRun: { name: 'followed' } } }, extensions: SNAPSHOT_CURSOR },
      ]);
  });
});

describe('members that GraphQL over HTTP does not know', () => {
  it.each([
    ['id', 'abc'],
    ['doc_id', '123'],
    ['queryId', 'x'],
    ['debug', true],
    ['operationKind', 'query'],
  ])('are ignored beside a document: %s', async (name, value) => {
    await using gateway = await createTestGateway();
    const body = JSON.stringify({ [name]: value, query: '{ __typename }' });

    expect(await ask(gateway, { body })).toMatchObject({ status: 200, text: TYPENAME });
  });

  it('are named where there is no document', async () => {
    await using gateway = await createTestGateway();
    const { status, text } = await ask(gateway, { body: '{"qeury":"{ __typename }"}' });

    expect(status).toBe(400);
    expect(text).toContain('qeury');
    expect(text).toContain('documentId');
  });
});

describe('HEAD', () => {
  it.each([
    ['a query', '{ __typename }', 200],
    ['what is no document', '{', 200],
    ['a mutation', 'mutation { shutdownDevbox(id: "dbx_1") { __typename } }', 405],
  ])('answers like GET without a body: %s', async (_what, query, status) => {
    await using gateway = await createTestGateway();
    const path = `/graphql?query=${encodeURIComponent(query)}`;
    const got = await ask(gateway, { method: 'GET', path });
    const head = await ask(gateway, { method: 'HEAD', path });

    expect(head).toMatchObject({ status, text: '' });
    const lasting = ({ headers }: typeof got) => ({ ...headers, date: '', 'x-request-id': '' });
    expect(lasting(head)).toEqual(lasting(got));
    expect(gateway.calls()).toEqual([]);
  });

  it('opens no subscription, and says what GET would', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.scenarioRun();
    const path = `/graphql?query=${encodeURIComponent(`subscription { scenarioRun(id: "${id}") { at } }`)}`;
    const head = await ask(gateway, { method: 'HEAD', path });

    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers['content-type']).toContain('text/event-stream');
    expect(gateway.watches).toEqual({ subscriptions: 0, watchers: 0 });
    expect(gateway.calls()).toEqual([]);
  });

  it('is among the methods that are allowed', async () => {
    await using gateway = await createTestGateway();
    const { status, headers } = await ask(gateway, { method: 'PUT', body: '{}' });

    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, POST']);
  });
});

describe('a byte order mark', () => {
  it('before JSON is skipped', async () => {
    await using gateway = await createTestGateway();
    const body = '\ufeff{"query":"{ __typename }"}';
    const search = `?query={__typename}&variables=${encodeURIComponent('\ufeff{}')}`;
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.socket.send('\ufeff{"type":"subscribe","id":"1","payload":{"query":"{ __typename }"}}');

    expect(await ask(gateway, { body })).toMatchObject({ status: 200, text: TYPENAME });
    expect(await ask(gateway, { method: 'GET', path: `/graphql${search}` })).toMatchObject({ status: 200 });
    await expect.poll(() => socket.payloads('1')).toEqual([{ data: { __typename: 'Query' } }]);
  });
});

describe('text that is not UTF-8', () => {
  const latin1 = Buffer.from(JSON.stringify({ query: START, variables: { name: 'caf\u00e9' } }), 'latin1');
  const surrogate = `{"query":${JSON.stringify(START)},"variables":{"name":"half \\ud83d"}}`;

  it.each([
    ['a body of Latin-1', { body: latin1 }],
    ['half of a surrogate pair', { body: surrogate }],
    ['a query string', { method: 'GET', path: '/graphql?query={__typename}&variables={"a":"%E9"}' }],
  ])('is refused, and nothing is stored: %s', async (_what, asked) => {
    await using gateway = await createTestGateway();
    gateway.world.insert.scenario({ id: 'scn_1' });
    const { status, text } = await ask(gateway, asked);

    expect(status).toBe(400);
    expect(text).toContain('BAD_USER_INPUT');
    expect(text).not.toContain('\ufffd');
    expect(gateway.calls()).toEqual([]);
  });

  it('is refused over WebSocket, in a binary message and in an escape', async () => {
    await using gateway = await createTestGateway();
    gateway.world.insert.scenario({ id: 'scn_1' });
    const message = (payload: string) => `{"type":"subscribe","id":"1","payload":${payload}}`;
    using escaped = await openSocket(gateway.url);
    await escaped.init();
    escaped.socket.send(message(surrogate));
    await expect.poll(() => escaped.messages.map(({ type }) => type)).toEqual(['connection_ack', 'error']);
    using binary = await openSocket(gateway.url);
    await binary.init();
    binary.socket.send(Buffer.from(message(latin1.toString('latin1')), 'latin1'), { binary: true });

    expect(await binary.closed).toBe(4400);
    expect(gateway.calls()).toEqual([]);
  });

  it('is nothing that UTF-8 writes in several bytes', async () => {
    await using gateway = await createTestGateway();
    gateway.world.insert.scenario({ id: 'scn_1' });
    const variables = { name: 'caf\u00e9 \ud83d\ude00' };
    const started = await ask(gateway, { body: JSON.stringify({ query: START, variables }) });
    const escapes = await ask(gateway, {
      body: `{"query":"query($id: ID!) { scenarioRun(id: $id) { id } }","variables":{"id":"\\ud83d\\ude00"}}`,
    });
    const [found] = gateway.world.scenarioRuns.list({});
    const path = `/graphql?query={__type(name:%22caf%C3%A9%22){name}}`;

    expect(started.text).toContain('StartScenarioRunSuccess');
    expect(found?.name).toBe(variables.name);
    expect(escapes.text).not.toContain('surrogate');
    expect(await ask(gateway, { method: 'GET', path })).toMatchObject({
      status: 200,
    });
  });
});
