import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { createClientOf } from '../../src/server/http/client.ts';
import { createFolder } from '../support/folder.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';
import { createTokenFile } from '../support/tokens.ts';

type Headers = Readonly<Record<string, string>>;

const DEFAULT = loadConfig({}).trustProxy;

const addressOf = (remoteAddress: string | undefined, headers: Headers, trustProxy = DEFAULT) =>
  createClientOf({ trustProxy })({ headers, socket: { remoteAddress } }).address;

describe('the address of a client', () => {
  it.each<[string, string, Headers, string | null]>([
    ['is that of the connection', '203.0.113.7', {}, '203.0.113.7'],
    [
      'is that of the connection, whatever a peer says who is not trusted',
      '203.0.113.7',
      { 'x-forwarded-for': '198.51.100.1' },
      '203.0.113.7',
    ],
    [
      'is what a proxy on this machine says',
      '127.0.0.1',
      { 'x-forwarded-for': '203.0.113.7' },
      '203.0.113.7',
    ],
    [
      'is what a proxy in a private network says',
      '10.1.2.3',
      { 'x-forwarded-for': '203.0.113.7' },
      '203.0.113.7',
    ],
    [
      'is what a proxy says over a socket for both families',
      '::ffff:172.16.0.9',
      { 'x-forwarded-for': '203.0.113.7' },
      '203.0.113.7',
    ],
    [
      'is what a proxy on the same link says',
      'fe80::1%eth0',
      { 'x-forwarded-for': '2001:db8::7' },
      '2001:db8::7',
    ],
    [
      'is what a proxy with a unique local address says',
      'fd00::1',
      { 'x-forwarded-for': '2001:db8::7' },
      '2001:db8::7',
    ],
    [
      'is in front of all proxies that are trusted',
      '127.0.0.1',
      { 'x-forwarded-for': '203.0.113.7, 10.0.0.2, 192.168.1.1' },
      '203.0.113.7',
    ],
    [
      'is not what its client says itself',
      '127.0.0.1',
      { 'x-forwarded-for': '192.0.2.66, 203.0.113.7' },
      '203.0.113.7',
    ],
    [
      'is the first one when all are trusted',
      '127.0.0.1',
      { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' },
      '10.0.0.3',
    ],
    ['comes without its port', '127.0.0.1', { 'x-forwarded-for': '203.0.113.7:4711' }, '203.0.113.7'],
    [
      'is what Forwarded says, where nothing else does',
      '127.0.0.1',
      { forwarded: 'for=192.0.2.66, for="[2001:db8::7]:4711";proto=https, for=10.0.0.2' },
      '2001:db8::7',
    ],
    [
      'is unknown when a trusted proxy does not know it',
      '127.0.0.1',
      { 'x-forwarded-for': '192.0.2.66, unknown' },
      null,
    ],
    [
      'is unknown when a trusted proxy hides it',
      '127.0.0.1',
      { forwarded: 'for=192.0.2.66, for=_hidden' },
      null,
    ],
    ['is that of the connection when no proxy says one', '127.0.0.1', {}, '127.0.0.1'],
    ['is shown as IPv4 when it is that', '::ffff:203.0.113.7', {}, '203.0.113.7'],
  ])('%s', (_fact, peer, headers, address) => {
    expect(addressOf(peer, headers)).toBe(address);
  });

  it('is that of the connection when no proxy is trusted', () => {
    expect(
      addressOf(
        '127.0.0.1',
        { 'x-forwarded-for': '203.0.113.7' },
        loadConfig({ TRUST_PROXY: 'none' }).trustProxy,
      ),
    ).toBe('127.0.0.1');
  });

  it('is what the proxies say that are named, by address or range', () => {
    const { trustProxy } = loadConfig({ TRUST_PROXY: '198.51.100.1, 2001:db8:1::/48' });
    const headers = { 'x-forwarded-for': '203.0.113.7' };

    expect(addressOf('198.51.100.1', headers, trustProxy)).toBe('203.0.113.7');
    expect(addressOf('198.51.100.2', headers, trustProxy)).toBe('198.51.100.2');
    expect(addressOf('2001:db8:1:2::3', headers, trustProxy)).toBe('203.0.113.7');
    expect(addressOf('2001:db8:2::3', headers, trustProxy)).toBe('2001:db8:2::3');
    expect(addressOf('127.0.0.1', headers, trustProxy)).toBe('127.0.0.1');
  });

  it('of a connection that is gone is nobody’s, and makes nobody trusted', () => {
    expect(addressOf(undefined, { 'x-forwarded-for': '203.0.113.7' })).toBeNull();
  });
});

describe('TRUST_PROXY', () => {
  it.each(['everybody', '10.0.0.0/33', '10.0.0', '::/129', '10.0.0.0/8/8', 'none,loopback', ''])(
    '%j is no set of proxies',
    (value) => {
      if (value === '') expect(loadConfig({ TRUST_PROXY: value }).trustProxy).toEqual(DEFAULT);
      else
        expect(() => loadConfig({ TRUST_PROXY: value })).toThrow(
          `TRUST_PROXY is "${value}", expected \`none\`, or some of`,
        );
    },
  );
});

const refusalsOf = (gateway: TestGateway) =>
  gateway.record.lines().filter(({ event }) => event === 'auth.refused');

describe('a line about refused credentials', () => {
  const headers = {
    authorization: 'Bearer rlg_made_up',
    'x-forwarded-for': '203.0.113.7',
    'x-request-id': 'a-request',
  };
  const query = '{ scenarioRuns { nodes { id } } }';

  it('names the client, whatever the request came by', async () => {
    await using tokens = await createTokenFile();
    await tokens.issue('ci');
    const env = { AUTH_TOKENS_FILE: tokens.path };
    const told = { clientAddress: '203.0.113.7' };
    await using byRequest = await createTestGateway({ env });
    await byRequest.query(query, undefined, { headers });
    await using byTicket = await createTestGateway({ env });
    const search = new URLSearchParams({
      query: 'subscription { scenarioRun(id: "scr_1") { at } }',
      ticket: 'x',
    });
    await fetch(`${byTicket.url}/graphql?${search.toString()}`, {
      headers: { 'x-forwarded-for': '203.0.113.7' },
    });
    await using bySocket = await createTestGateway({ env });
    using socket = await openSocket(bySocket.url, { headers: { 'x-forwarded-for': '203.0.113.7' } });
    socket.say({ type: 'connection_init', payload: { authorization: 'Bearer rlg_made_up' } });
    await socket.closed;

    expect(refusalsOf(byRequest)).toMatchObject([{ ...told, requestId: 'a-request' }]);
    expect(refusalsOf(byTicket)).toMatchObject([told]);
    expect(refusalsOf(bySocket)).toMatchObject([told]);
  });

  it('names the client of a proxy on a Unix socket', async () => {
    await using folder = await createFolder();
    const socketPath = join(folder.path, 'gateway.sock');
    await using tokens = await createTokenFile();
    await tokens.issue('ci');
    await using gateway = await createTestGateway({
      env: { AUTH_TOKENS_FILE: tokens.path, UNIX_SOCKET_PATH: socketPath },
    });
    const agent = new Agent({ connect: { socketPath } });
    const search = new URLSearchParams({ query });
    const answered = await request(`http://localhost/graphql?${search.toString()}`, {
      headers,
      dispatcher: agent,
    });
    await answered.body.dump();
    await agent.destroy();

    expect(refusalsOf(gateway)).toMatchObject([{ clientAddress: '203.0.113.7' }]);
  });

  it('names who has connected when they are no trusted proxy, also when they are gone', async () => {
    await using tokens = await createTokenFile();
    await tokens.issue('ci');
    await using gateway = await createTestGateway({
      env: { AUTH_TOKENS_FILE: tokens.path, TRUST_PROXY: 'none' },
    });
    const { port } = new URL(gateway.url);
    const socket = connect(Number(port), '127.0.0.1');
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(
      `GET /graphql?${new URLSearchParams({ query }).toString()} HTTP/1.1\r\nHost: x\r\n${lines.join('')}\r\n`,
    );
    await once(socket.resume(), 'close');

    expect(refusalsOf(gateway)).toMatchObject([{ clientAddress: '127.0.0.1' }]);
  });
});
