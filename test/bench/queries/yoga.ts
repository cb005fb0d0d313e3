/** The fair rival: what a competent person writes in a day, graphql-yoga, Pothos and DataLoader over a pool of 512 sockets. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import SchemaBuilder from '@pothos/core';
import DataLoader from 'dataloader';
import { createYoga } from 'graphql-yoga';
import { Pool } from 'undici';
import { answerQuestions } from '../live/child.ts';

type Json = Readonly<Record<string, unknown>> & { readonly id: string };

interface Page {
  readonly rows: readonly Json[];
  readonly hasMore: boolean;
}

const SOCKETS = 512;

let pool: Pool | undefined;

async function get(path: string): Promise<Json> {
  if (!pool) throw new Error('It has no upstream yet');
  const { statusCode, body } = await pool.request({
    path,
    method: 'GET',
    headers: { authorization: 'Bearer ak_bench' },
  });
  if (statusCode !== 200) throw new Error(`${path} answered ${String(statusCode)}`);
  return (await body.json()) as Json;
}

async function list(path: string): Promise<Page> {
  const page = await get(path);
  return { rows: page['runs'] as readonly Json[], hasMore: page['has_more'] === true };
}

const byId = (path: string) =>
  new DataLoader((ids: readonly string[]) =>
    Promise.all(ids.map((id) => get(`${path}/${id}`).catch((error: unknown) => error as Error))),
  );

const createContext = () => ({
  scenario: byId('/v1/scenarios'),
  devbox: byId('/v1/devboxes'),
  benchmark: byId('/v1/benchmarks'),
  benchmarkRun: byId('/v1/benchmark_runs'),
  scenarioRun: byId('/v1/scenarios/runs'),
});

const builder = new SchemaBuilder<{
  Context: ReturnType<typeof createContext>;
  Scalars: { DateTime: { Input: string; Output: number }; JSON: { Input: unknown; Output: unknown } };
}>({
  // Asked for by the types of a plugin that the gateway has, and this has not.
  scopeAuth: { authScopes: () => ({}) },
});

builder.scalarType('DateTime', { serialize: (ms) => new Date(ms).toISOString() });
builder.scalarType('JSON', { serialize: (value) => value });

const pairs = (map: unknown) =>
  Object.entries((map ?? {}) as Readonly<Record<string, string>>).map(([key, value]) => ({ key, value }));
const upper = (word: unknown) => (typeof word === 'string' ? word.toUpperCase() : null);

/** Fields that are a property of the row, by name and property. */
type Kind = 'String' | 'Float' | 'ID' | 'Boolean' | 'DateTime' | 'JSON';
const objectType = (name: string, properties: Readonly<Record<string, readonly [Kind, string]>>) => {
  const type = builder.objectRef<Json>(name);
  builder.objectType(type, {
    fields: (t) =>
      Object.fromEntries(
        Object.entries(properties).map(([field, [kind, property]]) => [
          field,
          t.field({ type: kind, resolve: (row: Json) => row[property] as never }),
        ]),
      ),
  });
  return type;
};

const KeyValue = objectType('KeyValue', {
  key: ['String', 'key'],
  value: ['String', 'value'],
  name: ['String', 'key'],
});
const SecretReference = objectType('SecretReference', {
  environmentVariable: ['String', 'key'],
  secretName: ['String', 'value'],
});
const Scorer = objectType('Scorer', { type: ['String', 'type'] });
const ScoringFunction = objectType('ScoringFunction', {
  name: ['String', 'name'],
  weight: ['Float', 'weight'],
});
builder.objectField(ScoringFunction, 'scorer', (t) =>
  t.field({ type: Scorer, resolve: (row) => row['scorer'] as Json }),
);
const FunctionResult = objectType('ScoringFunctionResult', {
  name: ['String', 'scoring_function_name'],
  score: ['Float', 'score'],
  output: ['String', 'output'],
});
builder.objectField(FunctionResult, 'state', (t) => t.string({ resolve: (row) => upper(row['state']) }));
const ScoringResult = objectType('ScoringResult', { score: ['Float', 'score'] });
builder.objectField(ScoringResult, 'functionResults', (t) =>
  t.field({ type: [FunctionResult], resolve: (row) => row['scoring_function_results'] as Json[] }),
);

