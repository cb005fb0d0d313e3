/** /v1/benchmarks, /v1/benchmark_runs and /v1/benchmark_jobs. */
import { ApiError } from '../wire/api-error.ts';
import type { Fields } from '../http/fields.ts';
import { listReply } from '../http/list.ts';
import { act, type Call, get, type Route } from '../http/route.ts';
import { type AgentConfig, BENCHMARK_RUN_STATES, type JobSource } from '../wire/benchmark.ts';
import type { World } from '../life/world.ts';
import { seenAt } from '../life/job-report.ts';
import { runProfileOf } from './bodies.ts';
import { entity, entityReply } from './replies.ts';

export function benchmarkRoutes(): readonly Route[] {
  const search = ({ id, name }: { readonly id: string; readonly name: string | null }) => [id, name];
  return [
    get('/v1/benchmarks', (call) =>
      listReply('benchmarks', call.world.benchmarks, call, {
        where: { status: 'active' },
        filters: ['name'],
        search,
      }),
    ),
    get('/v1/benchmarks/list_public', (call) =>
      listReply('benchmarks', call.world.benchmarks, call, {
        where: { status: 'active', is_public: 'true' },
        filters: ['name'],
        search,
      }),
    ),
    get('/v1/benchmarks/:id', ({ world, params: [id] }) => entityReply(world.benchmarks, 'Benchmark', id)),
    get('/v1/benchmarks/:id/definitions', (call) => {
      const { scenarioIds } = entity(call.world.benchmarks, 'Benchmark', call.params[0]);
      return listReply('scenarios', call.world.scenarios, call, { among: scenarioIds });
    }),
    act('/v1/benchmarks', createBenchmark),
    act('/v1/benchmarks/start_run', ({ world, body }) => {
      const { id } = entity(world.benchmarks, 'Benchmark', body.requiredString('benchmark_id'));
      const [name, metadata] = [body.string('run_name') ?? null, body.stringMap('metadata') ?? {}];
      return JSON.stringify(
        world.life.benchmarkRuns.start({ benchmarkId: id, name, metadata, profile: runProfileOf(body) }),
      );
    }),
    act('/v1/benchmarks/:id', updateBenchmark),
    act('/v1/benchmarks/:id/scenarios', changeScenarios),

    get('/v1/benchmark_runs', (call) =>
      listReply('runs', call.world.benchmarkRuns, call, {
        filters: ['name', 'state', 'benchmark_id'],
        words: { state: BENCHMARK_RUN_STATES },
        search,
      }),
    ),
    get('/v1/benchmark_runs/:id', ({ world, params: [id] }) =>
      entityReply(world.benchmarkRuns, 'BenchmarkRun', id),
    ),
    act('/v1/benchmark_runs/:id/cancel', ({ world, params: [id = ''] }) =>
      JSON.stringify(world.life.benchmarkRuns.cancel(id)),
    ),
    act('/v1/benchmark_runs/:id/complete', ({ world, params: [id = ''] }) =>
      JSON.stringify(world.life.benchmarkRuns.complete(id)),
    ),

    get('/v1/benchmark_jobs', (call) =>
      listReply('jobs', call.world.benchmarkJobs, call, {
        filters: ['name'],
        search,
        seen: (job) => seenAt(job, call.world.now()),
      }),
    ),
    get('/v1/benchmark_jobs/:id', ({ world, params: [id] }) =>
      JSON.stringify(seenAt(entity(world.benchmarkJobs, 'BenchmarkJob', id), world.now())),
    ),
    act('/v1/benchmark_jobs', startJob),
  ];
}

/** The ids, each known and named once. */
function knownScenarios(world: World, ids: readonly string[]): readonly string[] {
  for (const id of ids) entity(world.scenarios, 'Scenario', id);
  return [...new Set(ids)];
}

function createBenchmark({ world, body }: Call): string {
  return JSON.stringify(
    world.benchmarks.insert({
      id: world.ids('benchmark'),
      name: body.requiredString('name'),
      metadata: body.stringMap('metadata') ?? {},
      scenarioIds: knownScenarios(world, body.strings('scenario_ids') ?? []),
      status: 'active',
      attribution: body.string('attribution') ?? '',
      description: body.string('description') ?? '',
      is_public: false,
      required_environment_variables: body.strings('required_environment_variables') ?? [],
      required_secret_names: body.strings('required_secret_names') ?? [],
    }),
  );
}

