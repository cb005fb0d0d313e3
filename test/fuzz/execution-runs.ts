/** `runExecutions`: random documents and events, executed by graphql-js and by compiled code, byte for byte the same. */
import fc from 'fast-check';
import { schema } from '../../schema/index.ts';
import type { RunOptions } from './document-runs.ts';
import { documents } from './documents.ts';
import type { ExecutionStage } from './execution-stage.ts';

/** How often a call of the upstream fails. */
export const FAILURES = [
  ['when all is well', Infinity],
  ['when now and then something fails', 40],
  ['when much fails', 6],
] as const;

type Asked = 'query' | 'subscription';

export async function runExecutions(
  { pool, expectSame }: ExecutionStage,
  options: RunOptions & { readonly operation: Asked; readonly faultyOneIn: number },
): Promise<void> {
  const { operation, faultyOneIn, runs, seed } = options;
  await fc.assert(
    fc.asyncProperty(documents({ schema, pool, operation }), fc.nat(), (document, faultSeed) =>
      expectSame(document, { faultyOneIn, seed: faultSeed }),
    ),
    { numRuns: runs, seed, endOnFailure: true },
  );
}
