/** The long fuzz run: random documents and malformed requests, as many as FUZZ_DOCUMENTS and FUZZ_REQUESTS say. */
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Figures, FUZZED, runBesideReference, runWithFaults } from './document-runs.ts';
import { runBrokenMessages, runBrokenRequests, runRandomBytes } from './malformed-runs.ts';

const wanted = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);

const seed = wanted('FUZZ_SEED', Math.floor(Math.random() * 2 ** 31));
const documents = wanted('FUZZ_DOCUMENTS', 10_000);
const requests = wanted('FUZZ_REQUESTS', 10_000);
console.log(`Seed ${String(seed)}: ${String(documents)} documents, ${String(requests)} malformed requests`);

await stage('documents beside the naive reference', async (gateway) =>
  runBesideReference(gateway, { runs: Math.ceil(documents / 2), seed, isQuick: true }),
);
await stage('documents while the upstream fails', async (gateway) =>
  runWithFaults(gateway, { runs: Math.ceil(documents / 2), seed, isQuick: true }),
);
await stage('malformed requests', async ({ url }) => ({
  ...(await runBrokenRequests({ url, runs: Math.ceil(requests * 0.6), seed })),
  ...(await runRandomBytes({ url, runs: Math.ceil(requests * 0.1), seed })),
  ...(await runBrokenMessages({ url, runs: Math.ceil(requests * 0.3), seed })),
}));

/** A gateway for each: it is asked a plain question in the end, and must not have logged a defect. */
async function stage(name: string, run: (gateway: TestGateway) => Promise<Figures>): Promise<void> {
  await using gateway = await createTestGateway(FUZZED);
  const startedAt = performance.now();
  const figures = await run(gateway);
  const { status } = await gateway.query('{ __typename }');
  const defects = gateway.record.lines().filter(({ event }) => event === 'operation.failed');
  if (status !== 200 || defects.length > 0)
    throw new Error(`${name}: ${JSON.stringify(defects.slice(0, 5))}`);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(`${name}, ${String(seconds)} s:`, figures);
}
