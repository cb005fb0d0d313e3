/** `createReference`: answers documents over a world by looking at its rows one by one, and by nothing of the gateway. */
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  defaultFieldResolver,
  execute,
  type ExecutionResult,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
  parse,
} from 'graphql';
import type { World } from '../../src/simulator/simulator.ts';

export interface Reference {
  /** Resolves with what a naive server would answer. */
  answer(document: string, variables: Readonly<Record<string, unknown>>): Promise<ExecutionResult>;
  /** Whether it knows what this field answers, such as `ScenarioRun.score`. */
  readonly knows: (coordinate: string) => boolean;
}

/** A row as the upstream shows it, and what it is. */
interface Thing {
  readonly kind: string;
  readonly wire: Wire;
}

type Wire = Readonly<Record<string, unknown>>;
type Args = Readonly<Record<string, unknown>>;
type Resolve = (wire: Wire, args: Args, world: World) => unknown;

const KINDS = {
  scr: ['ScenarioRun', 'scenarioRuns'],
  bmr: ['BenchmarkRun', 'benchmarkRuns'],
  bmd: ['Benchmark', 'benchmarks'],
  scn: ['Scenario', 'scenarios'],
  dbx: ['Devbox', 'devboxes'],
} as const;

type Prefix = keyof typeof KINDS;

const isPrefix = (text: string): text is Prefix => Object.hasOwn(KINDS, text);

/** Rows of the world have no index signature; here they are looked at by name. */
const wireOf = (row: object): Wire => row as Wire;

function find(world: World, id: unknown): Thing | null {
  const prefix = typeof id === 'string' ? id.slice(0, 3) : '';
  if (typeof id !== 'string' || !isPrefix(prefix)) return null;
  const [kind, collection] = KINDS[prefix];
  const row = world[collection].list().find((each) => each.id === id);
  return row ? { kind, wire: wireOf(row) } : null;
}

/** Only what has this type, as a query by the type's own name finds it. */
const ofKind =
  (kind: string): Resolve =>
  (_root, { id }, world) => {
    const thing = find(world, id);
    return thing?.kind === kind ? thing : null;
  };

