import {
  assertObjectType,
  buildSchema,
  createSourceEventStream,
  execute,
  type ExecutionResult,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { declaredScopes, denyUndeclared, rootFields } from '../../schema/default-deny.ts';
import { schema } from '../../schema/index.ts';
import { loadConfig } from '../../src/config.ts';
import type { Context, Scope } from '../../src/context.ts';
import type { Control } from '../../src/control/control.ts';
import { isScope, SCOPES } from '../../src/security/scopes.ts';
import { createFollowing } from '../../src/live/following.ts';
import type { Live } from '../../src/live/live.ts';
import { createLoaders } from '../../src/loaders/loaders.ts';
import { filterLists } from '../../src/loaders/filter-lists.ts';
import { Account } from '../../src/upstream/account.ts';
import { devbox, scenarioRun } from '../support/entities.ts';
import { fakeSession } from '../support/fake-session.ts';

const RUN = scenarioRun({
  id: 'scr_1',
  name: 'a run',
  devboxId: 'dbx_1',
  environmentVariables: [{ name: 'TOKEN', value: 'a-value' }],
  secretsProvided: [{ environmentVariable: 'PASSWORD', secretName: 'a-secret' }],
});

const QUERY = /* GraphQL */ `
  {
    scenarioRun(id: "scr_1") {
      name
      environmentVariables {
        name
        value
      }
      secretsProvided {
        environmentVariable
        secretName
      }
      devbox {
        id
        logs {
          nodes {
            message
          }
        }
        usage {
          vcpuSec
        }
      }
    }
  }
`;

function contextOf(scopes: readonly Scope[]): Context {
  const session = fakeSession({
    get: {
      scenarioRun: () => Promise.resolve(RUN),
      devbox: () => Promise.resolve(devbox('dbx_1', [])),
    },
    read: {
      devboxLogs: () => Promise.resolve([]),
      devboxUsage: () => Promise.resolve({ vcpuSec: 7 } as never),
    },
  });
  const account = new Account('ak_test', { hashSecret: 'test' });
  return {
    permits: (scope) => scopes.includes(scope),
    noteRefusal: () => undefined,
    startAhead: () => undefined,
    loaders: filterLists(createLoaders(session), loadConfig({})),
    control: {} as Control,
    live: createFollowing({} as Live, account, {
      signal: new AbortController().signal,
      bounds: { maxLag: 1 },
    }),
  };
}

/** Answers at once when nothing has to be fetched. */
function ask(document: string, scopes: readonly Scope[]): ExecutionResult | Promise<ExecutionResult> {
  return execute({ schema, document: parse(document), contextValue: contextOf(scopes) });
}

describe('the scopes of the graph', () => {
  it.each(rootFields(schema))('are declared at %s', (name, field) => {
    const scopes = declaredScopes(field);

    expect(scopes?.every(isScope), `${name} has to declare a scope`).toBe(true);
    expect(scopes).toContain(name.startsWith('Mutation.') ? 'runs:write' : 'runs:read');
  });

  it('are needed to ask at all', async () => {
    expect(await ask(QUERY, ['runs:write', 'environment:read'])).toMatchObject({
      data: { scenarioRun: null },
      errors: [
        {
          path: ['scenarioRun'],
          message: 'Query.scenarioRun needs the scope runs:read, which the caller does not have',
          originalError: { code: 'FORBIDDEN' },
        },
      ],
    });
  });

  it('are all that somebody needs who has them', async () => {
    const answer = await ask(QUERY, Object.keys(SCOPES) as Scope[]);

    expect(answer).toEqual({
      data: {
        scenarioRun: {
          name: 'a run',
          environmentVariables: [{ name: 'TOKEN', value: 'a-value' }],
          secretsProvided: [{ environmentVariable: 'PASSWORD', secretName: 'a-secret' }],
          devbox: { id: 'dbx_1', logs: { nodes: [] }, usage: { vcpuSec: 7 } },
        },
      },
    });
  });

  it('guard what is sensitive, and leave the rest of the answer', async () => {
    const { data, errors } = await ask(QUERY, ['runs:read']);

    expect(data).toEqual({
      scenarioRun: {
        name: 'a run',
        environmentVariables: [{ name: 'TOKEN', value: null }],
        secretsProvided: [{ environmentVariable: 'PASSWORD', secretName: null }],
        devbox: { id: 'dbx_1', logs: null, usage: null },
      },
    });
    expect(errors?.map(({ path, message }) => [path?.join('.'), message])).toEqual([
      [
        'scenarioRun.secretsProvided.0.secretName',
        'SecretReference.secretName needs the scope environment:read, which the caller does not have',
      ],
      ['scenarioRun.devbox.logs', 'Devbox.logs needs the scope logs:read, which the caller does not have'],
      ['scenarioRun.devbox.usage', 'Devbox.usage needs the scope usage:read, which the caller does not have'],
    ]);
  });

  it('guard the secrets that a scenario or a benchmark requires', () => {
    for (const name of ['Scenario', 'Benchmark']) {
      const field = assertObjectType(schema.getType(name)).getFields()['requiredSecretNames'];
      expect(field && declaredScopes(field)).toEqual(['environment:read']);
    }
  });

  it('refuse a subscription before anything is followed', async () => {
    const document = parse('subscription { scenarioRun(id: "scr_1") { cursor } }');
    const stream = await createSourceEventStream({
      schema,
      document,
      contextValue: contextOf(['runs:write']),
    });

    expect(stream).toMatchObject({
      errors: [
        { message: 'Subscription.scenarioRun needs the scope runs:read, which the caller does not have' },
      ],
    });
  });

  it('are checked without a promise', () => {
    // A list of ids that is too long is refused at once: so is the check before it over.
    const answer = ask(`{ nodes(ids: [${'"scr_1" '.repeat(101)}]) { id } }`, ['runs:read']);

    expect(answer).toMatchObject({ errors: [{ originalError: { code: 'BAD_USER_INPUT' } }] });
  });

  it('are what a field without any is denied for', () => {
    const open = denyUndeclared(
      buildSchema('type Query { open: String } type Subscription { open: String }'),
    );
    const answer = execute({ schema: open, document: parse('{ open }'), rootValue: { open: 'something' } });

    expect(answer).toMatchObject({
      data: { open: null },
      errors: [{ message: 'Query.open declares no scope, so nobody may ask for it' }],
    });
  });
});
