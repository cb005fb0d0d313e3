import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createKeyCheck } from '../../src/security/key-check.ts';
import { testCaller } from '../support/caller.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway } from '../support/gateway.ts';

const ALICE = testCaller().account;
const BOB = testCaller({ account: 'bob' }).account;
const refused = new GatewayError('UNAUTHENTICATED', 'Runloop refused the API key');

function stage() {
  const clock = createFakeClock();
  const asked: string[] = [];
  const state = { error: null as Error | null };
  const check = createKeyCheck({
    clock,
    intervalMs: 60_000,
    maxKeys: 10,
    ping: ({ id }) => {
      asked.push(id);
      return state.error ? Promise.reject(state.error) : Promise.resolve();
    },
  });
  return { clock, asked, state, check };
}

describe('checking a key', () => {
  it('asks the upstream once an interval, however many come, and nothing for who comes first', async () => {
    const { clock, asked, check } = stage();
    await Promise.all([check(ALICE), check(BOB), check(ALICE)]);
    await clock.advance(59_999);
    await check(ALICE);
    expect(asked).toEqual([]);
    await clock.advance(1);
    await Promise.all([check(ALICE), check(ALICE), check(ALICE)]);
    await check(ALICE);

    expect(asked).toEqual([ALICE.id]);
  });

  it('refuses a key that the upstream refuses, each time, until it does not any more', async () => {
    const { clock, asked, state, check } = stage();
    await check(ALICE);
    await clock.advance(60_000);
    state.error = refused;
    await expect(check(ALICE)).rejects.toBe(refused);
    await expect(check(ALICE)).rejects.toBe(refused);
    await check(BOB);
    state.error = null;
    await check(ALICE);

    expect(asked).toEqual([ALICE.id, ALICE.id, ALICE.id]);
  });

  it('leaves things as they are when the upstream cannot say', async () => {
    const { clock, asked, state, check } = stage();
    await check(ALICE);
    await clock.advance(60_000);
    state.error = new GatewayError('UPSTREAM_UNAVAILABLE', 'away');
    await check(ALICE);
    await check(ALICE);

    expect(asked).toEqual([ALICE.id]);
  });
});

describe('a key that Runloop has revoked', () => {
  it('is told nothing that is remembered for it, a minute later at most', async () => {
    const clock = createFakeClock();
    await using gateway = await createTestGateway({ env: { AUTH: 'passthrough' }, overrides: { clock } });
    gateway.world.insert.scenarioRun({
      id: 'scr_1',
      state: 'completed',
      name: 'a name',
      start_time_ms: clock.now() - 3_600_000,
    });
    const ask = () =>
      gateway.query(
        '{ scenarioRun(id: "scr_1") { name } }',
        {},
        { headers: { Authorization: 'Bearer ak_alice' } },
      );
    expect((await ask()).data).toEqual({ scenarioRun: { name: 'a name' } });
    gateway.simulator.faults.add({ path: '/**', kind: 'status', status: 401 });
    // What has ended is kept for good.
    expect((await ask()).data).toEqual({ scenarioRun: { name: 'a name' } });
    await clock.advance(60_000);

    expect(await ask()).toMatchObject({
      status: 401,
      data: undefined,
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });
});
