import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { deferred } from '../support/deferred.ts';
import { testCaller } from '../support/caller.ts';
import { createSubscriptionStage, FOLLOW_THING } from './subscription-stage.ts';

describe('equal subscriptions', () => {
  it('share one execution per event, and its bytes', async () => {
    const stage = createSubscriptionStage();
    const followers = [];
    for (let count = 0; count < 50; count++) followers.push(await stage.start());
    stage.topic.append();
    await stage.settle();
    stage.topic.append();
    await stage.settle();

    expect(stage.executions).toEqual([0, 1, 2]);
    for (const { sink } of followers) {
      expect(sink.told()).toEqual(['0', '1', '2']);
      expect(sink.sent[2]?.payload).toBe(followers[0]?.sink.sent[2]?.payload);
      expect(sink.sent[2]?.streamEvent).toBe(followers[0]?.sink.sent[2]?.streamEvent);
    }
  });

  it('share events wherever each resumes', async () => {
    const stage = createSubscriptionStage();
    stage.topic.append(2);
    const followers = [];
    for (const after of ['1', '2', undefined, '1'])
      followers.push(await stage.start({ variables: { after } }));
    stage.topic.append();
    await stage.settle();

    expect(followers.map(({ sink }) => sink.told().at(-1))).toEqual(['3', '3', '3', '3']);
    // Event 2 for those who resume after 1, the snapshot, and event 3 for everybody.
    expect(stage.executions).toEqual([2, 2, 3]);
  });

  it.each([
    ['other variables', { variables: { word: 'other' } }],
    ['another document', { query: `${FOLLOW_THING} ` }],
    ['another account', { account: 'bob' }],
    ['other scopes', { scopes: ['runs:read'] }],
  ] as const)('with %s are answered by themselves', async (_name, question) => {
    const stage = createSubscriptionStage();
    await stage.start({ variables: { word: 'word' } });
    const other = await stage.start(question);
    stage.topic.append();
    await stage.settle();

    expect(stage.executions).toEqual([0, 0, 1, 1]);
    expect(other.sink.told()).toEqual(['0', '1']);
  });

  it('execute each event in a context of its own', async () => {
    const stage = createSubscriptionStage();
    await stage.start();
    stage.topic.append(3);
    await stage.settle();

    // One to start the subscription, and one for each event.
    expect(stage.contexts).toMatchObject({ made: 5, disposed: 5 });
  });

  it('are started in one context per caller', async () => {
    const stage = createSubscriptionStage();
    const caller = testCaller();
    await stage.start({ caller });
    await stage.start({ caller });
    await stage.start({ caller: testCaller() });

    // The snapshots are one event for all three, who see the same.
    expect(stage.contexts).toMatchObject({ made: 3, disposed: 3 });
  });

  it('read errors in the closed list, and go on', async () => {
    const stage = createSubscriptionStage();
    stage.breakExecutions();
    const { sink } = await stage.start();
    stage.topic.append();
    await stage.settle();

    expect(sink.sent.map(({ payload }) => JSON.parse(payload.toString()) as unknown)).toMatchObject(
      Array(2).fill({
        data: { thing: { echo: null } },
        errors: [
          { path: ['thing', 'echo'], extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: 'an-error' } },
        ],
      }),
    );
    expect(sink.ending).toBeNull();
  });
});

