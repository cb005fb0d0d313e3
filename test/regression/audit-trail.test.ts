/** Nothing was written of refused credentials, of mutations, or of tokens that came and went. */
import { chmod } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { AUDIENCE, createTokenFile, ISSUER } from '../support/tokens.ts';

const linesOf = (gateway: TestGateway, event: string) =>
  gateway.record.lines().filter((line) => line['event'] === event);

describe('the log', () => {
  it('counts refused credentials, a line a minute for each reason, and quotes none', async () => {
    const clock = createFakeClock();
    await using file = await createTokenFile();
    await file.issue('ci');
    await using gateway = await createTestGateway({
      env: { AUTH_TOKENS_FILE: file.path },
      overrides: { clock },
    });
    for (let number = 0; number < 20; number++) {
      const headers = { Authorization: `Bearer rlg_stolen_${String(number)}` };
      await gateway.query('{ scenarioRuns { nodes { id } } }', undefined, { headers });
    }
    expect(linesOf(gateway, 'auth.refused')).toMatchObject([
      { count: 1, requestId: expect.any(String) as string },
    ]);
    await clock.advance(60_000);

    expect(linesOf(gateway, 'auth.refused')).toMatchObject([{ count: 1 }, { count: 19 }]);
    expect(gateway.record.text()).not.toContain('stolen');
  });

  it('says who asked for which mutation, of what, how it ended, and by which request', async () => {
    await using file = await createTokenFile();
    const token = await file.issue('ci');
    await using gateway = await createTestGateway({ env: { AUTH_TOKENS_FILE: file.path } });
    const { id } = gateway.world.insert.scenarioRun();
    const cancel = (target: string) =>
      gateway.query(
        'mutation ($id: ID!) { cancelScenarioRun(id: $id) { __typename } }',
        { id: target },
        { headers: { Authorization: `Bearer ${token}`, 'X-Request-Id': 'a-request' } },
      );
    await cancel(id);
    await cancel('scr_nobody');

    const told = { mutation: 'cancelScenarioRun', callerId: 'token:ci', requestId: 'a-request' };
    expect(linesOf(gateway, 'mutation.done')).toMatchObject([
      { ...told, target: id, outcome: 'Success' },
      { ...told, target: 'scr_nobody', outcome: 'NotFoundError' },
    ]);
  });

  it('says which mutation was refused to a caller who lacks its scope', async () => {
    await using file = await createTokenFile();
    const token = await file.issue('reader', { scopes: ['runs:read'] });
    await using gateway = await createTestGateway({ env: { AUTH_TOKENS_FILE: file.path } });
    const { id } = gateway.world.insert.scenarioRun();
    const answer = await gateway.query(
      'mutation ($id: ID!) { cancelScenarioRun(id: $id) { __typename } }',
      { id },
      { headers: { Authorization: `Bearer ${token}`, 'X-Request-Id': 'a-request' } },
    );

    expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(linesOf(gateway, 'mutation.done')).toMatchObject([
      {
        mutation: 'cancelScenarioRun',
        target: id,
        outcome: 'FORBIDDEN',
        callerId: 'token:reader',
        requestId: 'a-request',
      },
    ]);
  });

  it('counts mutations with unverified keys, which anybody can invent', async () => {
    await using gateway = await createTestGateway({
      env: { AUTH: 'passthrough' },
      simulator: { accounts: { ak_known: { seed: 1 } } },
    });
    for (let number = 0; number < 10; number++) {
      await gateway.query('mutation { cancelScenarioRun(id: "!") { __typename } }', undefined, {
        headers: { Authorization: `Bearer ak_made_up_${String(number)}` },
      });
    }

    expect(linesOf(gateway, 'mutation.done')).toMatchObject([{ count: 1 }]);
  });

  it('writes a line a minute while an issuer is away, whatever is presented', async () => {
    const clock = createFakeClock();
    await using gateway = await createTestGateway({
      env: {
        // Nobody listens there.
        AUTH_JWKS_URL: 'http://127.0.0.1:9/keys',
        AUTH_JWT_ISSUER: ISSUER,
        AUTH_JWT_AUDIENCE: AUDIENCE,
      },
      overrides: { clock },
    });
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    await Promise.all(
      Array.from({ length: 50 }, (_, number) => {
        const token = `${part({ alg: 'ES256', kid: String(number) })}.${part({ sub: number })}.c2ln`;
        return gateway.query('{ scenarioRuns { nodes { id } } }', undefined, {
          headers: { Authorization: `Bearer ${token}` },
        });
      }),
    );

    expect(linesOf(gateway, 'auth.keys_unavailable').length).toBe(1);
    expect(gateway.record.lines().length).toBeLessThan(10);
  });

  it('warns again of a file that others may write once it has changed', async () => {
    const clock = createFakeClock();
    await using file = await createTokenFile();
    await using gateway = await createTestGateway({
      env: { AUTH_TOKENS_FILE: file.path },
      overrides: { clock },
    });
    await file.issue('ci');
    await chmod(file.path, 0o666);
    await clock.advance(5_000);

    await expect.poll(() => linesOf(gateway, 'config.dangerous')).toMatchObject([{ path: file.path }]);
  });

  it('says which tokens were loaded and revoked', async () => {
    const clock = createFakeClock();
    await using file = await createTokenFile();
    await file.issue('ci');
    await using gateway = await createTestGateway({
      env: { AUTH_TOKENS_FILE: file.path },
      overrides: { clock },
    });
    await file.revoke('ci');
    await clock.advance(5_000);

    await expect
      .poll(() => linesOf(gateway, 'auth.tokens_changed'))
      .toMatchObject([
        { added: 'ci', revoked: '' },
        { added: '', revoked: 'ci' },
      ]);
  });

  it('warns of a file of tokens that others may write, and of keys that go elsewhere by http', async () => {
    await using file = await createTokenFile();
    await chmod(file.path, 0o666);
    await using gateway = await createTestGateway({
      env: { AUTH_TOKENS_FILE: file.path, RUNLOOP_BASE_URL: 'http://runloop.example' },
    });

    expect(linesOf(gateway, 'config.dangerous').map(({ setting }) => setting)).toEqual([
      'RUNLOOP_BASE_URL',
      'AUTH_TOKENS_FILE',
    ]);
  });
});
