import { once } from 'node:events';
import { connect } from 'node:net';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, printSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';

const repeat = (count: number, part: (number: number) => string) =>
  Array.from({ length: count }, (_, number) => part(number)).join(' ');

const HOSTILE: readonly (readonly [name: string, document: string, code: string])[] = [
  [
    '2,000 aliases',
    `{ ${repeat(2_000, (n) => `a${String(n)}: scenarioRun(id: "scr_1") { id }`)} }`,
    'QUERY_TOO_COMPLEX',
  ],
  ['200 aliases', `{ nodes(ids: []) { ${repeat(200, (n) => `a${String(n)}: id`)} } }`, 'QUERY_TOO_COMPLEX'],
  ['a huge literal', `{ scenarioRun(id: "${'x'.repeat(100_000)}") { id } }`, 'QUERY_TOO_COMPLEX'],
  ['a huge number', `{ scenarioRuns(first: ${'9'.repeat(100_000)}) { nodes { id } } }`, 'QUERY_TOO_COMPLEX'],
  ['a flood of directives', `{ __typename ${'@include(if: true) '.repeat(300)} }`, 'QUERY_TOO_COMPLEX'],
  [
    'great depth',
    `{ scenarioRuns { nodes { ${'benchmarkRun { scenarioRuns { nodes { '.repeat(6)} id ${'}'.repeat(21)}`,
    'QUERY_TOO_COMPLEX',
  ],
  ['great width', `{ ${repeat(1_500, () => '__typename')} }`, 'QUERY_TOO_COMPLEX'],
  ['brackets without end', '{a'.repeat(5_000), 'QUERY_TOO_COMPLEX'],
  ['lists without end', `{ nodes(ids: ${'['.repeat(5_000)}) { id } }`, 'QUERY_TOO_COMPLEX'],
  ['a field over and over', `{ nodes(ids: []) { ${repeat(300, () => 'id')} } }`, 'QUERY_TOO_COMPLEX'],
  [
    'fragments that double',
    `{ ...F0 } ${repeat(60, (n) => `fragment F${String(n)} on Query { ...F${String(n + 1)} ...F${String(n + 1)} }`)} fragment F60 on Query { __typename }`,
    'QUERY_TOO_COMPLEX',
  ],
  [
    'fragments in a cycle',
    '{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a schema that is asked for its own types over and over',
    '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
];

describe('a hostile document', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await createTestGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it.each(HOSTILE)('of %s is refused over HTTP', async (_name, document, code) => {
    const { status, errors } = await gateway.query(document, undefined, {
      headers: { Accept: 'application/graphql-response+json' },
    });

    expect(status).toBe(400);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual([code]);
    expect(gateway.calls()).toEqual([]);
    expect(gateway.record.linesBesideAccess()).toEqual([]);
  });

  it('is refused over a WebSocket, which stays open', async () => {
    await using gateway = await createTestGateway();
    using socket = await openSocket(gateway.url);
    await socket.init();
    for (const [name, document] of HOSTILE) socket.subscribe(name, document);
    socket.subscribe('honest', '{ __typename }');
    await socket.received(HOSTILE.length + 3);

    for (const [name, , code] of HOSTILE) {
      expect(socket.messages).toContainEqual(
        expect.objectContaining({
          type: 'error',
          id: name,
          payload: [expect.objectContaining({ extensions: { code } })],
        }),
      );
    }
    expect(socket.payloads('honest')).toEqual([{ data: { __typename: 'Query' } }]);
  });

  it('is refused by the only event of a stream', async () => {
    await using gateway = await createTestGateway();
    const aliases = repeat(60, (n) => `a${String(n)}: id`);

    using stream = await openEventStream(gateway.url, {
      query: `subscription { scenarioRun(id: "scr_1") { scenarioRun { ${aliases} } } }`,
    });
    await stream.ended;

    expect(stream.events).toMatchObject([
      { event: 'next', data: { errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] } },
      { event: 'complete' },
    ]);
  });

  it('cannot come in numbers within one request', async () => {
    await using gateway = await createTestGateway();

    const { status, errors } = await gateway.query('', undefined, {
      body: JSON.stringify(Array.from({ length: 1_000 }, () => ({ query: '{ __typename }' }))),
    });

    expect(status).toBe(400);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  });
});

const asking = (query: string) => JSON.stringify({ query });

/** Connections that have been used already, each with a request that is sent when the test says so. */
async function openRequests(
  url: string,
  requests: readonly { readonly key: string; readonly body: string }[],
) {
  const { hostname, port, host } = new URL(url);
  const answered: number[] = [];
  const open = async ({ key, body }: { readonly key: string; readonly body: string }, index: number) => {
    const socket = connect(Number(port), hostname);
    const head = `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n`;
    const write = (text: string) =>
      socket.write(`${head}Content-Length: ${String(text.length)}\r\n\r\n${text}`);
    write(asking('{ __typename }'));
    await once(socket, 'data');
    socket.once('data', () => answered.push(index));
    return {
      send: () => write(body),
      close: () => socket.destroy(),
    };
  };
  const sockets = await Promise.all(requests.map(open));
  return {
    /** Which were answered, in this order. */
    answered,
    send: () => {
      for (const { send } of sockets) send();
    },
    [Symbol.dispose]: () => {
      for (const { close } of sockets) close();
    },
  };
}

describe('a caller who sends many at once', () => {
  it('waits for themselves: whoever else comes is answered meanwhile', async () => {
    await using gateway = await createTestGateway({ env: { AUTH: 'passthrough' } });
    const many = Array.from({ length: 12 }, (_, n) => ({
      key: 'ak_many',
      body: asking(`{ ${repeat(45, (alias) => `a${String(alias)}_${String(n)}: __typename`)} }`),
    }));
    using requests = await openRequests(gateway.url, [
      ...many,
      { key: 'ak_one', body: asking('{ one: __typename }') },
    ]);
    requests.send();

    await expect.poll(() => requests.answered).toHaveLength(many.length + 1);
    expect(requests.answered.indexOf(many.length)).toBeLessThan(4);
  });
});

describe('the bounds', () => {
  it('are settings', async () => {
    await using gateway = await createTestGateway({ env: { QUERY_MAX_DEPTH: '2', QUERY_MAX_ALIASES: '60' } });

    const deep = await gateway.query('{ scenarioRuns { nodes { id } } }');
    const aliased = await gateway.query(`{ nodes(ids: []) { ${repeat(60, (n) => `a${String(n)}: id`)} } }`);

    expect(deep.errors[0]?.message).toBe(
      'Expected at most 2 levels of fields (QUERY_MAX_DEPTH), got 3: ask for what is deeper in a query of its own, by its id',
    );
    expect(aliased.errors).toEqual([]);
  });

  it('let the whole schema be asked for, as GraphiQL does', async () => {
    await using gateway = await createTestGateway();

    const { data, errors } = await gateway.query(
      getIntrospectionQuery({
        schemaDescription: true,
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        inputValueDeprecation: true,
        oneOf: true,
      }),
    );

    expect(errors).toEqual([]);
    expect(printSchema(buildClientSchema(data as IntrospectionQuery))).toContain(
      'type ScenarioRun implements Node',
    );
  });
});
