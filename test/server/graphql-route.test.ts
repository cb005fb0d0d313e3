import { describe, expect, it } from 'vitest';
import { deferred } from '../support/deferred.ts';
import { createRouteStage, QUESTION } from './route-stage.ts';

describe('a request that is sent repeatedly', () => {
  it('is answered from the cache of read requests, whoever sends it, and waits for no turn', async () => {
    const { ask, counts } = createRouteStage();
    await ask();
    await ask();
    expect(counts).toEqual({ read: 2, turns: 2 });

    for (let caller = 0; caller < 100; caller++)
      expect(await ask(QUESTION, { account: String(caller) })).toBe(200);
    expect(counts).toEqual({ read: 2, turns: 2 });
  });

  it('is read once more for a client that accepts another form', async () => {
    const { ask, counts } = createRouteStage();
    const forms = ['application/json', 'application/graphql-response+json'];
    for (const accept of [...forms, ...forms, ...forms]) expect(await ask(QUESTION, { accept })).toBe(200);

    expect(counts.read).toBe(4);
  });

  it('is read every time when it is long', async () => {
    const { ask, counts } = createRouteStage();
    const long = JSON.stringify({ query: '{ a }', variables: { text: 'x'.repeat(40_000) } });
    for (let times = 0; times < 5; times++) await ask(long);

    expect(counts.read).toBe(5);
  });
});

describe('a request that waits for its turn', () => {
  it('is not read when others have sent the same meanwhile', async () => {
    const turn = deferred<undefined>();
    let isBusy = false;
    const { ask, counts } = createRouteStage({ acquireTurn: () => (isBusy ? turn.promise : undefined) });
    isBusy = true;
    const waiting = ask();
    while (counts.turns === 0) await Promise.resolve();
    isBusy = false;
    await ask();
    await ask();
    turn.resolve(undefined);

    expect(await waiting).toBe(200);
    expect(counts).toEqual({ read: 2, turns: 3 });
  });

  it('is not read when its client has left', async () => {
    const { ask, counts } = createRouteStage({ acquireTurn: () => Promise.resolve() });
    await ask(QUESTION, { isGone: true });

    expect(counts.read).toBe(0);
  });
});
