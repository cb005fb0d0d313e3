/** Random documents against a gateway over a simulator: beside the naive reference, and while things go wrong. */
import fc from 'fast-check';
import { type DocumentNode, Kind, parse, print, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { request } from 'undici';
import { schema } from '../../schema/index.ts';
import type { Fault } from '../../src/simulator/simulator.ts';
import { openEventStream } from '../support/event-stream.ts';
import type { TestGateway } from '../support/gateway.ts';
import { differenceOf, type Path, valueAt } from './agreement.ts';
import { type CheckedAnswer, checkAnswer } from './check-answer.ts';
import { type DocumentOptions, documents, type GeneratedOperation } from './documents.ts';
import { poolOf } from './pool.ts';
import { createReference, type ReferenceAnswer } from './reference/reference.ts';
import { isAbsent } from './reference/thing.ts';

export interface RunOptions {
  readonly runs: number;
  readonly seed: number;
  /** Called with every document that is asked, and its variables. */
  readonly onDocument?: (operation: GeneratedOperation) => void;
  /** Called with every field that was compared with the reference, such as `ScenarioRun.score`. */
  readonly onField?: (coordinate: string) => void;
}

/** How often what happened. */
export type Figures = Readonly<Record<string, number>>;

/** Documents that are asked side by side. */
const TOGETHER = 16;

/** Of documents: fewer decisions make the same few again and again. */
const SIZES = { maxDepth: 7, minChoices: 20, maxChoices: 90 };

/** What of an answer it costs, and never what it says: it is whole, or has an error where something is missing. */
const LOUD: readonly Fault[] = [
  { path: '/v1/**', kind: 'status', status: 500, probability: 0.03 },
  { path: '/v1/**', kind: 'status', status: 503, probability: 0.05 },
  { path: '/v1/**', kind: 'status', status: 401, probability: 0.01 },
  { path: '/v1/**', kind: 'status', status: 403, probability: 0.02 },
  // Rare: after one, every call of the account waits for a moment.
  { path: '/v1/**', kind: 'rateLimit', retryAfterMs: 1, probability: 0.0002 },
  { path: '/v1/**', kind: 'reset', probability: 0.05 },
  { path: '/v1/**', kind: 'malformedJson', probability: 0.03 },
  { path: '/v1/**', kind: 'truncatedJson', probability: 0.03 },
  { path: '/v1/**', kind: 'extraFields', probability: 0.05 },
];

/** What makes an answer say something else. */
const QUIET: readonly Fault[] = [
  { path: '/v1/**', kind: 'status', status: 404, probability: 0.03 },
  { path: '/v1/**', kind: 'unknownEnum', probability: 0.05 },
];

/** Everything that can be asked, done and followed, while everything goes wrong: every answer is well-formed. */
export async function runWithFaults(gateway: TestGateway, options: RunOptions): Promise<Figures> {
  const figures: Record<string, number> = {};
  const about = documentsOf(gateway);
  const asked = fc.oneof(
    { weight: 16, arbitrary: documents(about) },
    { weight: 2, arbitrary: documents({ ...about, operation: 'mutation' }) },
    { weight: 1, arbitrary: documents({ ...about, operation: 'subscription' }) },
  );
  await whileFailing(gateway, [...LOUD, ...QUIET], () =>
    askEach(asked, options, async (operation) => {
      await (operation.query.startsWith('subscription') ? follow : ask)(gateway, operation, figures);
    }),
  );
  return figures;
}

/** While nothing goes wrong, every answer is that of the reference, and so is what is refused. */
export async function runBesideReference(gateway: TestGateway, options: RunOptions): Promise<Figures> {
  return compareEach(gateway, options, ({ data, errorPaths, codes }, expected) => {
    const isRefused = (expected.errors ?? []).length > 0;
    if (isRefused !== errorPaths.length > 0)
      return `Got the errors ${codes.join()}, expected ${JSON.stringify(expected.errors)}`;
    return differenceOf(data, expected.data, []);
  });
}

/** While nothing goes wrong, the first event of whatever is followed is that of the reference, and so is what is refused. */
export async function runEventsBesideReference(gateway: TestGateway, options: RunOptions): Promise<Figures> {
  const figures: Record<string, number> = {};
  const reference = createReference(gateway.world, options.onField ?? (() => undefined));
  const asked = documents({ ...documentsOf(gateway), operation: 'subscription' });
  await askEach(asked, options, async ({ query, variables }) => {
    const operation = { query: withoutOccasion(query), variables };
    const answer = await follow(gateway, operation, figures);
    if (!answer) return;
    const expected = await reference.answer(operation.query, variables);
    const isRefused = (expected.errors ?? []).length > 0;
    const wrong =
      isRefused === answer.errorPaths.length > 0
        ? differenceOf(answer.data, expected.data, [])
        : `Got the errors ${answer.codes.join()}, expected ${JSON.stringify(expected.errors)}`;
    if (wrong !== null) throw new Error(`${wrong}, to ${JSON.stringify(operation)}`);
    count(figures, 'as the reference');
  });
  return figures;
}

/** The document with `skipped` in the place of what says when and where the event was, which no reference knows. */
function withoutOccasion(query: string): string {
  const types = new TypeInfo(schema);
  const changed: DocumentNode = visit(
    parse(query),
    visitWithTypeInfo(types, {
      Field: (node) => {
        const isOfEvent = types.getParentType()?.name.endsWith('Event') === true;
        if (!isOfEvent || !['at', 'cursor'].includes(node.name.value)) return undefined;
        return { ...node, alias: node.alias ?? node.name, name: { kind: Kind.NAME, value: 'skipped' } };
      },
    }),
  );
  return print(changed);
}

/** While calls fail, what there is of every answer is that of the reference, and an error says what is missing. */
export async function runBesideReferenceWithFailures(
  gateway: TestGateway,
  options: RunOptions,
): Promise<Figures> {
  return whileFailing(gateway, LOUD, () =>
    compareEach(gateway, options, ({ data, errorPaths }, expected) =>
      differenceOf(data, expected.data, errorPaths, unreadPages(data, expected)),
    ),
  );
}

/** Where a page may say that it is not exhaustive, because it could not be read: where nothing of it is shown. */
function unreadPages(data: unknown, { exhaustive, pages }: ReferenceAnswer): readonly Path[] {
  const placeOf = (path: Path) => path.slice(0, -1).join();
  const shown = new Set(pages.filter((path) => !isAbsent(valueAt(data, path))).map(placeOf));
  return exhaustive.filter((path) => !shown.has(placeOf(path)));
}

/** `check` says what is wrong with an answer, or null. */
async function compareEach(
  gateway: TestGateway,
  options: RunOptions,
  check: (answer: CheckedAnswer, expected: ReferenceAnswer) => string | null,
): Promise<Figures> {
  const figures: Record<string, number> = {};
  const reference = createReference(gateway.world, options.onField ?? (() => undefined));
  const asked = documents(documentsOf(gateway));
  await askEach(asked, options, async (operation) => {
    const answer = await ask(gateway, operation, figures);
    if (!answer) return;
    const wrong = check(answer, await reference.answer(operation.query, operation.variables));
    if (wrong !== null) throw new Error(`${wrong}, to ${JSON.stringify(operation)}`);
    count(figures, 'as the reference');
  });
  return figures;
}

function documentsOf({ world }: TestGateway): DocumentOptions {
  return { schema, pool: poolOf(world), ...SIZES };
}

/** The answer in good form; null when the document was refused as a whole, and so nothing was answered. */
async function ask(
  gateway: TestGateway,
  { query, variables }: GeneratedOperation,
  figures: Record<string, number>,
): Promise<CheckedAnswer | null> {
  const { statusCode, body } = await request(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return noted(checkAnswer(statusCode, await body.text()), figures);
}

/** The first event, or why there is none. */
async function follow(
  { url }: TestGateway,
  operation: GeneratedOperation,
  figures: Record<string, number>,
): Promise<CheckedAnswer | null> {
  using stream = await openEventStream(url, operation);
  await Promise.race([stream.received(1), stream.ended]);
  const [first] = stream.events;
  count(figures, first ? 'events' : 'refused to follow');
  return noted(
    first ? checkAnswer(200, JSON.stringify(first.data)) : checkAnswer(stream.status, stream.text),
    figures,
  );
}

function noted(answer: CheckedAnswer, figures: Record<string, number>): CheckedAnswer | null {
  for (const code of new Set(answer.codes)) count(figures, code);
  if (answer.data === undefined) {
    count(figures, 'refused');
    return null;
  }
  count(figures, 'answered');
  count(figures, answer.codes.length === 0 ? 'flawless' : 'with errors');
  return answer;
}

async function whileFailing<T>(
  { simulator }: TestGateway,
  faults: readonly Fault[],
  run: () => Promise<T>,
): Promise<T> {
  for (const fault of faults) simulator.faults.add(fault);
  try {
    return await run();
  } finally {
    simulator.faults.clear();
  }
}

/** Many at once, as a server is asked. */
async function askEach(
  asked: fc.Arbitrary<GeneratedOperation>,
  { runs, seed, onDocument }: RunOptions,
  check: (operation: GeneratedOperation) => Promise<void>,
): Promise<void> {
  const some = fc.array(asked, { minLength: TOGETHER, maxLength: TOGETHER });
  await fc.assert(
    fc.asyncProperty(some, async (operations) => {
      if (onDocument) operations.forEach(onDocument);
      await Promise.all(operations.map(check));
    }),
    // What fails says which document it was: to make sixteen of them smaller takes minutes.
    { numRuns: Math.ceil(runs / TOGETHER), seed, endOnFailure: true },
  );
}

function count(figures: Record<string, number>, what: string): void {
  figures[what] = (figures[what] ?? 0) + 1;
}
