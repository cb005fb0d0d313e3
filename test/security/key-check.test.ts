import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createKeyCheck } from '../../src/security/key-check.ts';
import { testCaller } from '../support/caller.ts';
import { deferred } from '../support/deferred.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway } from '../support/gateway.ts';

const account = (name: string) => testCaller({ account: name }).account;
const ALICE = account('alice');
const BOB = account('bob');
const refused = new GatewayError('UNAUTHENTICATED', 'Runloop refused the API key');

function stage(options: { readonly maxChecks?: number; readonly maxWaitingBytes?: number } = {}) {
  const clock = createFakeClock();
  const asked: string[] = [];
  const state = { error: null as Error | null, answer: Promise.resolve() };
  const keys = createKeyCheck({
    clock,
    intervalMs: 60_000,
    refusedMs: 30_000,
    maxKeys: 10,
    maxChecks: options.maxChecks ?? 32,
    maxWaitingBytes: () => options.maxWaitingBytes ?? 1_000,
    ping: async ({ id }) => {
      asked.push(id);
      await state.answer;
      if (state.error) throw state.error;
    },
  });
  /** As when an operation that was made with the key has asked the upstream for something. */
  const answered = ({ id }: typeof ALICE, status: number, route = '/v1/devboxes') => {
    keys.noteCall({ accountId: id, route, status });
  };
  return { clock, asked, state, keys, answered };
}

/** Somebody has presented a key that was bad, lately. */
function watchful(options: Parameters<typeof stage>[0] = {}) {
  const on = stage(options);
  on.answered(account('bad'), 401);
  return on;
}

describe('a key that the upstream has accepted', () => {
  it('is asked about once an interval, however many come', async () => {
    const { clock, asked, keys, answered } = stage();
    answered(ALICE, 200);
    await clock.advance(59_999);
    await keys.admit(ALICE, 0);
    expect(asked).toEqual([]);
    await clock.advance(1);
    await Promise.all([keys.admit(ALICE, 0), keys.confirm(ALICE), keys.admit(ALICE, 0)]);
    await keys.admit(ALICE, 0);

    expect(asked).toEqual([ALICE.id]);
  });

  it('need not be asked about while the upstream answers calls that are made with it', async () => {
    const { clock, asked, keys, answered } = stage();
    answered(ALICE, 200);
    await clock.advance(40_000);
    answered(ALICE, 200);
    await clock.advance(40_000);
    await keys.admit(ALICE, 0);

    expect(asked).toEqual([]);
  });

  it('is asked about before the next request when a call that was made with it was refused', async () => {
    const { asked, state, keys, answered } = stage();
    answered(ALICE, 200);
    answered(ALICE, 401);
    expect(keys.isAccepted(ALICE.id)).toBe(true);
    state.error = refused;

    await expect(keys.admit(ALICE, 0)).rejects.toBe(refused);
    expect(asked).toEqual([ALICE.id]);
    expect([keys.isAccepted(ALICE.id), keys.isRefused(ALICE.id)]).toEqual([false, true]);
  });

  it('stays good when the upstream cannot say', async () => {
    const { clock, asked, state, keys, answered } = stage();
    answered(ALICE, 200);
    await clock.advance(60_000);
    state.error = new GatewayError('UPSTREAM_UNAVAILABLE', 'away');
    await keys.admit(ALICE, 0);
    await keys.admit(ALICE, 0);

    expect(asked).toEqual([ALICE.id]);
  });
});

describe('a key that the upstream has refused', () => {
  it('is refused for half a minute without asking again, and then asked about once more', async () => {
    const { clock, asked, state, keys } = watchful();
    state.error = refused;
    for (let time = 0; time < 3; time++) await expect(keys.admit(ALICE, 0)).rejects.toBe(refused);
    await clock.advance(29_999);
    await expect(keys.confirm(ALICE)).rejects.toBe(refused);
    expect(asked).toEqual([ALICE.id]);
    await clock.advance(1);
    state.error = null;
    await keys.confirm(ALICE);

    expect(asked).toEqual([ALICE.id, ALICE.id]);
    expect([keys.isAccepted(ALICE.id), keys.isRefused(ALICE.id)]).toEqual([true, false]);
  });
});

