import { describe, expect, it } from 'vitest';
import {
  runBesideReference,
  runBesideReferenceWithFailures,
  runEventsBesideReference,
  runWithFaults,
} from './document-runs.ts';
import { createFuzzedGateway } from './fuzzed-gateway.ts';
import { runBrokenMessages, runBrokenRequests, runRandomBytes } from './malformed-runs.ts';
import { runRequestForms } from './request-forms.ts';
import { runAnonymously } from './anonymous-runs.ts';

/** Other documents, and another world, at every run; a failure names the seed. */
const seed = Math.floor(Math.random() * 2 ** 31);

describe('random documents', { timeout: 180_000 }, () => {
  it.each([
    ['are answered as a naive reference resolver answers them', runBesideReference],
    ['begin to follow with what a naive reference resolver answers', runEventsBesideReference],
    ['are so, with an error where something is missing, while calls fail', runBesideReferenceWithFailures],
  ])('%s', async (_fact, run) => {
    await using gateway = await createFuzzedGateway(seed);

    const figures = await run(gateway, { runs: 200, seed });

    expect(figures['as the reference']).toBeGreaterThan(100);
    expect(gateway.defects()).toEqual([]);
  });

  it('are answered in good form while the upstream fails in every way', async () => {
    await using gateway = await createFuzzedGateway(seed);

    const figures = await runWithFaults(gateway, { runs: 200, seed });

    expect(figures['flawless']).toBeGreaterThan(20);
    expect(figures['with errors']).toBeGreaterThan(5);
    expect(gateway.defects()).toEqual([]);
  });
});

describe('malformed requests', { timeout: 180_000 }, () => {
  it.each([
    ['over HTTP', runBrokenRequests],
    ['of random bytes', runRandomBytes],
    ['over WebSocket', runBrokenMessages],
    ['in other forms than the plain one', runRequestForms],
  ] as const)('%s break nothing', async (_by, run) => {
    await using gateway = await createFuzzedGateway(seed);

    const figures = await run({ url: gateway.url, runs: 200, seed });

    expect(figures['malformed']).toBeGreaterThan(50);
    expect((await gateway.query('{ __typename }')).data).toEqual({ __typename: 'Query' });
    expect(gateway.defects()).toEqual([]);
  });
});

describe('documents of anonymous callers', { timeout: 180_000 }, () => {
  it('are answered alike where the graph does not describe itself', async () => {
    expect(await runAnonymously({ runs: 100, seed })).toEqual({ malformed: 100 });
  });
});
