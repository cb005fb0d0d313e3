import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { documents } from '../fuzz/documents.ts';
import { poolOf } from '../fuzz/pool.ts';
import { createTestGateway } from '../support/gateway.ts';

/** Nothing is refused for want of a budget; what costs most is left out, so that this ends soon. */
const WIDE = {
  QUERY_MAX_CALLS: '1000',
  QUERY_MAX_ROWS: '2000',
  CALLER_CALLS_PER_MINUTE: '1000000000',
};

describe('the prediction', () => {
  it('is never less than what is sent, nor than what is asked for', { timeout: 120_000 }, async () => {
    await using gateway = await createTestGateway({
      env: WIDE,
      simulator: { size: { scale: 0.1, scenarioRuns: 150, inProgress: 1 } },
    });
    const random = documents({ schema, pool: poolOf(gateway.world), maxDepth: 6, maxChoices: 120 });
    let executed = 0;
    let predicted = 0;
    let sent = 0;

    await fc.assert(
      fc.asyncProperty(random, async ({ query, variables }) => {
        const { text } = await gateway.query(query, variables, { headers: { 'X-GraphQL-Cost': 'report' } });
        const seen = gateway.calls().length;
        sent += seen;
        const { cost } = (
          JSON.parse(text) as { extensions?: { cost?: Record<'predicted' | 'actual' | 'cached', number> } }
        ).extensions ?? { cost: undefined };
        if (!cost) return;
        predicted += cost.predicted;
        if (seen > 0) executed++;
        expect(cost.predicted).toBeGreaterThanOrEqual(cost.actual);
        expect(cost.predicted).toBeGreaterThanOrEqual(cost.cached);
      }),
      { numRuns: 150 },
    );
    // Together with what an answer that is null from its root on has not waited for.
    expect(sent).toBeLessThanOrEqual(predicted);
    expect(executed).toBeGreaterThan(30);
  });
});
