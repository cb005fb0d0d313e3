import fc from 'fast-check';
import {
  type DocumentNode,
  execute as interpret,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  Kind,
  parse,
} from 'graphql';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { createSystemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { Context } from '../../src/context.ts';
import type { LiveEvent } from '../../src/events/event.ts';
import { createExecutor, type Executor } from '../../src/execution/executor.ts';
import type { DeliveryOf } from '../../src/live/follow.ts';
import { createLoaders } from '../../src/loaders/loaders.ts';
import { narrowLists } from '../../src/loaders/narrow-lists.ts';
import { LARGEST_PAGE } from '../../src/loaders/scan-size.ts';
import { createPresentErrors } from '../../src/server/present-error.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { createRestUpstream } from '../../src/upstream/rest.ts';
import type { Page } from '../../src/upstream/types.ts';
import { DEFAULT_UPSTREAM_SETTINGS } from '../../src/upstream/upstream-settings.ts';
import type { Upstream, UpstreamSession } from '../../src/upstream/upstream.ts';
import { testCaller } from '../support/caller.ts';
import { createRecordingLog } from '../support/log.ts';
import { type Recording, replaySession } from '../support/replayed-session.ts';
import { documents, type GeneratedOperation } from './documents.ts';
import type { ValuePool } from './values.ts';

/** `FUZZ_DOCUMENTS=10000` asks more than a run of all tests has the time for. */
const DOCUMENTS = Number(process.env['FUZZ_DOCUMENTS'] ?? 150);

/** What fails is made smaller, which takes its time. */
const LONGEST_MS = 10 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

let simulator: Simulator;
let upstream: Upstream;
let session: UpstreamSession;
let pool: ValuePool;
/** What a subscription is told, by the name of its field. */
let deliveries: Readonly<Record<string, DeliveryOf<LiveEvent>>>;
let executor: Executor;
const bounds = loadConfig({});
/** Answers of the upstream that every execution shares: they differ in what executes them, not in time. */
const recording: Recording = new Map();

beforeAll(async () => {
  const clock = createSystemClock();
  simulator = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    clock,
    seed: 7,
    speed: 0,
    size: { scenarioRuns: 300 },
    maxScenarioRuns: 1_000,
  });
  upstream = createRestUpstream({
    settings: { ...DEFAULT_UPSTREAM_SETTINGS, baseUrl: simulator.url },
    clock,
    observer: { call: () => undefined, unknownValue: () => undefined },
    random: () => 0,
    version: 'test',
  });
  session = upstream.session({
    account: testCaller().account,
    priority: 'interactive',
    signal: new AbortController().signal,
    deadlineAt: Infinity,
  });
  const page = { limit: 8, totalCount: false };
  const ids = async (list: Promise<{ readonly rows: readonly unknown[] }>) =>
    (await list).rows.map((row) => (row as { readonly id: string }).id);
  pool = {
    ids: {
      scr: await ids(session.scenarioRuns({}, page)),
      bmr: await ids(session.benchmarkRuns({}, page)),
      bmd: await ids(session.benchmarks({}, page)),
      scn: await ids(session.scenarios({}, page)),
      dbx: await ids(session.devboxes({}, page)),
      bmj: await ids(session.benchmarkJobs({}, page)),
    },
    texts: ['agent', 'model', '', 'quo"te \\ \n \u2028 ` ${x}'],
    instantsMs: [clock.now() - DAY_MS, clock.now() + DAY_MS, 0],
    pageSizes: [3, 1, 10],
  };
  deliveries = await someDeliveries(clock.now());
  executor = createExecutor({
    schema,
    settings: { compiledDocuments: DOCUMENTS * 2, compileAtExecution: 1, compiledMaxFields: 2_000 },
  });
  await executor.load();
});

afterAll(async () => {
  await upstream[Symbol.asyncDispose]();
  await simulator[Symbol.asyncDispose]();
});

type Faults = Readonly<{ faultyOneIn: number; seed: number }>;

type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/** What a client gets, and what it cost. */
async function answerOf({ query, variables }: GeneratedOperation, faults: Faults, execute: Execute) {
  const document = parse(query);
  const replayed = replaySession(session, { recording, ...faults });
  const loaders = narrowLists(createLoaders(replayed.session), bounds);
  const contextValue: Partial<Context> = { permits: (scope) => scope !== 'usage:read', loaders };
  const result = await execute({
    schema,
    document,
    variableValues: variables,
    rootValue: deliveries[fieldOf(document)],
    contextValue,
  });
  const presentErrors = createPresentErrors({ log: createRecordingLog().log, errorId: () => 'an id' });
  return {
    hasErrors: result.errors !== undefined,
    json: JSON.stringify(result),
    shown: JSON.stringify(result.errors && presentErrors(result.errors, 'a request')),
    data: JSON.stringify(result.data),
    calls: [...replayed.calls()].sort(),
  };
}

