/** Random documents against a gateway over a simulator: with faults, and without them beside the naive reference. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { schema } from '../../schema/index.ts';
import type { Fault } from '../../src/simulator/simulator.ts';
import type { TestGateway } from '../support/gateway.ts';
import { checkAnswer } from './check-answer.ts';
import { documents } from './documents.ts';
import { poolOf } from './pool.ts';
import { createReference } from './reference.ts';

export interface RunOptions {
  readonly runs: number;
  readonly seed: number;
  /** Whether the first failure will do, instead of the smallest. */
  readonly isQuick?: boolean;
}

/** How often what happened. */
export type Figures = Readonly<Record<string, number>>;

/** Documents that are asked side by side. */
const TOGETHER = 16;

/** What may go wrong upstream, each now and then. */
const FAULTS: readonly Fault[] = [
  { path: '/v1/**', kind: 'status', status: 500, probability: 0.02 },
  { path: '/v1/**', kind: 'status', status: 503, probability: 0.02 },
  { path: '/v1/**', kind: 'status', status: 401, probability: 0.01 },
  { path: '/v1/**', kind: 'status', status: 403, probability: 0.01 },
  { path: '/v1/**', kind: 'status', status: 404, probability: 0.02 },
  // Rare: after one, every call of the account waits for a moment.
  { path: '/v1/**', kind: 'rateLimit', retryAfterMs: 1, probability: 0.0002 },
  { path: '/v1/**', kind: 'reset', probability: 0.02 },
  { path: '/v1/**', kind: 'malformedJson', probability: 0.02 },
  { path: '/v1/**', kind: 'truncatedJson', probability: 0.02 },
  { path: '/v1/**', kind: 'unknownEnum', probability: 0.02 },
  { path: '/v1/**', kind: 'extraFields', probability: 0.02 },
];

/** What a gateway that is fuzzed is started with: it gives up soon, and refuses nothing for want of a budget. */
export const FUZZED = {
  env: {
    UPSTREAM_RETRIES: '1',
    UPSTREAM_RETRY_BASE_MS: '1',
    UPSTREAM_RETRY_MAX_MS: '2',
    CALLER_CALLS_PER_MINUTE: '1000000000',
    QUERY_MAX_CALLS: '300',
    QUERY_MAX_ROWS: '1000',
  },
  simulator: { size: { scale: 0.04, scenarioRuns: 60, inProgress: 1 } },
} as const;

/** Everything that can be asked and done, while things go wrong: every answer is well-formed. */
export async function runWithFaults(gateway: TestGateway, options: RunOptions): Promise<Figures> {
  const pool = { ...poolOf(gateway.world), pageSizes: [3, 1, 2, 5, 20, 0, 101] };
  const figures: Record<string, number> = {};
  for (const fault of FAULTS) gateway.simulator.faults.add(fault);
  const asked = fc.oneof(
    { weight: 9, arbitrary: documents({ schema, pool, maxChoices: 36 }) },
    { weight: 1, arbitrary: documents({ schema, pool, maxChoices: 30, operation: 'mutation' }) },
  );
  await fc.assert(
    together(asked, async ({ query, variables }) => {
      const { status, text } = await gateway.query(query, variables);
      const { codes } = checkAnswer(status, text);
      count(figures, codes.length === 0 ? 'flawless' : 'with errors');
      for (const code of new Set(codes)) count(figures, code);
    }),
    {
      numRuns: Math.ceil(options.runs / TOGETHER),
      seed: options.seed,
      endOnFailure: options.isQuick === true,
    },
  );
  gateway.simulator.faults.clear();
  return figures;
}

/** What the reference knows, while nothing goes wrong: every answer without errors is its answer. */
export async function runBesideReference(gateway: TestGateway, options: RunOptions): Promise<Figures> {
  const { ids, ...words } = poolOf(gateway.world);
  // The reference has never heard of benchmark jobs.
  const pool = { ...words, ids: { ...ids, bmj: [] }, pageSizes: [3, 1, 2, 5, 20] };
  const reference = createReference(gateway.world);
  const figures: Record<string, number> = {};
  const asked = documents({ schema, pool, maxChoices: 36, accepts: reference.knows });
  await fc.assert(
    together(asked, async ({ query, variables }) => {
      const { status, text } = await gateway.query(query, variables);
      const { data, codes } = checkAnswer(status, text);
      for (const code of new Set(codes)) count(figures, code);
      if (codes.length > 0) return;
      const expected = await reference.answer(query, variables);
      // As it would be written down.
      const plain = JSON.parse(JSON.stringify(expected)) as {
        readonly data: unknown;
        readonly errors?: unknown;
      };
      if (!isDeepStrictEqual(data, plain.data))
        throw new Error(`Expected ${JSON.stringify(plain)}, got ${text}`);
      count(figures, 'equal to the reference');
    }),
    {
      numRuns: Math.ceil(options.runs / TOGETHER),
      seed: options.seed,
      endOnFailure: options.isQuick === true,
    },
  );
  return figures;
}

/** A property of many at once, as a server is asked. */
function together<T>(arbitrary: fc.Arbitrary<T>, predicate: (value: T) => Promise<void>) {
  return fc.asyncProperty(
    fc.array(arbitrary, { minLength: TOGETHER / 2, maxLength: TOGETHER + TOGETHER / 2, size: 'max' }),
    async (values) => {
      await Promise.all(values.map(predicate));
    },
  );
}

function count(figures: Record<string, number>, what: string): void {
  figures[what] = (figures[what] ?? 0) + 1;
}
