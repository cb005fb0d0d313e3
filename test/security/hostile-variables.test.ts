import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';
import { heapInUse } from '../support/heap.ts';
import { openSocket } from '../support/socket.ts';

const DEEP = '['.repeat(100_000) + ']'.repeat(100_000);
const USED = 'query Q($x: [ID!]!) { nodes(ids: $x) { id } }';
const IGNORED = '{ __typename }';

const bodyOf = (query: string, variable: string) =>
  `{"query":${JSON.stringify(query)},"variables":{"x":${variable}}}`;

describe('variables that nest without end', () => {
  it.each([
    ['used', USED],
    ['ignored', IGNORED],
  ])('are refused over HTTP where they are %s', async (_where, query) => {
    await using gateway = await createTestGateway();

    const { status, errors } = await gateway.query('', undefined, {
      headers: { Accept: 'application/graphql-response+json' },
      body: bodyOf(query, DEEP),
    });

    expect(status).toBe(400);
    expect(errors).toEqual([
      {
        message: 'Expected the body to have at most 100 levels, got more',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    expect(gateway.record.linesBesideAccess()).toEqual([]);
  });

  it('are refused over a WebSocket, which stays open', async () => {
    await using gateway = await createTestGateway();
    using socket = await openSocket(gateway.url);
    await socket.init();

    socket.subscribe('hostile', USED, { x: JSON.parse(DEEP.slice(99_000, 101_000)) as unknown });
    socket.subscribe('honest', '{ __typename }');
    await socket.received(4);

    expect(socket.messages).toContainEqual(
      expect.objectContaining({
        type: 'error',
        id: 'hostile',
        payload: [expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } })],
      }),
    );
    expect(socket.payloads('honest')).toEqual([{ data: { __typename: 'Query' } }]);
  });
});

describe('requests that come again', () => {
  it.each([
    ['variables', (part: string) => bodyOf(IGNORED, part)],
    ['extensions', (part: string) => `{"query":"${IGNORED}","extensions":{"x":${part}}}`],
  ])('are remembered within REQUEST_CACHE_MAX_BYTES, whatever their %s', async (_what, bodyWith) => {
    await using gateway = await createTestGateway({ env: { REQUEST_CACHE_MAX_BYTES: '2000000' } });
    const sendTwice = async (number: number, parts = 9_000) => {
      const body = bodyWith(`[${String(number)}${',{}'.repeat(parts)}]`);
      for (let times = 0; times < 2; times++) await gateway.query('', undefined, { body });
    };
    // Until everything has been loaded and compiled that there is.
    for (let number = -10; number <= 0; number++) await sendTwice(number, 1);
    const before = await heapInUse();
    for (let number = 1; number <= 50; number++) await sendTwice(number);

    expect((await heapInUse()) - before).toBeLessThan(4_000_000);
  });
});