function updateBenchmark({ world, params: [id], body }: Call): string {
  const benchmark = entity(world.benchmarks, 'Benchmark', id);
  const scenarioIds = body.strings('scenario_ids');
  return JSON.stringify(
    world.benchmarks.update(benchmark.id, {
      name: body.string('name') ?? benchmark.name,
      metadata: body.stringMap('metadata') ?? benchmark.metadata,
      scenarioIds: scenarioIds ? knownScenarios(world, scenarioIds) : benchmark.scenarioIds,
      attribution: body.string('attribution') ?? benchmark.attribution,
      description: body.string('description') ?? benchmark.description,
      required_environment_variables:
        body.strings('required_environment_variables') ?? benchmark.required_environment_variables,
      required_secret_names: body.strings('required_secret_names') ?? benchmark.required_secret_names,
    }),
  );
}

function changeScenarios({ world, params: [id], body }: Call): string {
  const benchmark = entity(world.benchmarks, 'Benchmark', id);
  const added = knownScenarios(world, body.strings('scenarios_to_add') ?? []);
  const removed = new Set(body.strings('scenarios_to_remove') ?? []);
  const scenarioIds = [...new Set([...benchmark.scenarioIds, ...added])].filter((each) => !removed.has(each));
  return JSON.stringify(world.benchmarks.update(benchmark.id, { scenarioIds }));
}

function startJob({ world, body }: Call): string {
  const spec = body.object('spec');
  const type = spec?.word('type', ['harbor', 'benchmark', 'scenarios']);
  if (!spec || !type) throw ApiError.invalid('spec needs a type: harbor, benchmark or scenarios');
  const { source, benchmarkId, scenarioIds } = jobScenarios(world, spec, type);
  const agents = (spec.objects('agent_configs') ?? []).map(agentConfigOf);
  if (agents.length === 0 && type !== 'harbor')
    throw ApiError.invalid('spec.agent_configs needs at least one agent');
  const orchestrator = spec.object('orchestrator_config');
  return JSON.stringify(
    world.life.benchmarkJobs.start({
      name: body.string('name') ?? `${type} job`,
      source,
      benchmarkId,
      scenarioIds,
      agents: agents.length > 0 ? agents : [{ type: 'job_agent', name: 'oracle' }],
      orchestrator: orchestrator ? { n_concurrent_trials: 1, n_attempts: 0, ...orchestrator.all() } : null,
    }),
  );
}

function jobScenarios(
  world: World,
  spec: Fields,
  type: JobSource['type'],
): {
  readonly source: JobSource;
  readonly benchmarkId: string | null;
  readonly scenarioIds: readonly string[];
} {
  switch (type) {
    case 'benchmark': {
      const { id, name, scenarioIds } = entity(
        world.benchmarks,
        'Benchmark',
        spec.requiredString('benchmark_id'),
      );
      return { source: { type, benchmark_id: id, benchmark_name: name }, benchmarkId: id, scenarioIds };
    }
    case 'scenarios': {
      const scenarioIds = knownScenarios(world, spec.strings('scenario_ids') ?? []);
      return { source: { type, scenario_ids: scenarioIds }, benchmarkId: null, scenarioIds };
    }
    case 'harbor': {
      // What the YAML names is unknown here: the job runs the oldest benchmark there is.
      const benchmark = world.benchmarks.list().at(-1);
      const source: JobSource = { type, inline_yaml: spec.requiredString('inline_yaml') };
      return { source, benchmarkId: benchmark?.id ?? null, scenarioIds: benchmark?.scenarioIds ?? [] };
    }
  }
}

function agentConfigOf(fields: Fields): AgentConfig {
  const environment = fields.object('agent_environment');
  return {
    type: 'job_agent',
    name: fields.requiredString('name'),
    agent_id: fields.string('agent_id') ?? null,
    model_name: fields.string('model_name') ?? null,
    timeout_seconds: fields.number('timeout_seconds') ?? null,
    kwargs: fields.stringMap('kwargs') ?? null,
    agent_environment: environment
      ? {
          environment_variables: environment.stringMap('environment_variables') ?? null,
          secrets: environment.stringMap('secrets') ?? null,
        }
      : null,
  };
}
