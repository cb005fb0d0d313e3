import { describe, expect, it } from 'vitest';
import { createClientOf } from '../../src/server/http/client.ts';
import { createOrigins, type OriginsOptions } from '../../src/server/http/origins.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';

const DASHBOARD = 'https://dashboard.example';
const EVIL = 'https://evil.example';
const OPTIONS: OriginsOptions = {
  allowed: [],
  maxAgeSec: 600,
  isLoopbackOnly: false,
  clientOf: createClientOf({ trustProxy: [] }),
};
const socket = { remoteAddress: '127.0.0.1' };

type Headers = Readonly<Record<string, string>>;

/** Whether a request with these headers may come in. */
const mayCome = (
  headers: Headers,
  { url = '/graphql', ...options }: Partial<OriginsOptions> & { url?: string } = {},
) => createOrigins({ ...OPTIONS, ...options })({ method: 'GET', url, headers, socket }).answer === null;

describe('a request is admitted', () => {
  it.each<[string, Headers, Parameters<typeof mayCome>[1]?]>([
    ['of a program', { host: 'gateway.example' }],
    [
      'of a page of the gateway',
      { host: 'gateway.example', origin: 'https://gateway.example', 'sec-fetch-site': 'same-origin' },
    ],
    [
      'of a page of the gateway, from a browser that says little',
      { host: 'gateway.example', origin: 'http://Gateway.example' },
    ],
    [
      'of a page of the gateway, behind a proxy that names it differently',
      { host: 'backend:4000', origin: 'https://gateway.example', 'sec-fetch-site': 'same-origin' },
    ],
    ['of a person who types the address', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
    [
      'of a person who follows a link to GraphiQL',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    ],
    [
      'of a page of an origin that is allowed',
      { host: 'gateway.example', origin: DASHBOARD, 'sec-fetch-site': 'cross-site' },
      { allowed: [DASHBOARD] },
    ],
    ['under a name of this machine', { host: 'localhost:4000' }, { isLoopbackOnly: true }],
    ['under an address of this machine', { host: '[::1]:4000' }, { isLoopbackOnly: true }],
  ])('%s', (_name, headers, options) => {
    expect(mayCome(headers, options)).toBe(true);
  });
});

describe('a request is refused', () => {
  it.each<[string, Headers, Parameters<typeof mayCome>[1]?]>([
    ['of a page of another site', { host: 'gateway.example', origin: EVIL, 'sec-fetch-site': 'cross-site' }],
    ['of a page of another site, from a browser that says little', { host: 'gateway.example', origin: EVIL }],
    [
      'of a page of a sibling',
      { host: 'gateway.example', origin: 'https://other.gateway.example', 'sec-fetch-site': 'same-site' },
    ],
    [
      'of a page of another port',
      { host: 'localhost:4000', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
    ],
    ['of a page without an origin', { host: 'gateway.example', origin: 'null' }],
    ['of an image', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    [
      'of a link that asks something',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      { url: '/graphql?query={x}' },
    ],
    ['of a form', { origin: EVIL, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    [
      'of an origin that only looks like an allowed one',
      { origin: `${DASHBOARD}.evil.example` },
      { allowed: [DASHBOARD] },
    ],
    [
      'of an allowed name over another protocol',
      { origin: 'http://dashboard.example' },
      { allowed: [DASHBOARD] },
    ],
    ['under a name that others control', { host: 'rebound.evil.example:4000' }, { isLoopbackOnly: true }],
    [
      'under a name that others control, of its own page',
      {
        host: 'rebound.evil.example',
        'sec-fetch-site': 'same-origin',
        origin: 'http://rebound.evil.example',
      },
      { isLoopbackOnly: true },
    ],
    ['under no name', {}, { isLoopbackOnly: true }],
  ])('%s', (_name, headers, options) => {
    expect(mayCome(headers, options)).toBe(false);
  });
});

describe('a page of another origin', () => {
  const query = `query=${encodeURIComponent('{ scenarioRuns { nodes { id } } }')}`;

  it.each([
    ['GET', `/graphql?${query}`, {}],
    ['POST', '/graphql', { 'content-type': 'application/json' }],
    ['OPTIONS', '/graphql', { 'access-control-request-method': 'POST' }],
  ] as const)('executes nothing by %s, and reads nothing', async (method, path, headers) => {
    await using gateway = await createTestGateway({ env: { CORS_ORIGINS: DASHBOARD } });
    const answer = await fetch(gateway.url + path, {
      method,
      headers: { ...headers, Origin: EVIL },
      ...(method === 'POST' ? { body: JSON.stringify({ query: '{ scenarioRuns { nodes { id } } }' }) } : {}),
    });

    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('vary')).toMatch(/, Origin$/);
    expect(gateway.calls()).toEqual([]);
  });

  it('follows nothing, over an event stream or a WebSocket', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await openEventStream(gateway.url, {
      query: `subscription { scenarioRun(id: "${id}") { cursor } }`,
      method: 'GET',
      headers: { Origin: EVIL },
    });
    expect(stream.status).toBe(403);
    await expect(openSocket(gateway.url, { origin: EVIL })).rejects.toThrow('403');

    expect(gateway.calls()).toEqual([]);
  });

  it('that is allowed is named in preflights, in answers and to WebSockets', async () => {
    await using gateway = await createTestGateway({
      env: { CORS_ORIGINS: `https://other.example,${DASHBOARD}` },
    });
    const preflight = await fetch(`${gateway.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        Origin: DASHBOARD,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,content-type',
      },
    });
    expect([preflight.status, Object.fromEntries(preflight.headers)]).toMatchObject([
      204,
      {
        'access-control-allow-origin': DASHBOARD,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'authorization,content-type',
        'access-control-max-age': '600',
        vary: 'Origin',
      },
    ]);
    const { status, headers } = await gateway.query('{ __typename }', {}, { headers: { Origin: DASHBOARD } });
    expect([status, Object.fromEntries(headers)]).toMatchObject([
      200,
      {
        'access-control-allow-origin': DASHBOARD,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'ETag, Retry-After, WWW-Authenticate, X-Request-Id',
        vary: expect.stringMatching(/^Authorization, .*, Origin$/) as string,
      },
    ]);
    using socket = await openSocket(gateway.url, { origin: DASHBOARD });
    await socket.init();
  });

  it('may not use an address of this machine under a name of its own, where no credentials are asked for', async () => {
    await using gateway = await createTestGateway();
    const { port } = new URL(gateway.url);
    const Host = `evil.example:${port}`;
    using stream = await openEventStream(gateway.url, {
      query: '{ scenarioRuns { nodes { id } } }',
      headers: { Host, Origin: `http://${Host}` },
    });
    expect(stream.status).toBe(403);
    await expect(openSocket(gateway.url, { headers: { Host } })).rejects.toThrow('403');

    expect(gateway.calls()).toEqual([]);
  });
});
