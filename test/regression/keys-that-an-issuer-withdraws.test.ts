/** Tokens of a key that its issuer had withdrawn were accepted still, for good where the key had no id or another one took its id. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';
import { FOLLOW_RUN, RARE_POLLS } from '../support/subscriptions.ts';
import { AUDIENCE, ISSUER } from '../support/tokens.ts';

const RUNS = '{ scenarioRuns { nodes { id } } }';
const MAX_AGE_MS = 1_000;
const CHECK_INTERVAL_MS = 5_000;

/** An issuer whose keys are at an address, and a gateway that has accepted one of its tokens. */
async function createStage(kid: string | undefined) {
  const clock = createFakeClock();
  const newKey = async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    return { privateKey, jwk: { ...(await exportJWK(publicKey)), ...(kid === undefined ? {} : { kid }) } };
  };
  const first = await newKey();
  let published: object[] = [first.jwk];
  let isThere = true;
  let fetches = 0;
  const issuer = createServer((_request, response) => {
    fetches++;
    response.statusCode = isThere ? 200 : 503;
    response.end(JSON.stringify({ keys: published }));
  }).listen(0, '127.0.0.1');
  await once(issuer, 'listening');
  const { port } = issuer.address() as AddressInfo;
  const gateway = await createTestGateway({
    env: {
      ...RARE_POLLS,
      AUTH_JWKS_URL: `http://127.0.0.1:${String(port)}/keys`,
      AUTH_JWKS_MAX_AGE_MS: String(MAX_AGE_MS),
      AUTH_JWT_ISSUER: ISSUER,
      AUTH_JWT_AUDIENCE: AUDIENCE,
    },
    overrides: { clock },
  });
  const token = await new SignJWT({ scope: 'runs:read' })
    .setProtectedHeader({ alg: 'ES256', ...(kid === undefined ? {} : { kid }) })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject('somebody')
    .setExpirationTime(clock.now() / 1_000 + 3_600)
    .sign(first.privateKey);
  const withdraw = {
    withdrawn: () => Promise.resolve([]),
    replaced: async () => [(await newKey()).jwk],
  };
  return {
    clock,
    gateway,
    headers: { Authorization: `Bearer ${token}` },
    fetches: () => fetches,
    goAway: () => {
      isThere = false;
    },
    /** Until the gateway has seen it. */
    end: async (how: keyof typeof withdraw) => {
      published = await withdraw[how]();
      const before = fetches;
      await clock.advance(MAX_AGE_MS);
      await expect.poll(() => fetches).toBeGreaterThan(before);
      await expect.poll(() => gateway.record.text()).toMatch(/"withdrawn":"(?!")/);
    },
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      issuer.closeAllConnections();
      issuer.close();
    },
  };
}

const codes = async (gateway: TestGateway, headers: Readonly<Record<string, string>>) =>
  (await gateway.query(RUNS, {}, { headers })).errors.map(({ extensions }) => extensions.code);

describe.each([
  ['that has a name', 'first', 'withdrawn'],
  ['that has no name', undefined, 'withdrawn'],
  ['that has a name', 'first', 'replaced'],
  ['that has no name', undefined, 'replaced'],
] as const)('a key %s (%s) that is %s', (_what, kid, how) => {
  it('refuses tokens that were accepted before, and ends what they have open, also when no new token comes', async () => {
    await using on = await createStage(kid);
    const { id } = on.gateway.world.insert.scenarioRun();
    expect(await codes(on.gateway, on.headers)).toEqual([]);
    using stream = await openEventStream(on.gateway.url, {
      query: FOLLOW_RUN,
      variables: { id },
      headers: on.headers,
    });
    await stream.received(1);
    using socket = await openSocket(on.gateway.url, { headers: on.headers });
    await socket.init();
    await on.end(how);
    await on.clock.advance(CHECK_INTERVAL_MS);
    await stream.ended;

    expect(stream.text).toContain('UNAUTHENTICATED');
    await socket.closed;
    expect(await codes(on.gateway, on.headers)).toEqual(['UNAUTHENTICATED']);
  });
});

describe('the keys of an issuer', () => {
  it('are not fetched while no token relies on them', async () => {
    await using on = await createStage('first');
    await on.clock.advance(10 * MAX_AGE_MS);

    expect(on.fetches()).toBe(0);
  });

  it('stay in force for accepted tokens while the issuer is away', async () => {
    await using on = await createStage('first');
    expect(await codes(on.gateway, on.headers)).toEqual([]);
    on.goAway();
    await on.clock.advance(MAX_AGE_MS);
    await expect.poll(() => on.gateway.record.text()).toContain('auth.keys_unavailable');

    expect(await codes(on.gateway, on.headers)).toEqual([]);
  });
});
