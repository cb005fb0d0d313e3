/** `createExecutionStage`: one document executed by graphql-js and by compiled code, over the same answers of the upstream. */
import {
  type DocumentNode,
  execute as interpret,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  Kind,
  parse,
} from 'graphql';
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { schema } from '../../schema/index.ts';
import { loadConfig } from '../../src/config.ts';
import type { Context } from '../../src/context.ts';
import type { ListKind, ListPage, ListRows, LiveEvent } from '../../src/events/event.ts';
import { createExecutor } from '../../src/execution/executor.ts';
import type { DeliveryOf } from '../../src/live/follow.ts';
import { createLoaders } from '../../src/loaders/loaders.ts';
import { filterLists } from '../../src/loaders/filter-lists.ts';
import { LARGEST_PAGE } from '../../src/loaders/scan-size.ts';
import { createPresentErrors } from '../../src/server/graphql/present-error.ts';
import type { Page } from '../../src/upstream/types.ts';
import type { UpstreamSession } from '../../src/upstream/upstream.ts';
import { createRecordingLog } from '../support/log.ts';
import { type Recording, replaySession } from '../support/replayed-session.ts';
import type { GeneratedOperation } from './documents.ts';
import { openStillWorld } from './still-world.ts';
import type { ValuePool } from './values.ts';

/** Which share of what is asked of the upstream fails: one in so many, which ones is told by the seed. */
export type UpstreamFaults = Readonly<{ faultyOneIn: number; seed: number }>;

export interface ExecutionStage extends AsyncDisposable {
  /** What documents can ask for. */
  readonly pool: ValuePool;
  /** Throws unless both executors give the same answer, byte for byte. */
  readonly expectSame: (operation: GeneratedOperation, faults: UpstreamFaults) => Promise<void>;
  /** The share of what was asked that compiled code has answered. */
  compiledShare(): number;
}

const DAY_MS = 24 * 60 * 60_000;

const BOUNDS = loadConfig({});

/** `documents` is how many are asked at most, all of which are held as compiled code. */
export async function createExecutionStage(options: { readonly documents: number }): Promise<ExecutionStage> {
  const still = await openStillWorld({ scenarioRuns: 300 });
  const { clock, session } = still;
  const executor = createExecutor({
    schema,
    settings: { compiledDocuments: options.documents * 2, compileAtExecution: 1, compiledMaxFields: 2_000 },
  });
  await executor.load();
  const deliveries = await someDeliveries(session, clock.now());
  const recording: Recording = new Map();
  let asked = 0;

  return {
    pool: await poolOf(session, clock.now()),
    expectSame: async (operation, faults) => {
      asked++;
      const answer = (execute: Execute) =>
        answerOf(operation, { faults, execute, session, recording, deliveries });
      await expectSameAnswer(answer, (args) => executor.execute(args));
    },
    compiledShare: () => executor.compiledCount / asked,
    async [Symbol.asyncDispose]() {
      await still[Symbol.asyncDispose]();
    },
  };
}

async function poolOf(session: UpstreamSession, nowMs: number): Promise<ValuePool> {
  const page = { limit: 8, totalCount: false };
  const ids = async (list: Promise<{ readonly rows: readonly unknown[] }>) =>
    (await list).rows.map((row) => (row as { readonly id: string }).id);
  return {
    ids: {
      scr: await ids(session.list('scenarioRuns', {}, page)),
      bmr: await ids(session.list('benchmarkRuns', {}, page)),
      bmd: await ids(session.list('benchmarks', {}, page)),
      scn: await ids(session.list('scenarios', {}, page)),
      dbx: await ids(session.list('devboxes', {}, page)),
      bmj: await ids(session.list('benchmarkJobs', {}, page)),
    },
    texts: ['agent', 'model', '', 'quo"te \\ \n \u2028 ` ${x}'],
    instantsMs: [nowMs - DAY_MS, nowMs + DAY_MS, 0],
    pageSizes: [3, 1, 10],
  };
}

type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/** What a subscription is told, by the name of its field. */
type Deliveries = Readonly<Record<string, DeliveryOf<LiveEvent>>>;

