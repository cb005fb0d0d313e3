import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';
import { FUZZED, runBesideReference, runWithFaults } from './document-runs.ts';
import { runBrokenMessages, runBrokenRequests, runRandomBytes } from './malformed-runs.ts';

/** Other documents at every run; a failure names the seed. */
const seed = Math.floor(Math.random() * 2 ** 31);

describe('random documents', { timeout: 180_000 }, () => {
  it('are answered as a naive reference resolver answers them', async () => {
    await using gateway = await createTestGateway(FUZZED);

    const figures = await runBesideReference(gateway, { runs: 150, seed });

    expect(figures['equal to the reference']).toBeGreaterThan(50);
  });

  it('are answered in good form while the upstream fails in every way', async () => {
    await using gateway = await createTestGateway(FUZZED);

    const figures = await runWithFaults(gateway, { runs: 150, seed });

    expect(figures['flawless']).toBeGreaterThan(20);
    expect(figures['with errors']).toBeGreaterThan(5);
    expect(gateway.record.lines().filter(({ event }) => event === 'operation.failed')).toEqual([]);
  });
});

describe('malformed requests', { timeout: 180_000 }, () => {
  it.each([
    ['over HTTP', runBrokenRequests],
    ['of random bytes', runRandomBytes],
    ['over WebSocket', runBrokenMessages],
  ] as const)('%s break nothing', async (_by, run) => {
    await using gateway = await createTestGateway(FUZZED);

    await run({ url: gateway.url, runs: 200, seed });

    expect((await gateway.query('{ __typename }')).data).toEqual({ __typename: 'Query' });
    expect(gateway.record.lines().filter(({ event }) => event === 'operation.failed')).toEqual([]);
  });
});