const Scenario = objectType('Scenario', {
  id: ['ID', 'id'],
  name: ['String', 'name'],
  referenceOutput: ['String', 'reference_output'],
});
builder.objectFields(Scenario, (t) => ({
  problemStatement: t.string({
    resolve: (row) => (row['input_context'] as Json)['problem_statement'] as string,
  }),
  additionalContext: t.field({
    type: 'JSON',
    resolve: (row) => (row['input_context'] as Json)['additional_context'],
  }),
  scoringFunctions: t.field({
    type: [ScoringFunction],
    resolve: (row) => (row['scoring_contract'] as Json)['scoring_function_parameters'] as Json[],
  }),
}));

const Transition = builder.objectRef<{ status: unknown; at: number; durationMs: number | null }>(
  'Transition',
);
builder.objectType(Transition, {
  fields: (t) => ({
    status: t.string({ resolve: ({ status }) => upper(status) }),
    at: t.expose('at', { type: 'DateTime' }),
    durationMs: t.exposeFloat('durationMs'),
  }),
});
const LaunchParameters = builder.objectRef<Json>('LaunchParameters');
builder.objectType(LaunchParameters, {
  fields: (t) => ({ resourceSize: t.string({ resolve: (row) => row['resource_size_request'] as string }) }),
});
const Devbox = objectType('Devbox', {
  id: ['ID', 'id'],
  name: ['String', 'name'],
  createdAt: ['DateTime', 'create_time_ms'],
  endedAt: ['DateTime', 'end_time_ms'],
});
builder.objectFields(Devbox, (t) => ({
  status: t.string({ resolve: (row) => upper(row['status']) }),
  launchParameters: t.field({ type: LaunchParameters, resolve: (row) => row['launch_parameters'] as Json }),
  stateTransitions: t.field({
    type: [Transition],
    resolve: (row) => {
      const all = row['state_transitions'] as readonly { status: string; transition_time_ms: number }[];
      return all.map(({ status, transition_time_ms: at }, index) => {
        const next = all[index + 1]?.transition_time_ms;
        return { status, at, durationMs: next === undefined ? null : next - at };
      });
    },
  }),
}));

const Benchmark = objectType('Benchmark', { id: ['ID', 'id'], name: ['String', 'name'] });
const RUN = {
  id: ['ID', 'id'],
  name: ['String', 'name'],
  startedAt: ['DateTime', 'start_time_ms'],
  durationMs: ['Float', 'duration_ms'],
  purpose: ['String', 'purpose'],
} as const;
const BenchmarkRun = objectType('BenchmarkRun', { ...RUN, score: ['Float', 'score'] });
const ScenarioRun = objectType('ScenarioRun', RUN);

const DONE = ['completed', 'scored'];
const BROKEN = ['canceled', 'timeout', 'failed'];
const scoreOf = (row: Json) => (row['scoring_contract_result'] as Json | null)?.['score'] ?? null;