interface Execution {
  readonly execute: Execute;
  readonly faults: UpstreamFaults;
  readonly session: UpstreamSession;
  /** Answers of the upstream that every execution shares: they differ in what executes them, not in time. */
  readonly recording: Recording;
  readonly deliveries: Deliveries;
}

/** What a client gets, and what it cost. */
async function answerOf(
  { query, variables }: GeneratedOperation,
  { execute, faults, session, recording, deliveries }: Execution,
) {
  const document = parse(query);
  const replayed = replaySession(session, { recording, ...faults });
  const loaders = filterLists(createLoaders(replayed.session), BOUNDS);
  const startedAhead = new Set<string>();
  const contextValue: Partial<Context> = {
    permits: (scope) => scope !== 'usage:read',
    loaders,
    startAhead: (id, start) => {
      if (!startedAhead.has(id)) start(loaders);
      startedAhead.add(id);
    },
  };
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

function pageOf<L extends ListKind>(type: L, rows: readonly ListRows[L][]): ListPage<L> {
  return { type, id: 'a question', rows, hasMore: true, isExhaustive: false };
}

/** An event about each kind of thing that can be followed. */
async function someDeliveries(session: UpstreamSession, atMs: number): Promise<Deliveries> {
  const page = { limit: 3, totalCount: false };
  const entities = async <T>(list: Promise<Page<T>>) =>
    (await list).rows.filter((row): row is Exclude<typeof row, Error> => !(row instanceof Error));
  const scenarioRuns = await entities(session.list('scenarioRuns', {}, page));
  const [scenarioRun] = scenarioRuns;
  const benchmarkRuns = await entities(session.list('benchmarkRuns', {}, page));
  const benchmarkJobs = await entities(session.list('benchmarkJobs', {}, page));
  const [benchmarkRun] = benchmarkRuns;
  const [benchmarkJob] = benchmarkJobs;
  const [devbox] = await entities(session.list('devboxes', {}, page));
  if (!scenarioRun || !benchmarkRun || !benchmarkJob || !devbox) throw new Error('The world is too small');
  const changes = scenarioRuns.map((each) => ({ previousState: 'running' as const, scenarioRun: each }));
  const events: readonly LiveEvent[] = [
    { type: 'scenarioRun', atMs, previousState: 'running', scenarioRun },
    { type: 'benchmarkRun', atMs, previousState: 'running', benchmarkRun, changes },
    { type: 'benchmarkJob', atMs, previousState: null, benchmarkJob },
    { type: 'devbox', atMs, previousStatus: 'queued', devbox },
    {
      type: 'benchmarkRuns',
      atMs,
      page: pageOf('benchmarkRuns', benchmarkRuns),
      changes: [{ kind: 'added', row: benchmarkRun, previousState: null, index: 0 }],
    },
    {
      type: 'scenarioRuns',
      atMs,
      page: pageOf('scenarioRuns', scenarioRuns),
      changes: [{ kind: 'changed', row: scenarioRun, previousState: 'running', index: 0 }],
    },
    {
      type: 'benchmarkJobs',
      atMs,
      page: pageOf('benchmarkJobs', benchmarkJobs),
      changes: [{ kind: 'removed', row: benchmarkJob, previousState: 'queued', index: null }],
    },
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

async function expectSameAnswer(
  answer: (execute: Execute) => ReturnType<typeof answerOf>,
  compiled: Execute,
): Promise<void> {
  // Once to fill the recording, so that nobody waits for a socket.
  await answer(interpretRead);
  const straight = await answer(interpret);
  const expected = await answer(interpretRead);
  const actual = await answer(compiled);
  // What cannot be compiled is interpreted straight away.
  const { json, shown } = actual.json === straight.json ? straight : expected;
  assert.equal(actual.json, json);
  assert.equal(actual.shown, shown);
  assert.equal(actual.data, straight.data);
  assert.equal(actual.hasErrors, straight.hasErrors);
  // graphql-js does not start everything after an error that leaves no place for its parent. Nothing is asked twice, but
  // whole lists by those who read many of them and remember none.
  if (!straight.hasErrors) assert.deepEqual(new Set(actual.calls), new Set(straight.calls));
  const remembered = actual.calls.filter((call) => !call.includes(`"limit":${String(LARGEST_PAGE)}`));
  assert.deepEqual(remembered, [...new Set(remembered)]);
}
