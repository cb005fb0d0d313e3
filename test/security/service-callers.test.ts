import { createServer } from 'node:http';
import { generateKeyPair } from 'jose';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../../src/security/scopes.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';
import { FOLLOW_RUN, RARE_POLLS, type RunResult } from '../support/subscriptions.ts';
import { AUDIENCE, createIssuer, createTokenFile, ISSUER, type TokenFile } from '../support/tokens.ts';

const RUNS = '{ scenarioRuns { nodes { id } } }';
const NOW_SEC = Date.UTC(2026, 0, 1) / 1_000;

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

const gatewayWith = (file: TokenFile, options: Parameters<typeof createTestGateway>[0] = {}) =>
  createTestGateway({ ...options, env: { ...RARE_POLLS, AUTH_TOKENS_FILE: file.path, ...options.env } });

const codesOf = async (gateway: TestGateway, token: string) =>
  (await gateway.query(RUNS, {}, bearer(token))).errors.map(({ extensions }) => extensions.code);

/** Waits until the file is in force, as its log line says. */
async function reload(
  gateway: TestGateway,
  clock: ReturnType<typeof createFakeClock>,
  event = 'auth.file_reloaded',
) {
  const before = gateway.record.lines().filter((line) => line['event'] === event).length;
  await clock.advance(5_000);
  await expect
    .poll(() => gateway.record.lines().filter((line) => line['event'] === event))
    .toHaveLength(before + 1);
}

