import { describe, expect, it } from 'vitest';
import { Account } from '../../src/upstream/account.ts';
import { createFlights } from '../../src/upstream/cache/single-flight.ts';
import type { UpstreamCaller } from '../../src/upstream/caller.ts';
import { scenarioRun } from '../support/entities.ts';
import { createCachingStage } from './caching-stage.ts';

const run = scenarioRun({ id: 'scr_1' });

function createSlowStage() {
  const stage = createCachingStage(null);
  stage.fake.put(run);
  stage.fake.latency = () => [10, 10];
  return stage;
}

describe('equal calls that are under way at the same time', () => {
  it('are one call', async () => {
    const { clock, fake, session } = createSlowStage();
    const [first, second] = [session(), session()];
    const answers = [first.get('scenarioRun', 'scr_1'), second.get('scenarioRun', 'scr_1')];
    await clock.advance(20);
    expect(await Promise.all(answers)).toEqual([run, run]);
    expect(fake.names()).toEqual(['scenarioRun scr_1']);
    expect(first.reads).toMatchObject({ actual: 1, shared: 0 });
    expect(second.reads).toMatchObject({ actual: 0, shared: 1 });
  });

  it('fail together, and the next one is a call of its own', async () => {
    const { clock, fake, session } = createSlowStage();
    fake.failure = () => new Error('broken') as never;
    const answers = [session().get('scenarioRun', 'scr_1'), session().get('scenarioRun', 'scr_1')].map(
      (answer) => answer.catch((error: unknown) => error),
    );
    await clock.advance(20);
    expect(await Promise.all(answers)).toEqual([new Error('broken'), new Error('broken')]);
    fake.failure = null;
    const next = session().get('scenarioRun', 'scr_1');
    await clock.advance(20);
    expect(await next).toBe(run);
    expect(fake.names()).toHaveLength(2);
  });

  it('of two accounts are two calls', async () => {
    const { clock, fake, session } = createSlowStage();
    const answers = [
      session({ who: 'ann' }).get('scenarioRun', 'scr_1'),
      session({ who: 'bob' }).get('scenarioRun', 'scr_1'),
    ];
    await clock.advance(20);
    await Promise.all(answers);
    expect(fake.names()).toHaveLength(2);
  });

  it('are aborted only when the last waiter has left, and each waiter leaves at their own signal', async () => {
    const { clock, fake, session } = createSlowStage();
    const leaving = [new AbortController(), new AbortController()];
    const gone = leaving.map(({ signal }) =>
      session({ signal })
        .get('scenarioRun', 'scr_1')
        .catch((error: unknown) => error),
    );
    leaving[0]?.abort(new Error('first'));
    expect(await gone[0]).toEqual(new Error('first'));
    await clock.advance(0);
    expect(fake.underWay).toBe(1);
    leaving[1]?.abort(new Error('second'));
    expect(await gone[1]).toEqual(new Error('second'));
    await clock.advance(0);
    expect(fake.underWay).toBe(0);
    // Nobody joins what was given up.
    const next = session().get('scenarioRun', 'scr_1');
    await clock.advance(20);
    expect(await next).toBe(run);
  });

  it('go on for the waiters that stay when the one who started them leaves', async () => {
    const { clock, fake, session } = createSlowStage();
    const starter = new AbortController();
    const gone = session({ signal: starter.signal })
      .get('scenarioRun', 'scr_1')
      .catch((error: unknown) => error);
    const stays = session().get('scenarioRun', 'scr_1');
    starter.abort(new Error('left'));
    await clock.advance(20);
    expect(await gone).toEqual(new Error('left'));
    expect(await stays).toBe(run);
    expect(fake.names()).toHaveLength(1);
  });

  it('are not started for a caller who has left already', async () => {
    const { fake, session } = createSlowStage();
    await expect(
      session({ signal: AbortSignal.abort(new Error('gone')) }).get('scenarioRun', 'scr_1'),
    ).rejects.toThrow('gone');
    expect(fake.names()).toEqual([]);
  });

  it('of a poll become interactive when an interactive caller joins, until the latest deadline', () => {
    const flights = createFlights({ onEmpty: () => undefined, nextTick: () => 0 });
    const account = new Account('ak', { hashSecret: 's' });
    const { signal } = new AbortController();
    const lifts: string[] = [];
    let seen: UpstreamCaller | undefined;
    const call = {
      send: (caller: UpstreamCaller) => {
        seen = caller;
        caller.onPriorityRaised?.(() => lifts.push('lifted'));
        return new Promise<never>(() => undefined);
      },
      isOwn: false,
    };
    void flights.join('key', { account, priority: 'background', signal, deadlineAt: 5 }, call);
    expect(seen).toMatchObject({ priority: 'background', deadlineAt: 5 });
    void flights.join('key', { account, priority: 'interactive', signal, deadlineAt: 9 }, call);
    void flights.join('key', { account, priority: 'interactive', signal, deadlineAt: 7 }, call);
    expect(seen).toMatchObject({ priority: 'interactive', deadlineAt: 9 });
    expect(lifts).toEqual(['lifted']);
  });

  it('are not joined by a fresh read, which later reads join', async () => {
    const { clock, fake, session } = createSlowStage();
    const first = session().get('scenarioRun', 'scr_1');
    await clock.advance(5);
    const fresh = session({ isFresh: true }).get('scenarioRun', 'scr_1');
    const third = session();
    const joined = third.get('scenarioRun', 'scr_1');
    await clock.advance(20);
    await Promise.all([first, fresh, joined]);
    expect(fake.names()).toHaveLength(2);
    expect(third.reads).toMatchObject({ actual: 0, shared: 1 });
  });
});
