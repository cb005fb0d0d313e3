import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

describe('the GraphQL-over-HTTP specification', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await createTestGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  for (const audit of serverAudits({ url: () => `${gateway.url}/graphql`, fetchFn: fetch })) {
    it(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();

      expect(result, 'reason' in result ? result.reason : '').toMatchObject({ status: 'ok' });
    });
  }
});

describe('a request that a page of another site can send', () => {
  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'query={__typename}'],
    ['plain text', 'text/plain', '{"query":"{__typename}"}'],
    [
      'a multipart form',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="query"\r\n\r\n{__typename}\r\n--x--',
    ],
    ['a GraphQL document', 'application/graphql', '{__typename}'],
    ['text that claims to be JSON', 'text/plain; application/json', '{"query":"{__typename}"}'],
  ])('as %s executes nothing', async (_form, type, body) => {
    await using gateway = await createTestGateway();

    const answer = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': type },
      body,
    });

    expect(answer.status).toBe(415);
    expect(await answer.text()).not.toContain('data');
  });

  it('without a type executes nothing', async () => {
    await using gateway = await createTestGateway();

    const answer = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      body: Buffer.from('{"query":"{__typename}"}'),
    });

    expect(answer.status).toBe(415);
  });
});

describe('a body', () => {
  it('of more than 256 KiB is refused', async () => {
    await using gateway = await createTestGateway();

    const { status, errors } = await gateway.query(`{ __typename } # ${'x'.repeat(256 * 1024)}`);

    expect(status).toBe(413);
    expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
  });

  it('that is a batch is refused', async () => {
    await using gateway = await createTestGateway();

    const answer = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '[{"query":"{__typename}"},{"query":"{__typename}"}]',
    });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });
});
