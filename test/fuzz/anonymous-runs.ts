/** Where the graph does not describe itself, whoever presents no credentials is answered the same, whatever they ask. */
import fc from 'fast-check';
import { schema } from '../../schema/index.ts';
import { createTestGateway } from '../support/gateway.ts';
import { generated } from './choices.ts';
import type { Figures, RunOptions } from './document-runs.ts';
import { documentOf } from './documents.ts';
import { poolOf } from './pool.ts';

/** Random documents, a third of them with a piece cut out: names of the graph beside others, syntax errors, all that there is. */
export async function runAnonymously({ runs, seed }: RunOptions): Promise<Figures> {
  await using gateway = await createTestGateway({
    env: { AUTH: 'passthrough', NODE_ENV: 'production', UPSTREAM: 'runloop' },
  });
  const pool = poolOf(gateway.world);
  const asked = generated(
    (choices) => {
      const { query } = documentOf(choices, { schema, pool });
      return choices.oneIn(3) ? query.slice(0, query.length / 2) + query.slice(query.length / 2 + 3) : query;
    },
    { maxChoices: 300 },
  );
  const answers = new Set<string>();
  const ask = async (query: string) => {
    const { status, text } = await gateway.query(query);
    answers.add(`${String(status)} ${text}`);
    if (answers.size > 1) throw new Error(`Answers differ: ${[...answers].join(' and ')}`);
  };
  await fc.assert(fc.asyncProperty(asked, ask), { numRuns: runs, seed, endOnFailure: true });
  return { malformed: runs };
}
