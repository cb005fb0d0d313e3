/** Benchmark jobs of the naive reference: each agent with its benchmark run, and what the job says came of it. */
import type { World } from '../../../src/simulator/simulator.ts';
import { progress, stats } from './statistics.ts';
import {
  type Args,
  type Fields,
  find,
  howOften,
  instant,
  isAbsent,
  listIn,
  objectIn,
  pairs,
  record,
  type Thing,
  type Wire,
  word,
} from './thing.ts';

const SOURCES: Readonly<Record<string, string>> = {
  harbor: 'HarborJobSource',
  benchmark: 'BenchmarkJobSource',
  scenarios: 'ScenariosJobSource',
};

const specOf = (job: Wire) => objectIn(job, 'job_spec') ?? {};

export const JOB_FIELDS: Fields = {
  BenchmarkJob: {
    state: ({ state }) => word(state),
    isTerminal: ({ state }) => ['completed', 'failed', 'cancelled', 'timeout'].includes(state as string),
    createdAt: (job) => instant(job['create_time_ms']),
    scenarioIds: (job) => listIn(specOf(job), 'scenario_ids'),
    scenarioCount: (job) => listIn(specOf(job), 'scenario_ids').length,
    source: (job) => {
      const source = objectIn(job, 'job_source');
      const kind = source && SOURCES[source['type'] as string];
      return kind ? record(source, kind) : source && record({ typeName: source['type'] }, 'UnknownJobSource');
    },
    orchestrator: (job) => {
      const config = objectIn(specOf(job), 'orchestrator_config');
      return config && orchestrator(config);
    },
    agents: (job, _args, world) => agentsOf(job).map((agent) => agentThing(agent, job, world)),
    benchmarkRuns: (job, _args, world) =>
      agentsOf(job)
        .filter(({ id }) => id !== null)
        .map(({ id }) => find(world, id)),
    outcomes: (job) => listIn(job, 'benchmark_outcomes').map(outcome),
  },
  BenchmarkJobSource: { benchmark: (source, _args, world) => find(world, source['benchmark_id']) },
  JobOutcome: { benchmarkRun: ({ runId }, _args, world) => find(world, runId) },
  ScenarioOutcome: {
    scenario: (wire, _args, world) => find(world, wire['scenario_definition_id']),
    scenarioRun: (wire, _args, world) => find(world, wire['scenario_run_id']),
    failureReason: (wire) => {
      const reason = objectIn(wire, 'failure_reason');
      return reason && record(reason);
    },
  },
};

const orchestrator = (config: Wire) =>
  record({
    attempts: config['n_attempts'],
    concurrentTrials: howOften(config['n_concurrent_trials']),
    isQuiet: config['quiet'],
    timeoutMultiplier: config['timeout_multiplier'],
  });

const outcome = (wire: Wire) =>
  record({
    agentName: wire['agent_name'],
    modelName: wire['model_name'],
    averageScore: wire['average_score'],
    runId: wire['benchmark_run_id'],
    completedCount: wire['n_completed'],
    failedCount:
      howOften(wire['n_failed']) ??
      listIn(wire, 'scenario_outcomes').filter(({ state }) => state === 'FAILED').length,
    timeoutCount: wire['n_timeout'],
    durationMs: wire['duration_ms'],
    scenarioOutcomes: ({ states }: Args) =>
      listIn(wire, 'scenario_outcomes')
        .filter(({ state }) => isAbsent(states) || (states as unknown[]).includes(state))
        .map((each) => record(each)),
  });

/** An agent of a job: as the job was told of it, the row of its benchmark run in progress, and what came of that. */
interface Agent {
  readonly config: Wire | null;
  readonly id: string | null;
  readonly name: unknown;
  readonly model: unknown;
  readonly row: Wire | null;
  readonly result: Wire | null;
}

/** First those that the job was told of, each with the first run of its name and model, then what is left. */
function agentsOf(job: Wire): readonly Agent[] {
  let left = startedOf(job);
  const told = listIn(specOf(job), 'agent_configs').map((config): Agent => {
    const { name, model_name: model = null } = config;
    const own = left.filter((each) => each.name === name);
    const run =
      own.find((each) => each.model === model) ??
      own.find((each) => each.model === null) ??
      (model === null ? own[0] : undefined);
    left = left.filter((each) => each !== run);
    if (!run) return { config, id: null, name, model, row: null, result: null };
    return { ...run, config, model: run.model ?? model };
  });
  return [...told, ...left];
}

/** Every benchmark run of the job that was started, those in progress first. */
function startedOf(job: Wire): readonly Agent[] {
  const [rows, results] = [listIn(job, 'in_progress_runs'), listIn(job, 'benchmark_outcomes')];
  const ids = new Set([...rows, ...results].map((each) => each['benchmark_run_id'] as string));
  return [...ids].map((id) => {
    const [row = null, result = null] = [rows, results].map((list) =>
      list.find((each) => each['benchmark_run_id'] === id),
    );
    const config = row && objectIn(row, 'agent_config');
    const name = result?.['agent_name'] ?? config?.['name'] ?? null;
    const model = result?.['model_name'] ?? config?.['model_name'] ?? null;
    return { config, id, name, model, row, result };
  });
}

/** The upstream works out how long a benchmark run that goes on has taken when somebody looks. */
const soFar = ({ state, start_time_ms: start, duration_ms: took }: Wire, world: World) =>
  state === 'running' && isAbsent(took) ? Math.round(world.now() - (start as number)) : took;

function agentThing({ config, id, name, model, row, result }: Agent, job: Wire, world: World): Thing {
  const environment = config && objectIn(config, 'agent_environment');
  const run = () => find(world, id);
  const asked = {
    scenarios: listIn(specOf(job), 'scenario_ids').length || undefined,
    retries: (objectIn(specOf(job), 'orchestrator_config')?.['n_attempts'] ?? 0) as number,
  };
  const about = (tell: typeof stats) => () => {
    const there = run();
    return there && tell(there.wire, world, asked);
  };
  return record({
    agentName: name,
    modelName: model,
    agentId: config?.['agent_id'],
    timeoutSec: config?.['timeout_seconds'],
    parameters: pairs(config?.['kwargs']),
    environmentVariables: pairs(environment?.['environment_variables'], ['name', 'value']),
    secretsProvided: pairs(environment?.['secrets'], ['environmentVariable', 'secretName']),
    state: id === null ? 'PENDING' : !result && row?.['state'] === 'running' ? 'RUNNING' : 'FINISHED',
    startedAt: instant(row?.['start_time_ms']),
    durationMs: result ? result['duration_ms'] : row && soFar(row, world),
    benchmarkRun: run,
    progress: about(progress),
    stats: about(stats),
    outcome: result && outcome(result),
  });
}
