import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { platform } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { Agent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { createThrottle } from '../../src/server/http/connection-throttle.ts';
import { createHttpServer } from '../../src/server/http/http.ts';
import { createRequestListener } from '../../src/server/http/request-listener.ts';
import type { Tls } from '../../src/server/http/tls.ts';
import { createCertificate, type TestCertificate } from '../support/certificate.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFolder, type TestFolder } from '../support/folder.ts';
import { createTestGateway, type TestGatewayOptions } from '../support/gateway.ts';
import { createRecordingLog } from '../support/log.ts';
import { openSocket } from '../support/socket.ts';

const FIRST = createCertificate('first');
const SECOND = createCertificate('second');
const CHECKED_EVERY_MS = 5_000;

/** Writes both files, and resolves with the settings that name them. */
async function writePair(folder: TestFolder, { cert, key }: TestCertificate) {
  const TLS_CERT_FILE = await folder.write('tls.crt', cert);
  const TLS_KEY_FILE = await folder.write('tls.key', key);
  await chmod(TLS_KEY_FILE, 0o600);
  return { TLS_CERT_FILE, TLS_KEY_FILE };
}

async function startGateway({ env = {}, ...options }: TestGatewayOptions = {}) {
  const folder = await createFolder();
  const gateway = await createTestGateway({
    ...options,
    env: { ...(await writePair(folder, FIRST)), ...env },
  });
  return {
    ...gateway,
    folder,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** A client that trusts no other certificate, with a connection of its own. */
function clientOf({ cert }: TestCertificate) {
  const agent = new Agent({ connect: { ca: cert } });
  return {
    ask: async (
      url: string,
      init: { headers?: Record<string, string>; method?: 'GET' | 'POST'; body?: string } = {},
    ) => {
      const answered = await request(url, { dispatcher: agent, ...init });
      return { headers: answered.headers, status: answered.statusCode, text: await answered.body.text() };
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

/** Whose certificate a new connection is shown. */
async function shownBy(url: string, options: ConnectionOptions = {}): Promise<string> {
  const socket: TLSSocket = connect({
    port: Number(new URL(url).port),
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ...options,
  });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

describe('a gateway with a certificate', () => {
  it('answers over HTTPS, and says so of its address', async () => {
    await using gateway = await startGateway();
    await using client = clientOf(FIRST);

    const { status, text } = await client.ask(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    });

    expect(gateway.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect({ status, text }).toEqual({ status: 200, text: '{"data":{"__typename":"Query"}}' });
  });

  it('opens WebSockets, whoever is not known yet', async () => {
    await using gateway = await startGateway({ env: { AUTH: 'passthrough', RUNLOOP_API_KEY: '' } });
    using socket = await openSocket(gateway.url, { ca: FIRST.cert });

    await socket.init({ authorization: 'Bearer ak_1' });

    expect(socket.messages).toEqual([{ type: 'connection_ack' }]);
  });

  it('shows it where metrics are answered, too', async () => {
    await using gateway = await startGateway({ env: { METRICS_PORT: '0' } });

    expect(gateway.metricsUrl).toMatch(/^https:/);
    expect(await shownBy(gateway.metricsUrl ?? '')).toBe('first');
  });

  it('sends a cookie of a ticket for HTTPS only', async () => {
    await using gateway = await startGateway({
      env: { AUTH: 'passthrough', RUNLOOP_API_KEY: '', BASE_PATH: '/runs' },
    });
    await using client = clientOf(FIRST);
    gateway.world.insert.scenarioRun({ id: 'scr_1', state: 'completed' });
    const traded = await client.ask(`${gateway.url}/runs/graphql/tickets`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer ak_1' },
      body: '{}',
    });
    const { ticket } = JSON.parse(traded.text) as { ticket: string };
    const search = new URLSearchParams({ query: 'subscription { scenarioRun(id: "scr_1") { at } }', ticket });

    const { headers } = await client.ask(`${gateway.url}/runs/graphql?${search.toString()}`);

    expect(headers['set-cookie']).toMatch(/; Path=\/runs\/graphql; .*; Secure$/);
  });

  it('refuses TLS 1.1, also to who can do no better', async () => {
    await using gateway = await startGateway();
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

    await expect(shownBy(gateway.url, old)).rejects.toThrow(/alert protocol version/);
    expect(await shownBy(gateway.url, { maxVersion: 'TLSv1.2' })).toBe('first');
  });

  it('answers nothing to who speaks plain HTTP', async () => {
    await using gateway = await startGateway();

    await expect(fetch(`${gateway.url.replace('https', 'http')}/health`)).rejects.toThrow('fetch failed');
  });
});

describe('a certificate that changes', () => {
  it('is shown to new connections when its key is there, and open ones stay', async () => {
    const clock = createFakeClock();
    await using gateway = await startGateway({ overrides: { clock } });
    await using before = clientOf(FIRST);
    await before.ask(`${gateway.url}/health`);
    const ofLines = (event: string) => gateway.record.lines().filter((line) => line['event'] === event);

    await writeFile(join(gateway.folder.path, 'tls.crt'), SECOND.cert);
    await clock.advance(CHECKED_EVERY_MS);
    await expect.poll(() => ofLines('tls.files_broken')).toHaveLength(1);
    expect(await shownBy(gateway.url)).toBe('first');

    await writeFile(join(gateway.folder.path, 'tls.key'), SECOND.key);
    await clock.advance(CHECKED_EVERY_MS);
    await expect.poll(() => ofLines('tls.reloaded')).toHaveLength(1);
    expect(await shownBy(gateway.url)).toBe('second');
    expect((await before.ask(`${gateway.url}/health`)).status).toBe(200);
    expect(ofLines('tls.files_broken')).toMatchObject([
      {
        problems: expect.stringMatching(
          /tls\.crt and \S+tls\.key: the key is that of another certificate$/,
        ) as string,
      },
    ]);
    expect(ofLines('tls.reloaded')).toMatchObject([{ validUntil: '2099-12-31T23:59:59.000Z' }]);
  });

  it('stays in force when its files are gone', async () => {
    const clock = createFakeClock();
    await using gateway = await startGateway({ overrides: { clock } });

    await writeFile(join(gateway.folder.path, 'tls.key'), '');
    await clock.advance(CHECKED_EVERY_MS);

    await expect
      .poll(() => gateway.record.text())
      .toContain('the key cannot be read: expected a private key as PEM');
    expect(await shownBy(gateway.url)).toBe('first');
  });
});

describe('a certificate and key that are no pair', () => {
  it.each([
    [
      'a key of another certificate',
      { cert: FIRST.cert, key: SECOND.key },
      'the key is that of another certificate',
    ],
    [
      'no certificate',
      { cert: 'x', key: FIRST.key },
      'the certificate cannot be read: expected it as PEM, and those of its issuers behind it',
    ],
    [
      'no key',
      { cert: FIRST.cert, key: FIRST.cert },
      'the key cannot be read: expected a private key as PEM',
    ],
  ])('stop the start: %s', async (_what, pair, problem) => {
    await using folder = await createFolder();
    const env = await writePair(folder, pair);

    await expect(createTestGateway({ env })).rejects.toThrow(
      `TLS_CERT_FILE and TLS_KEY_FILE: ${env.TLS_CERT_FILE} and ${env.TLS_KEY_FILE}: ${problem}`,
    );
  });

  it('stop the start when a file is missing, and when one has expired a warning is logged', async () => {
    await using folder = await createFolder();
    const env = await writePair(folder, createCertificate('expired', '20250101000000Z'));
    await using gateway = await createTestGateway({ env });

    expect(gateway.record.lines()).toMatchObject([
      {
        event: 'config.dangerous',
        setting: 'TLS_CERT_FILE',
        danger:
          'the certificate has expired at 2025-01-01T00:00:00.000Z, and clients refuse it: expected a new one',
      },
    ]);
    await expect(createTestGateway({ env: { ...env, TLS_KEY_FILE: '/nowhere/tls.key' } })).rejects.toThrow(
      'TLS_CERT_FILE and TLS_KEY_FILE: /nowhere/tls.key: it cannot be read (ENOENT)',
    );
  });
});

// Windows has no modes.
describe.skipIf(platform() === 'win32')('a private key', () => {
  it.each([
    [0o644, 'everybody on this machine may read the file, which is a private key: expected chmod o-r'],
    [0o640, undefined],
  ])('of mode %o is warned of when everybody may read it', async (mode, danger) => {
    await using folder = await createFolder();
    const env = await writePair(folder, FIRST);
    await chmod(env.TLS_KEY_FILE, mode);
    await using gateway = await createTestGateway({ env });

    expect(gateway.record.lines().map((line) => line['danger'])).toEqual(
      danger === undefined ? [] : [danger],
    );
  });
});

/** A pair that never changes. */
const STILL: Tls = {
  current: { ...FIRST, validUntilMs: null },
  look: () => Promise.resolve(),
  onChange: () => undefined,
  [Symbol.dispose]: () => undefined,
};

async function startServer(options: { readonly handshakeTimeoutMs?: number } = {}) {
  const clock = createFakeClock();
  const answer = createRequestListener({
    clock,
    log: createRecordingLog().log,
    routes: new Map([
      ['/graphql', ({ body }) => Promise.resolve({ status: 200, headers: {}, body: body ?? '' })],
    ]),
    requestMaxBytes: () => 262_144,
    newId: () => 'id',
  });
  const throttled: string[] = [];
  const throttle = createThrottle({
    clock,
    isKnown: (authorization) => authorization === 'Bearer known',
    openPaths: new Set(),
  });
  const server = createHttpServer({
    ...{ clock, answer, tls: STILL, keepAliveTimeoutMs: 75_000, shutdownTimeoutMs: () => 1_000, ...options },
    throttle: (socket, onKnown) =>
      throttle(socket, (connection) => {
        throttled.push('known');
        onKnown(connection);
      }),
  });
  const { port } = await server.listen('127.0.0.1', 0);
  return { clock, server, port, throttled, url: `https://127.0.0.1:${String(port)}` };
}

describe('an encrypted connection', () => {
  it('is throttled until its caller is known, and brings every byte either way', async () => {
    const { server, throttled, url } = await startServer();
    await using client = clientOf(FIRST);
    const body = 'x'.repeat(200_000);
    const ask = (authorization: string) =>
      client.ask(`${url}/graphql`, { method: 'POST', headers: { authorization }, body });

    const answers = [await ask('Bearer made up'), await ask('Bearer known'), await ask('Bearer known')];

    expect(answers.map(({ text }) => text === body)).toEqual([true, true, true]);
    expect(throttled).toEqual(['known']);
    await client[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it('that is never begun to encrypt is closed', async () => {
    const { server, port } = await startServer({ handshakeTimeoutMs: 50 });
    const silent = connectPlain(port, '127.0.0.1').resume();

    await once(silent, 'close');

    await server[Symbol.asyncDispose]();
  });

  it('that is not encrypted yet does not hold up the end for longer than a request does', async () => {
    const { server, port, clock } = await startServer();
    const silent = connectPlain(port, '127.0.0.1').resume();
    await once(silent, 'connect');
    const isGone = once(silent, 'close');
    const closed = server[Symbol.asyncDispose]();
    await clock.sleepers(1);
    await clock.advance(1_000);

    await Promise.all([closed, isGone]);
  });
});
