import { useOnResolve } from '@envelop/on-resolve';
import { useDisableIntrospection } from '@envelop/disable-introspection';
import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import type { Plugin } from '@envelop/core';
import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';

const RUN = 'query Run($id: ID!) { scenarioRun(id: $id) { id name } }';
const DONE = { state: 'completed', start_time_ms: Date.UTC(2025, 0, 1), name: 'a run' } as const;

/** A gateway with a run that moves no more, so that answers with it are cached. */
async function startGateway(...plugins: readonly object[]) {
  const gateway = await createTestGateway({ env: { CACHE_LIVE_MS: '1000' }, overrides: { plugins } });
  const { id } = gateway.world.insert.scenarioRun(DONE);
  return Object.assign(gateway, { id, run: () => gateway.query(RUN, { id }) });
}

const done = (change: (payload: { result: never; setResult: (result: never) => void }) => void): Plugin => ({
  onExecute: () => ({ onExecuteDone: change as never }),
});

describe('an answer that hooks leave alone', () => {
  it('is sent as the bytes that are cached, with their tag', async () => {
    await using plain = await startGateway();
    await using plugged = await startGateway(
      done(({ result }) => {
        expect('data' in (result as object)).toBe(true);
        expect((result as { errors?: unknown }).errors).toBeUndefined();
      }),
    );
    for (let times = 0; times < 3; times++) {
      const [expected, answer] = [await plain.run(), await plugged.run()];
      const withoutId = ({ text }: { text: string }) => text.replace(/scr_\w+/, 'id');
      expect(withoutId(answer)).toBe(withoutId(expected));
      expect(answer.headers.get('etag')).not.toBeNull();
    }
  });
});

describe('an answer that a hook changes', () => {
  it('in place is sent changed, and stays as it was for others', async () => {
    let isChanging = true;
    await using gateway = await startGateway(
      done(({ result }) => {
        if (isChanging)
          (result as { data: { scenarioRun: { name: string } } }).data.scenarioRun.name = 'changed';
      }),
    );
    const names = [];
    for (isChanging of [true, false, true, false]) {
      const { data } = await gateway.run();
      names.push((data as { scenarioRun: { name: string } }).scenarioRun.name);
    }

    expect(names).toEqual(['changed', 'a run', 'changed', 'a run']);
    expect(gateway.calls()).toHaveLength(1);
  });

  it('by another one is sent as that, also with an error of the plugin', async () => {
    await using gateway = await startGateway(
      done(({ result, setResult }) => {
        const error = new GraphQLError('Expected a better day', { extensions: { code: 'FORBIDDEN' } });
        setResult({ ...(result as object), errors: [error], extensions: { traced: 1 } } as never);
      }),
    );
    const answer = await gateway.run();

    expect(JSON.parse(answer.text)).toEqual({
      data: { scenarioRun: { id: gateway.id, name: 'a run' } },
      errors: [{ message: 'Expected a better day', extensions: { code: 'FORBIDDEN' } }],
      extensions: { traced: 1 },
    });
  });

  it('by adding extensions in place has them', async () => {
    await using gateway = await startGateway(
      done(({ result }) => {
        Object.assign(result, { extensions: { traced: 1 } });
      }),
    );
    await gateway.run();

    expect(JSON.parse((await gateway.run()).text)).toMatchObject({ extensions: { traced: 1 } });
  });
});

describe('a hook that throws', () => {
  it('is masked behind an id, and its operation costs no call', async () => {
    const plugin: Plugin = {
      onExecute: () => {
        throw new Error('secret detail');
      },
    };
    await using gateway = await startGateway(plugin);
    const answer = await gateway.run();

    expect(answer.text).not.toContain('secret detail');
    expect(answer.errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    expect(gateway.calls()).toEqual([]);
  });
});

describe('a plugin that extends the context', () => {
  const tenant: Plugin<{ request: Request; cacheKey?: string }> = {
    onContextBuilding: ({ context, extendContext }) => {
      const team = context.request.headers.get('x-team') ?? '';
      extendContext({ cacheKey: team, team } as never);
    },
  };

  it('keeps answers apart by cacheKey, and resolvers see what it added', async () => {
    const teams: unknown[] = [];
    const resolving = useOnResolve<{ team: string }>(({ context, info }) => {
      if (info.fieldName === 'scenarioRun') teams.push(context.team);
    });
    await using gateway = await startGateway(tenant, resolving);
    const ask = (team: string) => gateway.query(RUN, { id: gateway.id }, { headers: { 'X-Team': team } });
    for (const team of ['red', 'red', 'blue', 'red', 'blue']) expect((await ask(team)).errors).toEqual([]);

    expect(teams).toEqual(['red', 'blue']);
  });

  it.each(['loaders', 'caller'])('does not replace %s', async (name) => {
    await using gateway = await startGateway({
      onContextBuilding: ({ extendContext }) => {
        extendContext({ [name]: null });
      },
    } satisfies Plugin);

    expect((await gateway.run()).errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  });
});

describe('plugins of others', () => {
  it('refuse introspection (@envelop/disable-introspection), cached documents included', async () => {
    let isDisabled = false;
    await using gateway = await startGateway(useDisableIntrospection({ disableIf: () => isDisabled }));
    const codes = [];
    for (isDisabled of [false, false, true, true, false]) {
      const { errors } = await gateway.query('{ __schema { queryType { name } } }');
      codes.push(errors[0]?.extensions.code ?? 'answered');
    }

    expect(codes).toEqual([
      'answered',
      'answered',
      'GRAPHQL_VALIDATION_FAILED',
      'GRAPHQL_VALIDATION_FAILED',
      'answered',
    ]);
  });

  it('bound aliases (@escape.tech/graphql-armor-max-aliases), and the rules of the gateway stay', async () => {
    await using gateway = await startGateway(maxAliasesPlugin({ n: 1 }));
    const ask = (fields: string) => gateway.query(`query ($id: ID!) { ${fields} }`, { id: gateway.id });

    expect((await ask('a: scenarioRun(id: $id) { id }')).errors).toEqual([]);
    expect((await ask('a: scenarioRun(id: $id) { id } b: scenarioRun(id: $id) { id }')).errors).toMatchObject(
      [{ message: expect.stringContaining('Aliases limit of 1 exceeded') as string }],
    );
    expect((await ask('a: nothing(id: $id)')).errors).toMatchObject([
      { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ]);
  });
});

describe('a plugin that puts another document in the place of what was sent', () => {
  it('has it executed, checked like any other', async () => {
    const { parse } = await import('graphql');
    let text = 'query Run($id: ID!) { scenarioRun(id: $id) { state } }';
    const plugin: Plugin = {
      onParse: ({ setParsedDocument }) => {
        setParsedDocument(parse(text));
      },
    };
    await using gateway = await startGateway(plugin);
    for (let times = 0; times < 3; times++)
      expect((await gateway.run()).data).toEqual({ scenarioRun: { state: 'COMPLETED' } });
    text = 'query Run($id: ID!) { nothing(id: $id) }';

    expect((await gateway.run()).errors).toMatchObject([
      { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ]);
  });
});