/** `behind` holds the ids of everything behind the cursor, whether it is in the list or not. */
function connection(things: readonly Thing[], args: Args, behind: ReadonlySet<unknown>) {
  const first = (args['first'] as number | null | undefined) ?? 20;
  const rest = isAbsent(args['after']) ? things : things.filter(({ wire }) => behind.has(wire['id']));
  const page = rest.slice(0, first);
  const edges = page.map((node) => ({ cursor: node.wire['id'], node }));
  return {
    edges,
    nodes: page,
    totalCount: things.length,
    isExhaustive: true,
    pageInfo: {
      hasNextPage: rest.length > first,
      hasPreviousPage: !isAbsent(args['after']),
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The rows of a kind that a filter leaves. Enumerations are the upstream's words in capitals. */
function listOf(world: World, prefix: Prefix, args: Args, only: (wire: Wire) => boolean = () => true) {
  const [kind, collection] = KINDS[prefix];
  const filter = (args['filter'] ?? {}) as Args;
  const all: unknown[] = world[collection].list().map(({ id }) => id);
  const rows = world[collection].list().map(wireOf).filter(only);
  const meets = (wire: Wire) =>
    Object.entries(filter).every(([name, wanted]) => {
      if (wanted === null || wanted === undefined || wanted === '') return true;
      switch (name) {
        case 'search':
          return ['id', 'name'].some((field) =>
            ((wire[field] ?? '') as string).toLowerCase().includes((wanted as string).toLowerCase()),
          );
        case 'state':
        case 'status':
          return wire[name] === (wanted as string).toLowerCase();
        case 'states':
          return (wanted as string[]).includes(word(wire['state']) ?? '');
        case 'startedAfter':
          return started(wire) >= Date.parse(wanted as string);
        case 'startedBefore':
          return started(wire) < Date.parse(wanted as string);
        case 'outcome':
          return outcomeOf(wire) === wanted;
        case 'minScore':
          return Number(ownScore(wire) ?? NaN) >= Number(wanted);
        case 'maxScore':
          return Number(ownScore(wire) ?? NaN) <= Number(wanted);
        case 'metadata':
          return (wanted as Wire[]).every(
            ({ key, value }) => ((wire['metadata'] ?? {}) as Wire)[key as string] === value,
          );
        default:
          return wire[snake(name)] === wanted;
      }
    });
  return connection(
    rows.filter(meets).map((wire) => ({ kind, wire })),
    args,
    new Set(all.slice(1 + all.indexOf(args['after']))),
  );
}

const isAbsent = (value: unknown) => value === null || value === undefined;

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const pairs = (value: unknown, [key, text]: readonly [string, string] = ['key', 'value']) =>
  Object.entries((value ?? {}) as Wire).map(([name, item]) => plain({ [key]: name, [text]: item }));

/** A thing whose fields have the names of the graph already. */
const plain = (wire: Wire): Thing => ({ kind: '', wire });

const instant = (ms: unknown) => (typeof ms === 'number' ? new Date(ms).toISOString() : null);
const word = (value: unknown) => (typeof value === 'string' ? value.toUpperCase() : null);
const end = (wire: Wire) =>
  typeof wire['start_time_ms'] === 'number' && typeof wire['duration_ms'] === 'number'
    ? instant(wire['start_time_ms'] + wire['duration_ms'])
    : null;

const scoreOf = (wire: Wire) => (wire['scoring_contract_result'] as Wire | null)?.['score'] ?? null;
/** NaN, which is neither before nor after anything, when a run has not started. */
const started = (wire: Wire) => Number(wire['start_time_ms'] ?? NaN);
/** Of a scenario run or of a benchmark run. */
const ownScore = (wire: Wire) => ('scenario_id' in wire ? scoreOf(wire) : wire['score']);
const ENDED = ['completed', 'canceled', 'timeout', 'failed'];

function outcomeOf(wire: Wire): string | null {
  const state = wire['state'] as string;
  if (state === 'scored' || state === 'completed') return scoreOf(wire) === 1 ? 'PASSED' : 'FAILED';
  return ENDED.includes(state) ? 'ERRORED' : null;
}

const metadata: Resolve = ({ metadata: all }, { keys }) =>
  pairs(all).filter(({ wire }) => isAbsent(keys) || (keys as unknown[]).includes(wire['key']));

const of =
  (field: string): Resolve =>
  (wire, _args, world) =>
    find(world, wire[field]);

const RUN_PROFILE: Readonly<Record<string, Resolve>> = {
  metadata,
  startedAt: (wire) => instant(wire['start_time_ms']),
  endedAt: end,
  state: (wire) => word(wire['state']),
  environmentVariables: (wire) => pairs(wire['environment_variables'], ['name', 'value']),
  secretsProvided: (wire) => pairs(wire['secrets_provided'], ['environmentVariable', 'secretName']),
};

/** What is no property of a row under the name of the field in snake case. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, Resolve>>>> = {
  Query: {
    node: (_root, { id }, world) => find(world, id),
    nodes: (_root, { ids }, world) => (ids as unknown[]).map((id) => find(world, id)),
    scenarioRun: ofKind('ScenarioRun'),
    benchmarkRun: ofKind('BenchmarkRun'),
    benchmark: ofKind('Benchmark'),
    scenario: ofKind('Scenario'),
    devbox: ofKind('Devbox'),
    scenarioRuns: (_root, args, world) => listOf(world, 'scr', args),
    benchmarkRuns: (_root, args, world) => listOf(world, 'bmr', args),
    devboxes: (_root, args, world) => listOf(world, 'dbx', args),
  },
  ScenarioRun: {
    ...RUN_PROFILE,
    isTerminal: ({ state }) => ENDED.includes(state as string),
    isFinished: ({ state }) => ['scored', ...ENDED].includes(state as string),
    outcome: (wire) => outcomeOf(wire),
    score: scoreOf,
    scoringResult: (wire) => (scoreOf(wire) === null ? null : plain(wire['scoring_contract_result'] as Wire)),
    scenario: of('scenario_id'),
    devbox: of('devbox_id'),
    benchmarkRun: of('benchmark_run_id'),
  },
  ScoringResult: {
    functionResults: (wire) => (wire['scoring_function_results'] as Wire[]).map(plain),
  },
  ScoringFunctionResult: {
    name: (wire) => wire['scoring_function_name'],
    state: (wire) => word(wire['state']),
    output: (wire, { maxChars }) =>
      isAbsent(maxChars) ? wire['output'] : (wire['output'] as string).slice(0, maxChars as number),
  },
  BenchmarkRun: {
    ...RUN_PROFILE,
    isTerminal: ({ state }) => state !== 'running',
    benchmark: of('benchmark_id'),
    scenarioRuns: ({ id }, args, world) =>
      listOf(world, 'scr', args, (wire) => wire['benchmark_run_id'] === id),
  },
  Benchmark: {
    metadata,
    status: (wire) => word(wire['status']),
    scenarioCount: ({ scenarioIds }) => (scenarioIds as string[]).length,
    runs: ({ id }, args, world) => listOf(world, 'bmr', args, (wire) => wire['benchmark_id'] === id),
    scenarios: ({ scenarioIds }, args, world) =>
      listOf(world, 'scn', args, ({ id }) => (scenarioIds as string[]).includes(id as string)),
  },
  Scenario: {
    metadata,
    status: (wire) => word(wire['status']),
    validationType: (wire) => word(wire['validation_type']),
    problemStatement: (wire) => (wire['input_context'] as Wire)['problem_statement'],
    additionalContext: (wire) => (wire['input_context'] as Wire)['additional_context'] ?? null,
    runs: ({ id }, args, world) => listOf(world, 'scr', args, (wire) => wire['scenario_id'] === id),
  },
  Devbox: {
    metadata,
    status: (wire) => word(wire['status']),
    isTerminal: ({ status }) => status === 'failure' || status === 'shutdown',
    createdAt: (wire) => instant(wire['create_time_ms']),
    endedAt: (wire) => instant(wire['end_time_ms']),
    failureReason: (wire) => word(wire['failure_reason']),
    shutdownReason: (wire) => word(wire['shutdown_reason']),
    initiatorType: (wire) => word(wire['initiator_type']),
    stateTransitions: (wire) => {
      const all = wire['state_transitions'] as Wire[];
      return all.map((transition, number) => {
        const [at, next] = [transition['transition_time_ms'], all[number + 1]?.['transition_time_ms']];
        const durationMs = typeof at === 'number' && typeof next === 'number' ? Math.max(0, next - at) : null;
        return plain({ ...transition, durationMs });
      });
    },
  },
  DevboxStateTransition: {
    status: (wire) => word(wire['status']),
    at: (wire) => instant(wire['transition_time_ms']),
    durationMs: (wire) => wire['durationMs'],
  },
};

/** Of the types above, what is left out: it is worked out by the gateway, or has forms of its own that other tests hold. */
const LEFT_OUT: readonly string[] = [
  'ScenarioRun.logs',
  'BenchmarkRun.progress',
  'BenchmarkRun.stats',
  'Benchmark.leaderboard',
  'Benchmark.attempts',
  'Scenario.environment',
  'Scenario.scoringFunctions',
  'Scenario.history',
  'Devbox.capabilities',
  'Devbox.launchParameters',
  'Devbox.usage',
  'Devbox.logs',
];

const SMALL_TYPES = ['KeyValue', 'EnvironmentVariable', 'SecretReference', 'PageInfo', 'Node'];

export function createReference(world: World): Reference {
  const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));
  // Scalars write what they are given: instants are text already.
  const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (source, args: Args, _context, info) => {
    const { parentType, fieldName } = info;
    const resolve = FIELDS[parentType.name]?.[fieldName];
    const thing = source as Thing | undefined;
    const wire = thing?.wire ?? {};
    if (resolve) return resolve(wire, args, world);
    if (thing && 'wire' in thing) return wire[fieldName] ?? wire[snake(fieldName)] ?? null;
    return defaultFieldResolver(source, args, null, info);
  };
  return {
    knows: (coordinate) => isKnown(schema, coordinate),
    answer: async (document, variableValues) =>
      execute({
        schema,
        document: parse(document),
        rootValue: plain({}),
        variableValues,
        fieldResolver,
        typeResolver: (thing) => (thing as Thing).kind,
      }),
  };
}

function isKnown(schema: GraphQLSchema, coordinate: string): boolean {
  const [name = '', field = ''] = coordinate.split('.');
  if (LEFT_OUT.includes(coordinate)) return false;
  if (name === 'Query') return FIELDS['Query']?.[field] !== undefined;
  const isPaged = /^(?:ScenarioRun|BenchmarkRun|Benchmark|Scenario|Devbox)(?:Connection|Edge)$/.test(name);
  return isObjectType(schema.getType(name)) ? name in FIELDS || isPaged || SMALL_TYPES.includes(name) : true;
}