describe('a gateway token', () => {
  it('authenticates its bearer, and the key of the gateway goes upstream', async () => {
    await using file = await createTokenFile();
    const token = await file.issue('ci', { scopes: ['runs:read'] });
    await using gateway = await gatewayWith(file);
    gateway.world.insert.scenarioRun({ id: 'scr_1' });

    expect((await gateway.query(RUNS, {}, bearer(token))).data).toEqual({
      scenarioRuns: { nodes: [{ id: 'scr_1' }] },
    });
  });

  it.each([
    ['no token', undefined, 'Expected a token: `Authorization: Bearer …`'],
    ['another scheme', 'Basic YTpi', 'Expected a token: `Authorization: Bearer …`'],
    [
      'an unknown token',
      'Bearer rlg_unknown',
      'The token is not known: expected one that the operator of this gateway handed out',
    ],
    [
      'the digest of one',
      'digest',
      'The token is not known: expected one that the operator of this gateway handed out',
    ],
  ])('is asked for: %s is UNAUTHENTICATED', async (_name, given, message) => {
    await using file = await createTokenFile();
    await file.issue('ci');
    await using gateway = await gatewayWith(file);
    const { tokens } = JSON.parse(await readFile(file.path, 'utf8')) as { tokens: { sha256: string }[] };
    const authorization = given === 'digest' ? `Bearer ${tokens[0]!.sha256}` : given;
    const answer = await gateway.query(
      RUNS,
      {},
      authorization === undefined ? {} : { headers: { authorization } },
    );

    expect(answer).toMatchObject({
      status: 401,
      errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(gateway.calls()).toEqual([]);
  });

  it('allows what its scopes say and nothing else', async () => {
    await using file = await createTokenFile();
    const token = await file.issue('ci', { scopes: ['runs:read', 'environment:read'] });
    const blind = await file.issue('blind', { scopes: ['logs:read'] });
    await using gateway = await gatewayWith(file);
    gateway.world.insert.scenarioRun({ environment_variables: { TOKEN: 'a-value' } });
    const query =
      '{ scenarioRuns { nodes { environmentVariables { value } devbox { logs { totalCount } } } } }';

    const seen = await gateway.query(query, {}, bearer(token));
    expect(seen.data).toMatchObject({
      scenarioRuns: { nodes: [{ environmentVariables: [{ value: 'a-value' }], devbox: { logs: null } }] },
    });
    expect(seen.errors).toMatchObject([
      {
        message: 'Devbox.logs needs the scope logs:read, which the caller does not have',
        extensions: { code: 'FORBIDDEN' },
      },
    ]);
    expect(await codesOf(gateway, blind)).toEqual(['FORBIDDEN']);
  });

  it('is worth nothing from the moment it expires', async () => {
    const clock = createFakeClock();
    await using file = await createTokenFile();
    const token = await file.issue('ci', { expiresAtMs: clock.now() + 60_000 });
    await using gateway = await gatewayWith(file, { overrides: { clock } });
    await clock.advance(59_999);
    expect(await codesOf(gateway, token)).toEqual([]);
    await clock.advance(1);

    expect(await codesOf(gateway, token)).toEqual(['UNAUTHENTICATED']);
  });

  it('comes into force and is revoked with its row, without a restart', async () => {
    const clock = createFakeClock();
    await using file = await createTokenFile();
    await using gateway = await gatewayWith(file, { overrides: { clock } });
    const token = await file.issue('ci');
    expect(await codesOf(gateway, token)).toEqual(['UNAUTHENTICATED']);
    await reload(gateway, clock);
    expect(await codesOf(gateway, token)).toEqual([]);
    await file.revoke('ci');
    await reload(gateway, clock);

    expect(await codesOf(gateway, token)).toEqual(['UNAUTHENTICATED']);
  });

  it('stays in force while its file is broken, which the log says once and without quoting it', async () => {
    const clock = createFakeClock();
    await using file = await createTokenFile();
    const token = await file.issue('ci');
    await using gateway = await gatewayWith(file, { overrides: { clock } });
    await file.write('{ "tokens": [{ "name": "ci", "sha256": "rlg_pasted-by-mistake", "scopes": [] }] }');
    await reload(gateway, clock, 'auth.file_broken');
    await clock.advance(20_000);
    expect(await codesOf(gateway, token)).toEqual([]);
    expect(gateway.record.lines().filter(({ event }) => event === 'auth.file_broken')).toMatchObject([
      { problems: expect.stringContaining('tokens.0.sha256: expected the SHA-256') as string },
    ]);
    expect(gateway.record.text()).not.toContain('pasted-by-mistake');
    await file.write('{ "tokens": [] }');
    await reload(gateway, clock);

    expect(await codesOf(gateway, token)).toEqual(['UNAUTHENTICATED']);
  });

  it('is not accepted from a file that is broken to begin with', async () => {
    await using file = await createTokenFile();
    await file.write('[');

    await expect(gatewayWith(file)).rejects.toThrow(
      `The configuration is not usable:\n  - ${file.path}: the file: expected JSON, such as { "tokens": [] }`,
    );
  });
});

describe('a JSON Web Token', () => {
  it('authenticates its subject, with those of its scopes that are known', async () => {
    await using issuer = await createIssuer(NOW_SEC);
    await using gateway = await createTestGateway({
      env: issuer.env,
      overrides: { clock: createFakeClock() },
    });
    for (const claims of [
      {},
      { scope: 'x', scp: 'runs:read' },
      { scope: undefined, scp: ['runs:read', 7] },
    ]) {
      expect(await codesOf(gateway, await issuer.sign(claims))).toEqual([]);
    }

    expect(await codesOf(gateway, await issuer.sign({ scope: 'runs:readable' }))).toEqual(['FORBIDDEN']);
  });

  it.each([
    [
      'is not signed with a key of its issuer',
      { kid: 'first', alg: 'other key' },
      {},
      'The signature of the token does not fit any key of its issuer',
    ],
    [
      'names a key that is not published',
      { kid: 'unknown' },
      {},
      'The token is signed with a key that its issuer does not publish',
    ],
    [
      'is signed with the public key as a shared secret',
      { alg: 'HS256' },
      {},
      'The token is signed in a way that this gateway does not accept',
    ],
    [
      'is signed with an algorithm that is not accepted',
      { alg: 'RS512' },
      {},
      'The token is signed in a way that this gateway does not accept',
    ],
    ['is not signed', { alg: 'none' }, {}, 'The token is signed in a way that this gateway does not accept'],
    [
      'is of another issuer',
      {},
      { iss: 'https://other.example' },
      'The claim `iss` of the token is not what this gateway expects',
    ],
    [
      'is for somebody else',
      {},
      { aud: 'another' },
      'The claim `aud` of the token is not what this gateway expects',
    ],
    ['has expired', {}, { exp: NOW_SEC - 31 }, 'The token has expired: expected a fresh one'],
    [
      'never expires',
      {},
      { exp: undefined },
      'The claim `exp` of the token is not what this gateway expects',
    ],
    [
      'is not valid yet',
      {},
      { nbf: NOW_SEC + 31 },
      'The claim `nbf` of the token is not what this gateway expects',
    ],
    [
      'has no subject',
      {},
      { sub: undefined },
      'The claim `sub` of the token is not what this gateway expects',
    ],
  ])(
    'that %s is UNAUTHENTICATED',
    async (_name, { kid, alg }: { kid?: string; alg?: string }, claims, message) => {
      await using issuer = await createIssuer(NOW_SEC);
      await using gateway = await createTestGateway({
        env: issuer.env,
        overrides: { clock: createFakeClock() },
      });
      const token = await forged(issuer, alg, claims, kid);

      expect(await gateway.query(RUNS, {}, bearer(token))).toMatchObject({
        status: 401,
        errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }],
      });
      expect(gateway.calls()).toEqual([]);
    },
  );

  it('is accepted within the skew of the clocks', async () => {
    await using issuer = await createIssuer(NOW_SEC);
    await using gateway = await createTestGateway({
      env: issuer.env,
      overrides: { clock: createFakeClock() },
    });

    expect(await codesOf(gateway, await issuer.sign({ exp: NOW_SEC - 29 }))).toEqual([]);
    expect(await codesOf(gateway, await issuer.sign({ nbf: NOW_SEC + 29 }))).toEqual([]);
  });

  it('is worth nothing when its key is taken back', async () => {
    const clock = createFakeClock();
    await using issuer = await createIssuer(NOW_SEC);
    await using gateway = await createTestGateway({ env: issuer.env, overrides: { clock } });
    const token = await issuer.sign({});
    expect(await codesOf(gateway, token)).toEqual([]);
    await issuer.rotate('second');
    await reload(gateway, clock);

    expect(await codesOf(gateway, token)).toEqual(['UNAUTHENTICATED']);
    expect(await codesOf(gateway, await issuer.sign({}))).toEqual([]);
  });

  it('is checked with keys that are fetched once, and says so when they cannot be', async () => {
    await using issuer = await createIssuer(NOW_SEC);
    let fetches = 0;
    let isThere = false;
    const server = createServer((_request, response) => {
      fetches++;
      response.statusCode = isThere ? 200 : 503;
      void readFile(issuer.keysPath).then((keys) => response.end(keys));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await using gateway = await createTestGateway({
      env: {
        AUTH_JWKS_URL: `http://127.0.0.1:${String(port)}/keys`,
        AUTH_JWT_ISSUER: ISSUER,
        AUTH_JWT_AUDIENCE: AUDIENCE,
      },
      overrides: { clock: createFakeClock() },
    });
    const token = await issuer.sign({});
    expect(await gateway.query(RUNS, {}, bearer(token))).toMatchObject({
      status: 503,
      errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }],
    });
    isThere = true;
    expect(await codesOf(gateway, token)).toEqual([]);
    expect(await codesOf(gateway, await issuer.sign({ sub: 'another' }))).toEqual([]);
    server.close();

    expect(fetches).toBe(2);
    expect(gateway.record.text()).toContain('auth.keys_unavailable');
  });

  it('works beside gateway tokens', async () => {
    await using issuer = await createIssuer(NOW_SEC);
    await using file = await createTokenFile();
    const token = await file.issue('ci');
    await using gateway = await gatewayWith(file, {
      env: issuer.env,
      overrides: { clock: createFakeClock() },
    });

    expect(await codesOf(gateway, token)).toEqual([]);
    expect(await codesOf(gateway, await issuer.sign({}))).toEqual([]);
    expect(await codesOf(gateway, 'neither')).toEqual(['UNAUTHENTICATED']);
  });
});

