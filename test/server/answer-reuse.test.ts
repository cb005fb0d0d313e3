import { createSchema } from 'graphql-yoga';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { GatewayError } from '../../src/errors.ts';
import { Caller } from '../../src/security/caller.ts';
import type { Scope } from '../../src/security/scopes.ts';
import { createResponseCache } from '../../src/server/graphql/response-cache.ts';
import { createGraphql } from '../../src/server/graphql/graphql.ts';
import { type Admission, type Operation, operationHashOf } from '../../src/server/graphql/operation.ts';
import type { OperationContext } from '../../src/server/graphql/operation-context.ts';
import { createPresentErrors } from '../../src/server/graphql/present-error.ts';
import { createSharedExecutions } from '../../src/server/graphql/shared-executions.ts';
import { Account } from '../../src/upstream/account.ts';
import { deferred } from '../support/deferred.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createRecordingLog } from '../support/log.ts';

const COUNT = '{ count }';

function callerOf(account: string, scopes: readonly Scope[] = ['runs:read']): Caller {
  const id = account;
  return new Caller({ id, account: new Account(account, { hashSecret: 's' }), scopes: new Set(scopes) });
}

const ALICE = callerOf('alice');

interface StageOptions {
  readonly maxAnswers?: number;
  readonly maxBytes?: number;
  readonly admission?: Partial<Admission>;
}

/** The pipeline over a graph that counts its executions, with what is true in the hands of the test. */
function createStage({ maxAnswers = 100, maxBytes = 100_000, admission = {} }: StageOptions = {}) {
  const clock = createFakeClock();
  const truth = { untilMs: Infinity, isReplaced: false };
  const settled: (OperationContext | null)[] = [];
  const freshOnly: boolean[] = [];
  let executions = 0;
  let gate: Promise<unknown> = Promise.resolve();
  let isRefused = false;
  const schema = createSchema<OperationContext>({
    typeDefs: `
      type Query { count(step: Int): Int!  broken: Int }
      type Mutation { reset: Int! }
    `,
    resolvers: {
      Query: {
        count: async (_root: unknown, { step }: { step?: number }) => {
          const count = ++executions;
          await gate;
          return count * (step ?? 1);
        },
        broken: () => {
          executions++;
          throw new GatewayError('UPSTREAM_TIMEOUT', 'Too slow');
        },
      },
      Mutation: { reset: () => ++executions },
    },
  });
  const memory = createResponseCache(clock, { maxAnswers, maxBytes });
  const graphql = createGraphql({
    schema,
    authenticate: () => Promise.resolve(ALICE),
    admit: () => {
      if (isRefused) throw new GatewayError('RATE_LIMITED', 'Too much', { retryAfterMs: 1_000 });
      return {
        settle: (context) => {
          settled.push(context);
        },
        ...admission,
      };
    },
    createContext: ({ caller, isFreshOnly = false }) => {
      freshOnly.push(isFreshOnly);
      const { untilMs } = truth;
      return {
        caller,
        reads: { isValid: (nowMs: number) => nowMs < untilMs && !truth.isReplaced },
        [Symbol.dispose]: () => undefined,
      } as unknown as OperationContext;
    },
    presentErrors: createPresentErrors({ log: createRecordingLog().log, errorId: () => 'an-error' }),
    reuse: { responses: memory, executions: createSharedExecutions({ clock, joinMs: 1_000 }) },
    documentBounds: () => loadConfig({}).limits.documents,
    documentCache: { maxDocuments: 10, maxBytes: 1_000_000 },
  });
  return {
    clock,
    truth,
    memory,
    settled,
    freshOnly,
    get executions() {
      return executions;
    },
    hold: (until: Promise<unknown>) => {
      gate = until;
    },
    refuse: () => {
      isRefused = true;
    },
    async ask(
      text: string,
      { caller = ALICE, variables = {}, ...rest }: Partial<Operation> & { operationName?: string } = {},
    ) {
      const read = graphql.read(text, rest.operationName ?? null);
      const question = operationHashOf(read, variables);
      const operation: Operation = {
        read,
        hash: question,
        variables,
        extensions: {},
        isFreshOnly: false,
        caller,
        requestId: 'a-request',
        signal: new AbortController().signal,
        ...rest,
      };
      return (await graphql.answer(operation)).json;
    },
  };
}

const counted = (count: number) => JSON.stringify({ data: { count } });