builder.objectFields(ScenarioRun, (t) => ({
  state: t.string({ resolve: (row) => upper(row['state']) }),
  isTerminal: t.boolean({
    resolve: ({ state }) => state === 'completed' || BROKEN.includes(state as string),
  }),
  isFinished: t.boolean({ resolve: ({ state }) => [...DONE, ...BROKEN].includes(state as string) }),
  outcome: t.string({
    resolve: (row) => {
      if (BROKEN.includes(row['state'] as string)) return 'ERRORED';
      if (!DONE.includes(row['state'] as string)) return null;
      if (scoreOf(row) === null) return 'ERRORED';
      return scoreOf(row) === 1 ? 'PASSED' : 'FAILED';
    },
  }),
  score: t.float({ resolve: (row) => scoreOf(row) as number | null }),
  endedAt: t.field({
    type: 'DateTime',
    resolve: (row) =>
      row['duration_ms'] === null ? null : (row['start_time_ms'] as number) + (row['duration_ms'] as number),
  }),
  metadata: t.field({ type: [KeyValue], resolve: (row) => pairs(row['metadata']) as never }),
  environmentVariables: t.field({
    type: [KeyValue],
    resolve: (row) => pairs(row['environment_variables']) as never,
  }),
  secretsProvided: t.field({
    type: [SecretReference],
    resolve: (row) => pairs(row['secrets_provided']) as never,
  }),
  scoringResult: t.field({
    type: ScoringResult,
    resolve: (row) => row['scoring_contract_result'] as Json | null,
  }),
  scenario: t.field({
    type: Scenario,
    resolve: (row, _args, { scenario }) => scenario.load(row['scenario_id'] as string),
  }),
  devbox: t.field({
    type: Devbox,
    resolve: (row, _args, { devbox }) => devbox.load(row['devbox_id'] as string),
  }),
  benchmarkRun: t.field({
    type: BenchmarkRun,
    resolve: (row, _args, { benchmarkRun }) => benchmarkRun.load(row['benchmark_run_id'] as string),
  }),
}));

const PageInfo = builder.objectRef<{ hasNextPage: boolean; endCursor: string | null }>('PageInfo');
builder.objectType(PageInfo, {
  fields: (t) => ({ hasNextPage: t.exposeBoolean('hasNextPage'), endCursor: t.exposeString('endCursor') }),
});
const connection = (name: string, node: typeof ScenarioRun) => {
  const type = builder.objectRef<Page>(name);
  builder.objectType(type, {
    fields: (t) => ({
      nodes: t.field({ type: [node], resolve: ({ rows }) => rows }),
      pageInfo: t.field({
        type: PageInfo,
        resolve: ({ rows, hasMore }) => ({ hasNextPage: hasMore, endCursor: rows.at(-1)?.id ?? null }),
      }),
    }),
  });
  return type;
};
const ScenarioRuns = connection('ScenarioRunConnection', ScenarioRun);
const BenchmarkRuns = connection('BenchmarkRunConnection', BenchmarkRun);

builder.objectFields(BenchmarkRun, (t) => ({
  state: t.string({ resolve: (row) => upper(row['state']) }),
  benchmark: t.field({
    type: Benchmark,
    resolve: (row, _args, { benchmark }) => benchmark.load(row['benchmark_id'] as string),
  }),
  scenarioRuns: t.field({
    type: ScenarioRuns,
    args: { first: t.arg.int({ defaultValue: 20 }) },
    resolve: ({ id }, { first }) => list(`/v1/benchmark_runs/${id}/scenario_runs?limit=${String(first)}`),
  }),
}));

const id = { required: true } as const;
builder.queryType({
  fields: (t) => ({
    benchmarkRun: t.field({
      type: BenchmarkRun,
      args: { id: t.arg.id(id) },
      resolve: (_root, args, { benchmarkRun }) => benchmarkRun.load(args.id),
    }),
    scenarioRun: t.field({
      type: ScenarioRun,
      args: { id: t.arg.id(id) },
      resolve: (_root, args, { scenarioRun }) => scenarioRun.load(args.id),
    }),
    benchmarkRuns: t.field({
      type: BenchmarkRuns,
      args: { first: t.arg.int({ defaultValue: 20 }) },
      resolve: (_root, { first }) =>
        list(`/v1/benchmark_runs?limit=${String(first)}&include_total_count=false`),
    }),
  }),
});

const yoga = createYoga({
  schema: builder.toSchema(),
  context: createContext,
  graphiql: false,
  logging: false,
});
const server = createServer((request, response) => void yoga(request, response));
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1');

const questions = {
  start: ({ upstreamUrl }: { readonly upstreamUrl: string }) => {
    pool = new Pool(upstreamUrl, { connections: SOCKETS });
    return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  },
};
export type YogaQuestions = typeof questions;

answerQuestions(questions);
