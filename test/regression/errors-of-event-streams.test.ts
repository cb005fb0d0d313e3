import { createClient } from 'graphql-sse';
import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway } from '../support/gateway.ts';
import { SNAPSHOT_CURSOR, RARE_POLLS } from '../support/subscriptions.ts';

const DOCUMENTS: [string, string, string][] = [
  ['is no document', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
  ['asks for a field that is not there', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ['misses a variable', 'subscription F($id: ID!) { devbox(id: $id) { kind } }', 'BAD_USER_INPUT'],
  ['is a query with a mistake', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ['is a query that misses a variable', 'query F($id: ID!) { devbox(id: $id) { id } }', 'BAD_USER_INPUT'],
  [
    'asks for too much',
    `query { ${Array.from({ length: 40 }, (_, n) => `a${String(n)}: devbox(id: "dbx_1") { id }`).join(' ')} }`,
    'QUERY_TOO_COMPLEX',
  ],
];

describe('an event stream whose document', () => {
  it.each(DOCUMENTS)('%s says so by a `next` event and completes', async (_what, query, code) => {
    await using gateway = await createTestGateway({ env: RARE_POLLS });
    const headers = { Accept: 'text/event-stream' };

    for (const method of ['POST', 'GET'] as const) {
      using stream = await openEventStream(gateway.url, { query, method, headers });
      await stream.ended;

      expect(stream.status).toBe(200);
      expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8');
      expect(stream.events).toMatchObject([
        { event: 'next', data: { errors: [{ extensions: { code } }] } },
        { event: 'complete' },
      ]);
    }
  });

  it.each(DOCUMENTS)('%s is a result for the client of graphql-sse', async (_what, query, code) => {
    await using gateway = await createTestGateway({ env: RARE_POLLS });
    const client = createClient({ url: `${gateway.url}/graphql`, retryAttempts: 0 });

    const results = [];
    for await (const result of client.iterate({ query })) results.push(result);

    expect(results).toMatchObject([{ errors: [{ extensions: { code } }] }]);
    client.dispose();
  });

  it('comes without valid credentials is refused by its status', async () => {
    await using gateway = await createTestGateway({
      env: { ...RARE_POLLS, AUTH: 'passthrough', RUNLOOP_API_KEY: '' },
    });
    const headers = { Accept: 'text/event-stream' };

    using stream = await openEventStream(gateway.url, {
      query: 'subscription { devbox(id: "dbx_1") { kind } }',
      headers,
    });

    expect(stream.status).toBe(401);
  });
});

describe('a condition at the top of a subscription', () => {
  it.each([
    ['a field', 'subscription F($on: Boolean!) { devbox(id: "dbx_1") @include(if: $on) { kind } }'],
    [
      'an inline fragment',
      'subscription F($on: Boolean!) { ... @skip(if: $on) { devbox(id: "dbx_1") { kind } } }',
    ],
    [
      'a spread',
      'subscription F($on: Boolean!) { ...G @skip(if: $on) } fragment G on Subscription { devbox(id: "dbx_1") { kind } }',
    ],
    [
      'a field of a fragment',
      'subscription F($on: Boolean!) { ...G } fragment G on Subscription { devbox(id: "dbx_1") @skip(if: $on) { kind } }',
    ],
    ['a field, whatever it says', 'subscription { devbox(id: "dbx_1") @include(if: true) { kind } }'],
  ])('on %s is a mistake in the document, and no defect', async (_place, query) => {
    await using gateway = await createTestGateway();

    const { status, errors } = await gateway.query(query, { on: true });

    expect(status).toBe(200);
    expect(errors).toMatchObject([
      {
        message:
          'Expected no `@skip` or `@include` at the top of a subscription, which selects exactly one field: put it on a field below',
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      },
    ]);
    expect(gateway.record.lines().filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  it('is one below it', async () => {
    await using gateway = await createTestGateway({ env: RARE_POLLS });
    const { id } = gateway.world.insert.devbox();
    const query =
      'subscription F($id: ID!, $on: Boolean!) { devbox(id: $id) { kind @include(if: $on) at @skip(if: $on) } }';

    using stream = await openEventStream(gateway.url, { query, variables: { id, on: true } });
    await stream.received(1);

    expect(stream.events[0]?.data).toEqual({
      data: { devbox: { kind: 'SNAPSHOT' } },
      extensions: SNAPSHOT_CURSOR,
    });
  });
});
