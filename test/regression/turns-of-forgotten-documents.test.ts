import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createExecutor } from '../../src/execution/executor.ts';
import { createRouteStage } from '../server/route-stage.ts';

describe('a request that is cached', () => {
  it('waits in the queue when its document is not cached and is parsed again', async () => {
    const { ask, counts } = createRouteStage({ maxDocuments: 1 });
    const [one, other] = ['{ one: a }', '{ other: a }'].map((query) => JSON.stringify({ query }));
    for (const body of [one, one, one, other, other, other]) await ask(body);
    const { turns } = counts;

    await ask(one);

    expect(counts.turns).toBe(turns + 1);
    await ask(one);
    await ask(one);
    expect(counts.turns).toBeLessThanOrEqual(turns + 2);
  });
});

describe('an execution that compiles', () => {
  it('is announced before it begins, so that it can wait in the queue', async () => {
    const schema = buildSchema('type Query { a: Int }');
    const document = parse('{ a }');
    const settings = { compiledDocuments: 10, compileAtExecution: 3, compiledMaxFields: 100 };
    const executor = createExecutor({ schema, settings });
    await executor.load();
    const seen: boolean[] = [];
    for (let execution = 0; execution < 4; execution++) {
      seen.push(executor.isAboutToCompile(document));
      await executor.execute({ schema, document });
    }

    expect(seen).toEqual([false, false, true, false]);
    expect(executor.compiledCount).toBe(1);
  });
});
