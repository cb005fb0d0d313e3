/**
 * The long fuzz run: random documents and malformed requests until FUZZ_DOCUMENTS were answered and FUZZ_REQUESTS refused,
 * then FUZZ_EXECUTIONS documents executed in both ways, and FUZZ_FOLLOWERS pairs of followers. FUZZ_SEED repeats a run.
 * What is set to 0 is left out.
 */
import { createHash } from 'node:crypto';
import {
  type Figures,
  runBesideReference,
  runBesideReferenceWithFailures,
  runEventsBesideReference,
  runWithFaults,
} from './document-runs.ts';
import type { GeneratedOperation } from './documents.ts';
import { FAILURES, runExecutions } from './execution-runs.ts';
import { createExecutionStage } from './execution-stage.ts';
import { runFollowers } from './follower-runs.ts';
import { createFollowerStage } from './follower-stage.ts';
import { createFuzzedGateway, type FuzzedGateway } from './fuzzed-gateway.ts';
import { runBrokenMessages, runBrokenRequests, runRandomBytes } from './malformed-runs.ts';
import { runRequestForms } from './request-forms.ts';
import { queryFields } from './query-fields.ts';
import { runAnonymously } from './anonymous-runs.ts';

const wanted = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);

const firstSeed = wanted('FUZZ_SEED', Math.floor(Math.random() * 2 ** 31));
const documents = wanted('FUZZ_DOCUMENTS', 10_000);
const requests = wanted('FUZZ_REQUESTS', 10_000);
const executions = wanted('FUZZ_EXECUTIONS', 500);
const followers = wanted('FUZZ_FOLLOWERS', 10_000);

/** What is asked of one gateway and its world, at most: the next ones have others. */
const PER_ROUND = 5_000;

const compared = new Set<string>();
const onField = (coordinate: string) => compared.add(coordinate);
/** What stands for each document that was asked. */
const distinct = new Set<string>();
const onDocument = (operation: GeneratedOperation) => {
  distinct.add(createHash('sha1').update(JSON.stringify(operation)).digest('base64'));
};
/** Of the round that comes next: no two rounds have the same world, or the same documents. */
let nextSeed = firstSeed;
const startedAt = performance.now();

console.log(
  `Seed ${String(firstSeed)}: ${String(documents)} documents, ${String(requests)} malformed requests, ${String(executions)} executions, ${String(followers)} pairs of followers`,
);

const answered = [
  await stage('documents beside the naive reference', {
    counted: 'answered',
    until: documents * 0.4,
    round: (gateway, about) => runBesideReference(gateway, { ...about, onDocument, onField }),
  }),
  await stage('documents beside the naive reference, while calls fail', {
    counted: 'answered',
    until: documents * 0.3,
    round: (gateway, about) => runBesideReferenceWithFailures(gateway, { ...about, onDocument, onField }),
  }),
  await stage('first events, beside the reference', {
    counted: 'as the reference',
    until: documents * 0.05,
    round: (gateway, about) => runEventsBesideReference(gateway, { ...about, onDocument, onField }),
  }),
  await stage('documents and mutations, while everything goes wrong', {
    counted: 'answered',
    until: documents * 0.3,
    round: (gateway, about) => runWithFaults(gateway, { ...about, onDocument }),
  }),
];
const refused = [
  await stage('broken requests over HTTP', {
    counted: 'malformed',
    until: requests * 0.6,
    round: ({ url }, about) => runBrokenRequests({ url, ...about }),
  }),
  await stage('random bytes', {
    counted: 'malformed',
    until: requests * 0.1,
    round: ({ url }, about) => runRandomBytes({ url, ...about }),
  }),
  await stage('documents of anonymous callers, where the graph does not describe itself', {
    counted: 'malformed',
    until: requests * 0.1,
    round: (_gateway, about) => runAnonymously(about),
  }),
  await stage('broken conversations over WebSocket', {
    counted: 'malformed',
    until: requests * 0.2,
    round: ({ url }, about) => runBrokenMessages({ url, ...about }),
  }),
  await stage('requests in other forms, beside the plain one', {
    counted: 'malformed',
    until: requests * 0.1,
    round: ({ url }, about) => runRequestForms({ url, ...about }),
  }),
];
if (executions > 0) await execute();
if (followers > 0) await follow();
summarise();

