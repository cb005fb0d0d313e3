import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createClientOf } from '../../src/server/http/client.ts';
import { createOrigins } from '../../src/server/http/origins.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';

const PAGE = { headers: { Accept: 'text/html' } };

/** A proxy that shows the gateway under a path, and takes that off or not. */
async function openProxy(gateway: TestGateway, { path, takesOff }: { path: string; takesOff: boolean }) {
  const pass: RequestListener = (incoming, answer) => {
    const { url = '', method = 'GET', headers } = incoming;
    const { hostname, port } = new URL(gateway.url);
    const target = takesOff ? url.slice(path.length) || '/' : url;
    const passed = request({ hostname, port, method, headers, path: target }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    incoming.pipe(passed);
  };
  const server = createServer(pass).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

describe.each([
  ['takes its path off', true],
  ['passes its path on', false],
])('behind a proxy that %s', (_what, takesOff) => {
  it('GraphiQL, its script, its icon and the graph are found under the path', async () => {
    await using gateway = await createTestGateway({ env: { BASE_PATH: '/runs/api' } });
    await using proxy = await openProxy(gateway, { path: '/runs/api', takesOff });
    const door = await fetch(`${proxy.url}/runs/api/`, PAGE);
    expect(door.url).toBe(`${proxy.url}/runs/api/graphql`);
    const page = await door.text();
    const [, script = ''] = /<script src="([^"]+)"/.exec(page) ?? [];
    const [, icon = ''] = /<link rel="icon" href="([^"]+)"/.exec(page) ?? [];
    const found = await Promise.all(
      [script, icon].map(async (address) => {
        const { status, headers } = await fetch(new URL(address, door.url));
        return [status, headers.get('content-type')];
      }),
    );
    const asked = await fetch(`${door.url}?query={__typename}`);

    expect(found).toEqual([
      [200, 'text/javascript; charset=utf-8'],
      [200, 'image/svg+xml'],
    ]);
    expect(await asked.json()).toEqual({ data: { __typename: 'Query' } });
  }, 30_000);

  it('a ticket comes back with its cookie', async () => {
    await using gateway = await createTestGateway({ env: { AUTH: 'passthrough', BASE_PATH: '/runs' } });
    await using proxy = await openProxy(gateway, { path: '/runs', takesOff });
    const traded = await fetch(`${proxy.url}/runs/graphql/tickets`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer ak_1' },
      body: '{}',
    });
    const { ticket } = (await traded.json()) as { ticket: string };
    gateway.world.insert.scenarioRun({ id: 'scr_1' });
    const query = 'subscription { scenarioRun(id: "scr_1") { at } }';
    const search = new URLSearchParams({ query, ticket });
    const asked = request(`${proxy.url}/runs/graphql?${search.toString()}`).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    asked.destroy();

    expect(answer.statusCode).toBe(200);
    expect(answer.headers['set-cookie']?.[0]).toContain('; Path=/runs/graphql;');
  });
});

describe('a path of a proxy', () => {
  it('is that of WebSockets, too, and of nothing beside it', async () => {
    await using gateway = await createTestGateway({ env: { BASE_PATH: '/runs' } });
    using socket = await openSocket(`${gateway.url}/runs`);
    await socket.init();
    const statuses = await Promise.all(
      ['/runs/health', '/health', '/runsx/health', '/runs/runs/health'].map(
        async (path) => (await fetch(gateway.url + path)).status,
      ),
    );

    expect(socket.messages).toEqual([{ type: 'connection_ack' }]);
    expect(statuses).toEqual([200, 200, 404, 404]);
    expect(await (await fetch(`${gateway.url}/runs/x`)).text()).toContain('the graph is at /runs/graphql');
  });

  it.each(['runs', '/runs/', '/', '/a b', '//x'])('is no %s', async (path) => {
    await expect(createTestGateway({ env: { BASE_PATH: path } })).rejects.toThrow('BASE_PATH');
  });
});

describe('a page of the gateway is of its origin', () => {
  const checkOrigin = createOrigins({
    allowed: [],
    maxAgeSec: 600,
    isLoopbackOnly: false,
    clientOf: createClientOf({ trustProxy: ['10.0.0.0/8'] }),
  });
  const mayCome = (headers: Readonly<Record<string, string>>, remoteAddress = '10.0.0.1') =>
    checkOrigin({ method: 'POST', url: '/graphql', headers, socket: { remoteAddress } }).answer === null;

  it.each([
    ['with the default port of http in Host', { host: 'gw.example:80', origin: 'http://gw.example' }],
    ['with the default port of https in Host', { host: 'gw.example:443', origin: 'https://gw.example' }],
    ['with another port', { host: 'gw.example:8080', origin: 'http://gw.example:8080' }],
    [
      'by the name that the first proxy was asked for',
      {
        host: 'backend:4000',
        'x-forwarded-host': 'gw.example, inner.example',
        origin: 'https://gw.example',
      },
    ],
    [
      'by the name that Forwarded says',
      {
        host: 'backend:4000',
        forwarded: 'for=10.0.0.1;host="gw.example:443";proto=https, for=10.0.0.2;host=inner',
        origin: 'https://gw.example',
      },
    ],
  ])('%s', (_what, headers) => {
    expect(mayCome(headers)).toBe(true);
  });

  it.each([
    ['of another port', { host: 'gw.example:81', origin: 'http://gw.example' }],
    ['of the default port of another protocol', { host: 'gw.example:443', origin: 'http://gw.example' }],
    ['of another name', { host: 'gw.example', origin: 'http://evil.example' }],
    ['of no name', { host: '', origin: 'http://gw.example' }],
    [
      'of a name that only a later proxy was asked for',
      { host: 'x', 'x-forwarded-host': 'gw.example, evil.example', origin: 'https://evil.example' },
    ],
  ])('and is not one %s', (_what, headers) => {
    expect(mayCome(headers)).toBe(false);
  });

  it('and is not one by the name that only somebody else than a trusted proxy says', () => {
    const headers = { host: 'backend:4000', 'x-forwarded-host': 'gw.example', origin: 'https://gw.example' };

    expect(mayCome(headers, '10.0.0.1')).toBe(true);
    expect(mayCome(headers, '11.0.0.1')).toBe(false);
  });
});

describe('a cookie of a ticket', () => {
  it.each([
    ['https', true],
    ['https, http', true],
    ['HTTPS,http', true],
    ['http, https', false],
    ['https', false, 'none'],
  ])(
    'is for https only when the first trusted proxy was asked so: %s',
    async (proto, isSecure, trusted = 'loopback') => {
      await using gateway = await createTestGateway({ env: { AUTH: 'passthrough', TRUST_PROXY: trusted } });
      gateway.world.insert.scenarioRun({ id: 'scr_1' });
      const traded = await fetch(`${gateway.url}/graphql/tickets`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: 'Bearer ak_1' },
        body: '{}',
      });
      const { ticket } = (await traded.json()) as { ticket: string };
      const query = 'subscription { scenarioRun(id: "scr_1") { at } }';
      const search = new URLSearchParams({ query, ticket });
      const asked = request(`${gateway.url}/graphql?${search.toString()}`, {
        headers: { 'X-Forwarded-Proto': proto },
      }).end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      asked.destroy();

      expect(answer.headers['set-cookie']?.[0]?.includes('Secure')).toBe(isSecure);
    },
  );
});