/** The name of the first field of a document. */
function fieldOf(document: DocumentNode): string {
  const selection = getOperationAST(document)?.selectionSet.selections[0];
  return selection?.kind === Kind.FIELD ? selection.name.value : '';
}

/** An event about each kind of thing that can be followed. */
async function someDeliveries(atMs: number): Promise<typeof deliveries> {
  const page = { limit: 3, totalCount: false };
  const entities = async <T>(list: Promise<Page<T>>) =>
    (await list).rows.filter((row): row is Exclude<typeof row, Error> => !(row instanceof Error));
  const scenarioRuns = await entities(session.scenarioRuns({}, page));
  const [scenarioRun] = scenarioRuns;
  const [benchmarkRun] = await entities(session.benchmarkRuns({}, page));
  const [benchmarkJob] = await entities(session.benchmarkJobs({}, page));
  const [devbox] = await entities(session.devboxes({}, page));
  if (!scenarioRun || !benchmarkRun || !benchmarkJob || !devbox) throw new Error('The world is too small');
  const changes = scenarioRuns.map((each) => ({ previousState: 'running' as const, scenarioRun: each }));
  const events: readonly LiveEvent[] = [
    { type: 'scenarioRun', atMs, previousState: 'running', scenarioRun },
    { type: 'benchmarkRun', atMs, previousState: 'running', benchmarkRun, changes },
    { type: 'benchmarkJob', atMs, previousState: null, benchmarkJob },
    { type: 'devbox', atMs, previousStatus: 'queued', devbox },
  ];
  return Object.fromEntries(
    events.map((event) => [
      event.type,
      { kind: 'changed', cursor: 'a cursor', sequence: 1, skipped: 2, event } satisfies DeliveryOf<LiveEvent>,
    ]),
  );
}

/**
 * graphql-js gives up on what has no place any more, so which of several errors it names can depend on which came first.
 * This is what it says once everything has been read.
 */
const interpretRead: Execute = async (args) => {
  await interpret(args);
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  return interpret(args);
};

let asked = 0;

async function expectSame(operation: GeneratedOperation, faults: Faults) {
  // Once to fill the recording, so that nobody waits for a socket.
  await answerOf(operation, faults, interpretRead);
  const straight = await answerOf(operation, faults, interpret);
  const expected = await answerOf(operation, faults, interpretRead);
  const actual = await answerOf(operation, faults, (args) => executor.execute(args));
  asked++;
  // What cannot be compiled is interpreted straight away.
  const { json, shown } = actual.json === straight.json ? straight : expected;
  expect(actual.json).toBe(json);
  expect(actual.shown).toBe(shown);
  expect(actual.data).toBe(straight.data);
  expect(actual.hasErrors).toBe(straight.hasErrors);
  // graphql-js does not start everything after an error that leaves no place for its parent. Nothing is asked twice, but
  // whole lists by those who read many of them and remember none.
  if (!straight.hasErrors) expect(new Set(actual.calls)).toEqual(new Set(straight.calls));
  const remembered = actual.calls.filter((call) => !call.includes(`"limit":${String(LARGEST_PAGE)}`));
  expect(remembered).toEqual([...new Set(remembered)]);
}

describe('compiled execution', () => {
  it.each([
    ['when all is well', Infinity],
    ['when now and then something fails', 40],
    ['when much fails', 6],
  ])(
    'answers random documents byte by byte as graphql-js, %s',
    async (_when, faultyOneIn) => {
      await fc.assert(
        fc.asyncProperty(documents({ schema, pool }), fc.nat(), (operation, seed) =>
          expectSame(operation, { faultyOneIn, seed }),
        ),
        { numRuns: Math.ceil(DOCUMENTS / 3) },
      );
    },
    LONGEST_MS,
  );

  it(
    'tells random subscriptions of events byte by byte as graphql-js',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          documents({ schema, pool, operation: 'subscription' }),
          fc.nat(),
          fc.constantFrom(Infinity, 6),
          (operation, seed, faultyOneIn) => expectSame(operation, { faultyOneIn, seed }),
        ),
        { numRuns: Math.ceil(DOCUMENTS / 3) },
      );
    },
    LONGEST_MS,
  );

  it('was what answered almost all of them', () => {
    expect(executor.compiledCount / asked).toBeGreaterThan(0.9);
  });
});