describe('a key that is new', () => {
  it('tries one operation, which shows whether it is good, and costs no call of its own', async () => {
    const { asked, keys, answered } = stage();
    await keys.admit(ALICE, 0);
    expect(keys.isAccepted(ALICE.id)).toBe(false);
    answered(ALICE, 200);
    await keys.admit(ALICE, 0);

    expect(keys.isAccepted(ALICE.id)).toBe(true);
    expect(asked).toEqual([]);
  });

  it('is asked about when it comes again before that, or while somebody presents bad ones', async () => {
    const { asked, keys, answered } = stage();
    await keys.admit(ALICE, 0);
    await keys.admit(ALICE, 0);
    expect(asked).toEqual([ALICE.id]);
    answered(account('bad'), 401);
    await Promise.all([keys.admit(BOB, 0), keys.admit(BOB, 0)]);

    expect(asked).toEqual([ALICE.id, BOB.id]);
  });

  it('is asked about when four others are trying', async () => {
    const { asked, keys } = stage();
    for (const name of ['1', '2', '3', '4', '5']) await keys.admit(account(name), 0);

    expect(asked).toEqual([account('5').id]);
  });

  it('is not accepted for an answer that everybody gets, or that is none', async () => {
    const { keys, answered } = stage();
    answered(ALICE, 200, '/v1/benchmarks/list_public');
    answered(ALICE, 404);
    answered(ALICE, 503);
    await keys.admit(ALICE, 0);

    expect(keys.isAccepted(ALICE.id)).toBe(false);
  });

  it('is accepted when it may not read whose account it is, and gets the error of the upstream when that cannot be checked', async () => {
    const { state, keys } = watchful();
    state.error = new GatewayError('FORBIDDEN', 'The API key may not do this');
    await keys.admit(ALICE, 0);
    state.error = new GatewayError('UPSTREAM_UNAVAILABLE', 'away');

    expect(keys.isAccepted(ALICE.id)).toBe(true);
    await expect(keys.admit(BOB, 0)).rejects.toBe(state.error);
    expect(keys.isRefused(BOB.id)).toBe(false);
  });

  it('is one of so many that are asked about at once, and of eight times as many that wait', async () => {
    const { asked, state, keys } = watchful({ maxChecks: 2 });
    const silence = deferred<undefined>();
    state.answer = silence.promise.then(() => undefined);
    const names = Array.from({ length: 19 }, (_, number) => String(number));
    const checks = names.map((name) => keys.admit(account(name), 0));
    await expect(checks[18]).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 1_000 });
    expect(asked).toHaveLength(2);
    silence.resolve(undefined);
    await Promise.all(checks.slice(0, 18));

    expect(asked).toEqual(names.slice(0, 18).map((name) => account(name).id));
  });

  it('has requests of so many bytes wait, with all others that are new', async () => {
    const { state, keys } = watchful();
    const silence = deferred<undefined>();
    state.answer = silence.promise.then(() => undefined);
    const waiting = [keys.admit(ALICE, 600), keys.admit(BOB, 400)];
    await expect(keys.admit(ALICE, 1)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    silence.resolve(undefined);
    await Promise.all(waiting);

    await keys.admit(account('carol'), 1_000);
  });

  it('evicts no good one, however many are invented', async () => {
    const { asked, state, keys, answered } = stage();
    answered(ALICE, 200);
    state.error = refused;
    for (let number = 0; number < 100; number++) {
      await keys.confirm(account(String(number))).catch(() => undefined);
    }
    asked.length = 0;
    await keys.admit(ALICE, 0);

    expect(asked).toEqual([]);
  });
});

describe('a key that Runloop has revoked', () => {
  it('gets no cached answer a minute later', async () => {
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
