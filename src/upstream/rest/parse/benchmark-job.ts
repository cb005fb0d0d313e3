/** `parseBenchmarkJob`: a benchmark job as the REST API shows it, with what runs and what came of it, in camelCase. */
import { isId } from '../../id.ts';
import { isBenchmarkJobTerminal } from '../../lifecycle.ts';
import type {
  BenchmarkJob,
  BenchmarkJobState,
  InProgressRun,
  JobAgentConfig,
  JobOrchestrator,
  JobSource,
  Row,
  WireViews,
} from '../../types.ts';
import { BENCHMARK_RUN_STATES } from './benchmark-run.ts';
import { parseJobOutcome } from './job-outcome.ts';
import { unreadable } from './page.ts';
import {
  isObject,
  type Loose,
  present,
  readCount,
  readDuration,
  readInstant,
  readKeyValues,
  readList,
  readNumber,
  readObject,
  readText,
} from './primitives.ts';
import type { RowFields, WireOf } from './row-fields.ts';
import { readEnvironmentVariables, readSecretReferences } from './scenario-run.ts';
import { createEnumValues, readEnumValue, type ReportUnknown } from './enum-values.ts';

type View = WireViews['benchmarkJob'];
export const BENCHMARK_JOB_FIELDS = {
  own: {
    id: true,
    name: true,
    state: true,
    create_time_ms: true,
    failure_reason: true,
    job_source: true,
    job_spec: true,
    in_progress_runs: true,
    benchmark_outcomes: true,
  },
} satisfies RowFields<View>;

type Wire = WireOf<typeof BENCHMARK_JOB_FIELDS.own>;

type SpecView = NonNullable<View['job_spec']>;
type WireSpec = Loose<SpecView, 'agent_configs' | 'scenario_ids' | 'orchestrator_config'>;
type AgentView = SpecView['agent_configs'][number];
type WireAgent = Loose<
  AgentView,
  'type' | 'name' | 'model_name' | 'agent_id' | 'timeout_seconds' | 'kwargs' | 'agent_environment'
>;
type WireAgentEnvironment = Loose<
  NonNullable<AgentView['agent_environment']>,
  'environment_variables' | 'secrets'
>;
type WireOrchestrator = Loose<
  NonNullable<SpecView['orchestrator_config']>,
  'n_attempts' | 'n_concurrent_trials' | 'timeout_multiplier' | 'quiet'
>;

type SourceView = NonNullable<View['job_source']>;
type SourceOf<Type extends SourceView['type']> = Extract<SourceView, { type: Type }>;

type WireRun = Loose<
  NonNullable<View['in_progress_runs']>[number],
  'benchmark_run_id' | 'state' | 'start_time_ms' | 'duration_ms' | 'agent_config'
>;

const STATES = createEnumValues<BenchmarkJobState>('benchmarkJob.state', {
  initializing: true,
  queued: true,
  running: true,
  completed: true,
  failed: true,
  cancelled: true,
  timeout: true,
});

const SOURCE_TYPES = createEnumValues<JobSource['type']>('benchmarkJob.source', {
  harbor: true,
  benchmark: true,
  scenarios: true,
});

export function parseBenchmarkJob(row: unknown, report: ReportUnknown): Row<BenchmarkJob> {
  if (!isObject(row)) return unreadable('benchmark job', 'form');
  const wire: Wire = row;
  const { id } = wire;
  if (!isId(id)) return unreadable('benchmark job', 'id');
  const state = readEnumValue(STATES, wire.state, report);
  if (state === null) return unreadable('benchmark job', 'state');
  const spec: WireSpec = readObject(wire.job_spec) ?? {};
  return {
    type: 'BenchmarkJob',
    id,
    name: readText(wire.name),
    state,
    isTerminal: isBenchmarkJobTerminal(state),
    createdAtMs: readInstant(wire.create_time_ms),
    failureReason: readText(wire.failure_reason),
    source: parseSource(wire.job_source, report),
    scenarioIds: [...new Set(readList(spec.scenario_ids).filter(isId))],
    agentConfigs: present(readList(spec.agent_configs).map(parseAgent)),
    orchestrator: parseOrchestrator(spec.orchestrator_config),
    inProgressRuns: present(readList(wire.in_progress_runs).map((item) => parseRun(item, report))),
    outcomes: present(readList(wire.benchmark_outcomes).map((item) => parseJobOutcome(item, report))),
  };
}

function parseSource(value: unknown, report: ReportUnknown): JobSource | null {
  if (!isObject(value)) return null;
  const type = readEnumValue(SOURCE_TYPES, value['type'], report);
  switch (type) {
    case 'harbor': {
      const wire: Loose<SourceOf<typeof type>, 'type' | 'inline_yaml'> = value;
      return { type, inlineYaml: readText(wire.inline_yaml) };
    }
    case 'benchmark': {
      const wire: Loose<SourceOf<typeof type>, 'type' | 'benchmark_id' | 'benchmark_name'> = value;
      const benchmarkId = isId(wire.benchmark_id) ? wire.benchmark_id : null;
      return { type, benchmarkId, benchmarkName: readText(wire.benchmark_name) };
    }
    case 'scenarios': {
      const wire: Loose<SourceOf<typeof type>, 'type' | 'scenario_ids'> = value;
      return { type, scenarioIds: readList(wire.scenario_ids).filter(isId) };
    }
    case 'unknown':
    case null:
      return { type: 'unknown', typeName: readText(value['type']) ?? '' };
  }
}

/** Null for what is no agent of the job: a row may say that somebody outside drives the run. */
function parseAgent(value: unknown): JobAgentConfig | null {
  if (!isObject(value)) return null;
  const wire: WireAgent = value;
  const agentName = readText(wire.name);
  if (agentName === null) return null;
  const environment: WireAgentEnvironment = readObject(wire.agent_environment) ?? {};
  return {
    agentName,
    modelName: readText(wire.model_name),
    agentId: isId(wire.agent_id) ? wire.agent_id : null,
    timeoutSec: readDuration(wire.timeout_seconds),
    parameters: readKeyValues(wire.kwargs),
    environmentVariables: readEnvironmentVariables(environment.environment_variables),
    secretsProvided: readSecretReferences(environment.secrets),
  };
}

function parseOrchestrator(value: unknown): JobOrchestrator | null {
  if (!isObject(value)) return null;
  const wire: WireOrchestrator = value;
  return {
    concurrentTrials: readCount(wire.n_concurrent_trials),
    attempts: readCount(wire.n_attempts),
    timeoutMultiplier: readNumber(wire.timeout_multiplier),
    isQuiet: typeof wire.quiet === 'boolean' ? wire.quiet : null,
  };
}

function parseRun(value: unknown, report: ReportUnknown): InProgressRun | null {
  if (!isObject(value)) return null;
  const wire: WireRun = value;
  if (!isId(wire.benchmark_run_id)) return null;
  return {
    benchmarkRunId: wire.benchmark_run_id,
    state: readEnumValue(BENCHMARK_RUN_STATES, wire.state, report) ?? 'unknown',
    startedAtMs: readInstant(wire.start_time_ms),
    durationMs: readDuration(wire.duration_ms),
    agent: parseAgent(wire.agent_config),
  };
}