interface Stage {
  /** The figure that says how far the stage is. */
  readonly counted: string;
  readonly until: number;
  readonly round: (
    gateway: FuzzedGateway,
    about: { readonly runs: number; readonly seed: number },
  ) => Promise<Figures>;
}

/** Rounds until enough was counted. */
async function stage(name: string, { counted, until, round }: Stage): Promise<Figures> {
  const sums: Record<string, number> = {};
  const from = performance.now();
  while ((sums[counted] ?? 0) < until) {
    const before = sums[counted] ?? 0;
    // A little more than is missing: not all of it will count.
    const runs = Math.min(PER_ROUND, Math.ceil((until - before) * 1.5));
    add(sums, await oneRound(name, nextSeed++, (gateway, seed) => round(gateway, { runs, seed })));
    const { rss } = process.memoryUsage();
    console.log(
      `  ${name}: ${String(sums[counted] ?? 0)} ${counted}, ${String(Math.round(rss / 2 ** 20))} MB`,
    );
    if (sums[counted] === before) throw new Error(`${name}: nothing ${counted} in a whole round`);
  }
  console.log(`${name}, ${seconds(from)} s:`, sums);
  return sums;
}

/** The gateway is asked a plain question in the end, and must not have logged a defect. */
async function oneRound(
  name: string,
  seed: number,
  round: (gateway: FuzzedGateway, seed: number) => Promise<Figures>,
): Promise<Figures> {
  await using gateway = await createFuzzedGateway(seed);
  try {
    const figures = await round(gateway, seed);
    const { status } = await gateway.query('{ __typename }');
    if (status !== 200 || gateway.defects().length > 0) throw new Error(gateway.defects().slice(0, 5).join());
    return figures;
  } catch (error) {
    throw new Error(`${name}, with the world ${String(seed)}`, { cause: error });
  }
}

/** Queries, and events of subscriptions. */
async function execute(): Promise<void> {
  const from = performance.now();
  const runs = Math.ceil(executions / (FAILURES.length * 2));
  await using stageOfBoth = await createExecutionStage({ documents: executions });
  for (const [, faultyOneIn] of FAILURES) {
    for (const operation of ['query', 'subscription'] as const) {
      await runExecutions(stageOfBoth, { operation, faultyOneIn, runs, seed: firstSeed });
    }
  }
  const share = Math.round(stageOfBoth.compiledShare() * 100);
  console.log(
    `documents executed in both ways, ${seconds(from)} s: ${String(runs * FAILURES.length * 2)}, ${String(share)} % of them compiled`,
  );
}

/** Two followers with one document, each of whom gets what they get alone. */
async function follow(): Promise<void> {
  const from = performance.now();
  await using stageOfFollowers = await createFollowerStage();
  const figures = await runFollowers(stageOfFollowers, { runs: followers, seed: firstSeed });
  console.log(`pairs of followers, ${seconds(from)} s:`, figures);
}

function summarise(): void {
  const sum = (figures: readonly Figures[], what: string) =>
    figures.reduce((total, each) => total + (each[what] ?? 0), 0);
  const fields = queryFields();
  const missing = fields.filter((field) => !compared.has(field));
  console.log(
    [
      `In ${seconds(startedAt)} s: ${String(sum(answered, 'answered'))} documents were answered (${String(distinct.size)} distinct ones were asked),`,
      `${String(sum(answered, 'as the reference'))} of them compared with the naive reference;`,
      `${String(sum(answered, 'refused'))} more were refused as a whole.`,
      `${String(sum(refused, 'malformed'))} malformed requests were refused;`,
      `${String(sum(refused, 'valid after all'))} more proved valid.`,
      `${String(fields.length - missing.length)} of ${String(fields.length)} fields were compared; never: ${missing.join(', ') || 'none'}.`,
    ].join('\n'),
  );
}

function add(sums: Record<string, number>, figures: Figures): void {
  for (const [name, count] of Object.entries(figures)) sums[name] = (sums[name] ?? 0) + count;
}

function seconds(from: number): string {
  return String(Math.round((performance.now() - from) / 1000));
}