describe('a subscription whose caller may not go on', () => {
  /** Each way to lose the right to follow. */
  const ENDS = [
    ['has expired', 'The token has expired: expected a fresh one'],
    ['was revoked', 'The token was revoked: expected one that is still good'],
    ['may do less', 'The token was revoked: expected one that is still good'],
  ] as const;

  async function stage(end: (typeof ENDS)[number][0]) {
    const clock = createFakeClock();
    const file = await createTokenFile();
    const token = await file.issue('ci', {
      expiresAtMs: end === 'has expired' ? clock.now() + 20_000 : null,
      scopes: ['runs:read', 'logs:read'] satisfies Scope[],
    });
    const gateway = await gatewayWith(file, { overrides: { clock } });
    const { id } = gateway.world.insert.scenarioRun();
    return {
      gateway,
      token,
      id,
      /** Lets it come to that, which takes less than 30 seconds. */
      end: async () => {
        if (end === 'has expired') {
          await clock.advance(20_000);
          return;
        }
        if (end === 'was revoked') await file.revoke('ci');
        else {
          const text = await readFile(file.path, 'utf8');
          await file.write(text.replace(/,\s*"logs:read"/, ''));
        }
        await reload(gateway, clock);
        await clock.advance(5_000);
      },
      [Symbol.asyncDispose]: async () => {
        await gateway[Symbol.asyncDispose]();
        await file[Symbol.asyncDispose]();
      },
    };
  }

  it.each(ENDS)('because the token %s ends with the reason, over an event stream', async (end, message) => {
    await using on = await stage(end);
    using stream = await openEventStream(on.gateway.url, {
      query: FOLLOW_RUN,
      variables: { id: on.id },
      ...bearer(on.token),
    });
    await expect.poll(() => stream.events).toHaveLength(1);
    await on.end();
    await stream.ended;

    expect(stream.events.slice(1)).toMatchObject([
      { event: 'next', data: { errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] } },
      { event: 'complete' },
    ]);
    expect(on.gateway.watches.subscriptions).toBe(0);
  });

  it.each(ENDS)('because the token %s ends with the reason, over a WebSocket', async (end, message) => {
    await using on = await stage(end);
    using socket = await openSocket(on.gateway.url);
    await socket.init({ authorization: `Bearer ${on.token}` });
    socket.subscribe('1', FOLLOW_RUN, { id: on.id });
    await expect.poll(() => socket.payloads('1')).toHaveLength(1);
    await on.end();

    expect(await socket.closed).toBe(4403);
    expect((socket.payloads('1').at(-1) as RunResult).errors).toMatchObject([
      { message, extensions: { code: 'UNAUTHENTICATED' } },
    ]);
    await expect.poll(() => on.gateway.watches.subscriptions).toBe(0);
  });

  it('takes an idle WebSocket with it', async () => {
    await using on = await stage('has expired');
    using socket = await openSocket(on.gateway.url);
    await socket.init({ authorization: `Bearer ${on.token}` });
    await on.end();

    expect(await socket.closed).toBe(4403);
  });

  it('asks nothing more on its WebSocket, not even before that is closed', async () => {
    const clock = createFakeClock();
    await using file = await createTokenFile();
    const token = await file.issue('ci', { expiresAtMs: clock.now() + 1_000 });
    await using gateway = await gatewayWith(file, { overrides: { clock } });
    using socket = await openSocket(gateway.url);
    await socket.init({ authorization: `Bearer ${token}` });
    await clock.advance(1_000);
    socket.subscribe('1', RUNS);
    await socket.received(2);

    expect(socket.messages[1]).toMatchObject({
      type: 'error',
      id: '1',
      payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(gateway.calls()).toEqual([]);
  });

  it('leaves those of others alone', async () => {
    const clock = createFakeClock();
    await using file = await createTokenFile();
    const [one, other] = [await file.issue('one'), await file.issue('other')];
    await using gateway = await gatewayWith(file, { overrides: { clock } });
    const { id } = gateway.world.insert.scenarioRun();
    const follow = (token: string) =>
      openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id }, ...bearer(token) });
    using leaving = await follow(one);
    using staying = await follow(other);
    await expect.poll(() => [...leaving.events, ...staying.events]).toHaveLength(2);
    await file.revoke('one');
    await reload(gateway, clock);
    await clock.advance(10_000);
    await leaving.ended;

    expect(staying.events).toHaveLength(1);
    expect(gateway.watches.subscriptions).toBe(1);
  });
});

/** A token as an attacker would make it, or the issuer when there is nothing to forge. */
async function forged(
  issuer: Awaited<ReturnType<typeof createIssuer>>,
  alg: string | undefined,
  claims: Readonly<Record<string, unknown>>,
  kid: string | undefined,
): Promise<string> {
  switch (alg) {
    case 'other key': {
      const { privateKey } = await generateKeyPair('RS256');
      return issuer.sign(claims, { kid, key: privateKey });
    }
    case 'HS256':
      return issuer.sign(claims, { kid, alg, key: Buffer.from(JSON.stringify(await issuer.publicJwk())) });
    case 'none': {
      const [, payload = ''] = (await issuer.sign(claims)).split('.');
      return `${Buffer.from('{"alg":"none","kid":"first"}').toString('base64url')}.${payload}.`;
    }
    default:
      return issuer.sign(claims, { kid, ...(alg === undefined ? {} : { alg }) });
  }
}
