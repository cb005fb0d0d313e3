import { describe, expect, it } from 'vitest';
import { createSharedExecutions } from '../../src/server/graphql/shared-executions.ts';
import { deferred } from '../support/deferred.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const QUESTION = { key: 'alice what', accountId: 'alice' };

function createStage() {
  const clock = createFakeClock();
  const executions = createSharedExecutions<string>({ clock, joinMs: 1_000 });
  const started: { signal: AbortSignal; answer: (answer: string) => void; fail: (error: Error) => void }[] =
    [];
  return {
    clock,
    executions,
    started,
    ask(question = QUESTION) {
      const client = new AbortController();
      const answer = executions.run(question, client.signal, ({ signal }) => {
        const outcome = deferred<() => string>();
        started.push({
          signal,
          answer: (text) => {
            outcome.resolve(() => text);
          },
          fail: (error) => {
            outcome.resolve(() => {
              throw error;
            });
          },
        });
        return outcome.promise.then((make) => make());
      });
      const outcome = answer.catch((error: unknown) => (error as Error).message);
      return {
        outcome,
        leave: () => {
          client.abort(new Error('The client has left'));
        },
      };
    },
  };
}

describe('equal operations at the same time', () => {
  it('share one execution', async () => {
    const stage = createStage();
    const clients = [stage.ask(), stage.ask(), stage.ask()];
    stage.started[0]?.answer('so');

    expect(await Promise.all(clients.map(({ outcome }) => outcome))).toEqual(['so', 'so', 'so']);
    expect(stage.started).toHaveLength(1);
    expect(stage.executions.size).toBe(0);
  });

  it('fail together', async () => {
    const stage = createStage();
    const clients = [stage.ask(), stage.ask()];
    stage.started[0]?.fail(new Error('broken'));

    expect(await Promise.all(clients.map(({ outcome }) => outcome))).toEqual(['broken', 'broken']);
  });

  it('abort their execution only when the last client leaves', async () => {
    const stage = createStage();
    const [first, second] = [stage.ask(), stage.ask()];
    first.leave();

    expect(await first.outcome).toBe('The client has left');
    expect(stage.started[0]?.signal.aborted).toBe(false);
    second.leave();
    expect(await second.outcome).toBe('The client has left');
    expect(stage.started[0]?.signal.aborted).toBe(true);
  });

  it('still answer the clients that stay when another leaves', async () => {
    const stage = createStage();
    const [first, second] = [stage.ask(), stage.ask()];
    first.leave();
    await first.outcome;
    stage.started[0]?.answer('so');

    expect(await second.outcome).toBe('so');
  });
});

describe('an execution of its own', () => {
  it('is started for another cache key', () => {
    const stage = createStage();
    stage.ask();
    stage.ask({ key: 'bob what', accountId: 'bob' });

    expect(stage.started).toHaveLength(2);
  });

  it('is started after the answer', async () => {
    const stage = createStage();
    const first = stage.ask();
    stage.started[0]?.answer('so');
    await first.outcome;
    stage.ask();

    expect(stage.started).toHaveLength(2);
  });

  it('is started after all other clients have left', async () => {
    const stage = createStage();
    const first = stage.ask();
    first.leave();
    await first.outcome;
    const second = stage.ask();
    stage.started[0]?.answer('old');
    stage.started[1]?.answer('new');

    expect(await second.outcome).toBe('new');
  });

  it('is started a second after the start of another, and joined by later operations', async () => {
    const stage = createStage();
    stage.ask();
    await stage.clock.advance(999);
    stage.ask();
    expect(stage.started).toHaveLength(1);
    await stage.clock.advance(1);
    stage.ask();
    stage.ask();

    expect(stage.started).toHaveLength(2);
  });

  it('is started after a change in the account, and earlier operations keep theirs', async () => {
    const stage = createStage();
    const before = stage.ask();
    const other = stage.ask({ key: 'bob what', accountId: 'bob' });
    stage.executions.detach('alice');
    const after = stage.ask();
    stage.ask({ key: 'bob what', accountId: 'bob' });
    for (const [index, { answer }] of stage.started.entries()) answer(`answer ${String(index)}`);

    expect(stage.started).toHaveLength(3);
    expect(await Promise.all([before.outcome, other.outcome, after.outcome])).toEqual([
      'answer 0',
      'answer 1',
      'answer 2',
    ]);
  });
});
