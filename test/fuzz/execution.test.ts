import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAILURES, runExecutions } from './execution-runs.ts';
import { createExecutionStage, type ExecutionStage } from './execution-stage.ts';

/** Of each kind. */
const DOCUMENTS = 50;

/** Other documents at every run; a failure names the seed. */
const seed = Math.floor(Math.random() * 2 ** 31);

let stage: ExecutionStage;

beforeAll(async () => {
  stage = await createExecutionStage({ documents: DOCUMENTS * 5 });
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

describe('compiled execution', { timeout: 180_000 }, () => {
  it.each(FAILURES)('answers random documents byte by byte as graphql-js, %s', async (_when, faultyOneIn) => {
    await runExecutions(stage, { operation: 'query', faultyOneIn, runs: DOCUMENTS, seed });
  });

  it.each([Infinity, 6])(
    'tells random subscriptions of events byte by byte as graphql-js, one in %d calls failing',
    async (faultyOneIn) => {
      await runExecutions(stage, { operation: 'subscription', faultyOneIn, runs: DOCUMENTS / 2, seed });
    },
  );

  it('was what answered almost all of them', () => {
    expect(stage.compiledShare()).toBeGreaterThan(0.9);
  });
});