describe('an answer', () => {
  it('is answered from the cache, byte for byte, while it is valid', async () => {
    const stage = createStage();

    expect([await stage.ask(COUNT), await stage.ask(COUNT)]).toEqual([counted(1), counted(1)]);
    expect(stage.executions).toBe(1);
  });

  it('is executed anew once it is no longer fresh', async () => {
    const stage = createStage();
    stage.truth.untilMs = stage.clock.now() + 1_000;
    await stage.ask(COUNT);
    await stage.clock.advance(999);
    expect(await stage.ask(COUNT)).toBe(counted(1));
    await stage.clock.advance(1);

    expect(await stage.ask(COUNT)).toBe(counted(2));
  });

  it('is executed anew once one of its dependencies is known to have changed', async () => {
    const stage = createStage();
    await stage.ask(COUNT);
    stage.truth.isReplaced = true;
    await stage.ask(COUNT);
    stage.truth.isReplaced = false;

    // The first answer was evicted when it was found invalid, and the second was never cached.
    expect(await stage.ask(COUNT)).toBe(counted(3));
  });

  it.each<[string, Partial<Operation> & { operationName?: string }]>([
    ['another account', { caller: callerOf('bob') }],
    [
      'a caller of the same account who may do more',
      { caller: callerOf('alice', ['runs:read', 'runs:write']) },
    ],
    ['other variables', { variables: { step: 2 } }],
    ['another operation of the document', { operationName: 'B' }],
  ])('is not told to %s', async (_who, asked) => {
    const stage = createStage();
    const text = 'query A($step: Int) { count(step: $step) } query B($step: Int) { count(step: $step) }';
    await stage.ask(text, { operationName: 'A' });
    const other = await stage.ask(text, { operationName: 'A', ...asked });

    expect(stage.executions).toBe(2);
    expect(other).toBe(counted(asked.variables ? 4 : 2));
  });

  it('is not used for another document or other variables', async () => {
    const stage = createStage();
    await stage.ask(COUNT);
    await stage.ask('{ n: count }');

    expect(stage.executions).toBe(2);
  });

  it('with an error is not cached', async () => {
    const stage = createStage();
    await stage.ask('{ broken }');
    await stage.ask('{ broken }');

    expect(stage.executions).toBe(2);
    expect(stage.memory.size).toBe(0);
  });

  it('to a mutation is neither cached nor shared', async () => {
    const stage = createStage();
    await Promise.all([stage.ask('mutation { reset }'), stage.ask('mutation { reset }')]);

    expect(stage.executions).toBe(2);
    expect(stage.memory.size).toBe(0);
  });

  it('is executed anew for no-cache, which refreshes the cache', async () => {
    const stage = createStage();
    await stage.ask(COUNT);

    expect(await stage.ask(COUNT, { isFreshOnly: true })).toBe(counted(2));
    expect(await stage.ask(COUNT)).toBe(counted(2));
    expect(stage.freshOnly).toEqual([false, true]);
  });

  it('to introspection is cached for good, also for anonymous clients', async () => {
    const stage = createStage();
    stage.truth.untilMs = -Infinity;
    await stage.ask('{ __typename }', { caller: null });
    await stage.ask('{ __typename }', { caller: null });

    expect(stage.memory.size).toBe(1);
    expect(stage.freshOnly).toEqual([]);
  });

  it('with a cost report is neither cached nor shared', async () => {
    const stage = createStage({ admission: { report: () => ({ cost: 1 }) } });
    await Promise.all([stage.ask(COUNT), stage.ask(COUNT)]);

    expect(stage.executions).toBe(2);
    expect(stage.memory.size).toBe(0);
    expect(JSON.parse(await stage.ask(COUNT))).toEqual({ data: { count: 3 }, extensions: { cost: 1 } });
  });

  it('is evicted when the cache is full', async () => {
    const stage = createStage({ maxAnswers: 2 });
    for (const step of [1, 2, 3]) await stage.ask(`{ count(step: ${String(step)}) }`);
    expect(stage.memory.size).toBe(2);
    await stage.ask('{ count(step: 1) }');

    expect(stage.executions).toBe(4);
  });

  it('is evicted, once it is no longer valid, when others are cached', async () => {
    const stage = createStage();
    stage.truth.untilMs = stage.clock.now() + 1_000;
    await stage.ask(COUNT);
    await stage.clock.advance(1_000);
    stage.truth.untilMs = Infinity;
    await stage.ask('{ n: count }');

    expect(stage.memory.size).toBe(1);
  });
});

describe('a cached answer', () => {
  it('costs nothing, so a caller without budget gets it all the same', async () => {
    const stage = createStage();
    await stage.ask(COUNT);
    stage.refuse();
    await stage.ask(COUNT);

    expect(await stage.ask(COUNT)).toBe(counted(1));
    expect(stage.settled.map((context) => context !== null)).toEqual([true]);
    expect(JSON.parse(await stage.ask('{ n: count }'))).toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
  });
});

describe('equal queries under way', () => {
  it('share an execution, and are settled one by one', async () => {
    const stage = createStage();
    const answers = await Promise.all([stage.ask(COUNT), stage.ask(COUNT), stage.ask(COUNT)]);

    expect(answers).toEqual([counted(1), counted(1), counted(1)]);
    expect(stage.settled.map((context) => context !== null).sort()).toEqual([false, false, true]);
  });

  it('are not joined by queries that come after a mutation of the account was answered', async () => {
    const stage = createStage();
    const held = deferred<undefined>();
    stage.hold(held.promise);
    const before = stage.ask(COUNT);
    await stage.ask('mutation { reset }');
    const after = stage.ask(COUNT);
    held.resolve(undefined);

    expect(await before).toBe(counted(1));
    expect(await after).toBe(counted(3));
  });

  it('are not joined by queries that come after something that they have read has changed', async () => {
    const stage = createStage();
    const held = deferred<undefined>();
    stage.hold(held.promise);
    const before = stage.ask(COUNT);
    await stage.clock.advance(0);
    stage.truth.isReplaced = true;
    const after = stage.ask(COUNT);
    held.resolve(undefined);

    expect(await Promise.all([before, after])).toEqual([counted(1), counted(2)]);
  });

  it('are released when all clients have left', async () => {
    const stage = createStage();
    stage.hold(new Promise(() => undefined));
    const client = new AbortController();
    const answer = stage.ask(COUNT, { signal: client.signal });
    await stage.clock.advance(0);
    client.abort(new GatewayError('UPSTREAM_TIMEOUT', 'The client went away'));

    expect(JSON.parse(await answer)).toMatchObject({ errors: [{ message: 'The client went away' }] });
    expect(stage.memory.size).toBe(0);
    expect(stage.settled).toHaveLength(0);
  });
});