describe('a slow consumer', () => {
  it('loses the middle, never the newest, and gets the number of events that it lost', async () => {
    const stage = createSubscriptionStage({ maxLag: 4 });
    const slow = await stage.start();
    const quick = await stage.start();
    slow.sink.isOpen = false;
    for (let events = 0; events < 10; events++) {
      stage.topic.append();
      await stage.settle();
    }
    expect(slow.sink.told()).toEqual(['0', '1']);
    slow.drain();
    await stage.settle();
    stage.topic.append();
    await stage.settle();

    expect(slow.sink.told()).toEqual(['0', '1', '(8) 10', '11']);
    expect(quick.sink.told()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11']);
  });

  it('loses nothing while it is no further behind than it may', async () => {
    const stage = createSubscriptionStage({ maxLag: 4 });
    const slow = await stage.start();
    slow.sink.isOpen = false;
    stage.topic.append(5);
    await stage.settle();
    slow.drain();
    await stage.settle();

    expect(slow.sink.told()).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  it('shares events with those who have lost as many', async () => {
    const stage = createSubscriptionStage({ maxLag: 4 });
    const slow = [await stage.start(), await stage.start(), await stage.start()];
    for (const { sink } of slow) sink.isOpen = false;
    stage.topic.append(10);
    await stage.settle();
    for (const { drain } of slow) drain();
    await stage.settle();

    expect(slow.map(({ sink }) => sink.told())).toEqual(Array(3).fill(['0', '1', '(8) 10']));
    expect(stage.executions).toEqual([0, 1, 10]);
  });

  it('that is blocked for a minute is closed, and no other', async () => {
    const stage = createSubscriptionStage();
    const slow = await stage.start();
    const quick = await stage.start();
    slow.sink.isOpen = false;
    stage.topic.append();
    await stage.clock.advance(59_999);
    expect(slow.sink.ending).toBeNull();
    await stage.clock.advance(1);

    expect(slow.sink.ending).toEqual({ kind: 'stalled' });
    expect(quick.sink.ending).toBeNull();
    expect(stage.subscriptions.size).toBe(1);
    expect(stage.topic).toMatchObject({ holders: 1, listeners: 1 });
  });

  it('that drains now and then stays', async () => {
    const stage = createSubscriptionStage();
    const slow = await stage.start();
    for (let minutes = 0; minutes < 5; minutes++) {
      slow.sink.isOpen = false;
      stage.topic.append();
      await stage.clock.advance(45_000);
      slow.drain();
    }

    expect(slow.sink.ending).toBeNull();
    expect(slow.sink.told()).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  it('gets no heartbeats, which would only add to its buffer', async () => {
    const stage = createSubscriptionStage();
    const slow = await stage.start();
    slow.sink.isOpen = false;
    stage.topic.append();
    await stage.clock.advance(45_000);

    expect(slow.sink.beats).toBe(0);
  });
});

describe('an idle subscription', () => {
  it('gets a heartbeat every 15 seconds', async () => {
    const stage = createSubscriptionStage();
    const { sink } = await stage.start();
    await stage.clock.advance(14_999);
    expect(sink.beats).toBe(0);
    await stage.clock.advance(1);
    expect(sink.beats).toBe(1);
    await stage.clock.advance(150_000);
    expect(sink.beats).toBe(11);
  });

  it('is released at once when its client leaves', async () => {
    const stage = createSubscriptionStage();
    const [first, second] = [await stage.start(), await stage.start()];
    expect(stage.topic).toMatchObject({ holders: 2, listeners: 2 });
    first.leave();
    expect(stage.topic).toMatchObject({ holders: 1, listeners: 1 });
    second.leave();
    await stage.settle();

    expect(stage.topic).toMatchObject({ holders: 0, listeners: 0 });
    expect(stage.subscriptions.size).toBe(0);
    expect(stage.clock.pending).toBe(0);
    // Nobody is left to be told.
    expect([first.sink.ending, second.sink.ending]).toEqual([null, null]);
  });

  it('whose event is still being answered is stopped when the last client leaves', async () => {
    const stage = createSubscriptionStage();
    const held = deferred<undefined>();
    const [first, second] = [await stage.start(), await stage.start()];
    stage.holdExecutions(held.promise);
    stage.topic.append();
    await stage.settle();
    const signal = stage.contexts.signals.at(-1);
    first.leave();
    expect(signal?.aborted).toBe(false);
    second.leave();
    expect(signal?.aborted).toBe(true);
    held.resolve(undefined);
    await stage.settle();

    expect(first.sink.told()).toEqual(['0']);
    expect(second.sink.told()).toEqual(['0']);
  });
});

describe('the end', () => {
  it('comes after the last event', async () => {
    const stage = createSubscriptionStage();
    const { sink } = await stage.start();
    stage.topic.append(2);
    stage.topic.complete();
    await stage.settle();

    expect(sink.told()).toEqual(['0', '1', '2']);
    expect(sink.ending).toEqual({ kind: 'complete' });
    expect(stage.subscriptions.size).toBe(0);
    expect(stage.topic).toMatchObject({ holders: 0, listeners: 0 });
    await stage.settle();
    expect(stage.clock.pending).toBe(0);
  });

  it('comes with the error of the watcher, after the events before that', async () => {
    const stage = createSubscriptionStage();
    const { sink } = await stage.start();
    stage.topic.append();
    const error = new GatewayError('UNAUTHENTICATED', 'The key is refused');
    stage.topic.fail(error);
    await stage.settle();

    expect(sink.told()).toEqual(['0', '1']);
    expect(sink.ending).toEqual({ kind: 'fail', error });
  });

  it('of the gateway ends all subscriptions, and those that are started later', async () => {
    const stage = createSubscriptionStage();
    const followers = [await stage.start(), await stage.start()];
    await stage.subscriptions[Symbol.asyncDispose]();
    const late = await stage.start();

    for (const { sink } of [...followers, late]) expect(sink.ending).toEqual({ kind: 'close' });
    expect(late.started.kind).toBe('closed');
    expect(stage.topic).toMatchObject({ holders: 0, listeners: 0 });
    expect(stage.clock.pending).toBe(0);
  });

  it('of the gateway also ends a subscription that is just being started', async () => {
    const stage = createSubscriptionStage();
    const starting = stage.start();
    await stage.subscriptions[Symbol.asyncDispose]();
    const { sink } = await starting;

    expect(sink.ending).toEqual({ kind: 'close' });
    expect(stage.topic).toMatchObject({ holders: 0, listeners: 0 });
  });

  it('is there from the start when there is nothing to follow', async () => {
    const stage = createSubscriptionStage();
    const { started } = await stage.start({ query: 'subscription { broken { sequence } }' });

    expect(started).toMatchObject({ kind: 'refused', errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    expect(stage.contexts).toMatchObject({ made: 1, disposed: 1 });
    expect(stage.subscriptions.size).toBe(0);
  });
});
