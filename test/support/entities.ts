/** Entities as the upstream adapter makes them, from the parts that a test cares about. */
import {
  isBenchmarkJobTerminal,
  isBenchmarkRunTerminal,
  isDevboxTerminal,
  scenarioRunLifecycle,
} from '../../src/upstream/lifecycle.ts';
import type {
  Benchmark,
  BenchmarkJob,
  BenchmarkRun,
  Devbox,
  DevboxStateTransition,
  InProgressRun,
  JobAgentConfig,
  JobOutcome,
  Scenario,
  ScenarioRun,
} from '../../src/upstream/types.ts';

/** When everything here has begun: the start of a fake clock. */
export const STARTED_AT_MS = Date.UTC(2026, 0, 1);

const RUN = {
  name: null,
  startedAtMs: STARTED_AT_MS,
  endedAtMs: null,
  durationMs: null,
  purpose: null,
  metadata: [],
  environmentVariables: [],
  secretsProvided: [],
} as const;

const DEFINITION = {
  status: 'active',
  isPublic: false,
  metadata: [],
  requiredEnvironmentVariables: [],
  requiredSecretNames: [],
} as const;

export function scenarioRun(parts: Partial<ScenarioRun> & Pick<ScenarioRun, 'id'>): ScenarioRun {
  const { state = 'running', scoringResult = null } = parts;
  return {
    type: 'ScenarioRun',
    ...RUN,
    ...scenarioRunLifecycle(state, scoringResult?.score ?? null),
    state,
    scoringResult,
    scenarioId: 'scn_1',
    devboxId: null,
    benchmarkRunId: null,
    ...parts,
  };
}

export function benchmarkRun(parts: Partial<BenchmarkRun> & Pick<BenchmarkRun, 'id'>): BenchmarkRun {
  const { state = 'running' } = parts;
  return {
    type: 'BenchmarkRun',
    ...RUN,
    state,
    isTerminal: isBenchmarkRunTerminal(state),
    score: null,
    benchmarkId: 'bmd_1',
    ...parts,
  };
}

export function benchmark(parts: Partial<Benchmark> & Pick<Benchmark, 'id'>): Benchmark {
  return {
    type: 'Benchmark',
    name: 'a benchmark',
    description: null,
    attribution: null,
    ...DEFINITION,
    scenarioIds: [],
    ...parts,
  };
}

export function scenario(parts: Partial<Scenario> & Pick<Scenario, 'id'>): Scenario {
  return {
    type: 'Scenario',
    name: 'a scenario',
    problemStatement: 'Solve it.',
    additionalContext: null,
    referenceOutput: null,
    validationType: null,
    scorerTimeoutSec: null,
    ...DEFINITION,
    environment: null,
    scoringFunctions: [],
    ...parts,
  };
}

/** A devbox whose status is that of its last transition. */
export function devbox(
  id: string,
  transitions: readonly Pick<DevboxStateTransition, 'status' | 'atMs'>[],
  parts: Partial<Devbox> = {},
): Devbox {
  const status = transitions.at(-1)?.status ?? 'running';
  return {
    type: 'Devbox',
    id,
    name: null,
    status,
    isTerminal: isDevboxTerminal(status),
    createdAtMs: STARTED_AT_MS,
    endedAtMs: null,
    metadata: [],
    failureReason: null,
    shutdownReason: null,
    initiatorType: null,
    initiatorId: null,
    blueprintId: null,
    snapshotId: null,
    capabilities: [],
    launchParameters: {
      architecture: null,
      resourceSize: null,
      customCpuCores: null,
      customMemoryGb: null,
      customDiskGb: null,
      keepAliveSec: null,
      afterIdle: null,
      launchCommands: [],
      requiredServices: [],
      networkPolicyId: null,
      user: null,
    },
    stateTransitions: transitions.map(({ status: each, atMs }, index) => {
      const nextAtMs = transitions[index + 1]?.atMs ?? null;
      const durationMs = atMs === null || nextAtMs === null ? null : nextAtMs - atMs;
      return { status: each, atMs, durationMs, failureReason: null };
    }),
    ...parts,
  };
}

export function benchmarkJob(parts: Partial<BenchmarkJob> & Pick<BenchmarkJob, 'id'>): BenchmarkJob {
  const { state = 'running' } = parts;
  return {
    type: 'BenchmarkJob',
    name: null,
    state,
    isTerminal: isBenchmarkJobTerminal(state),
    createdAtMs: STARTED_AT_MS,
    failureReason: null,
    source: null,
    scenarioIds: [],
    agentConfigs: [],
    orchestrator: null,
    inProgressRuns: [],
    outcomes: [],
    ...parts,
  };
}

export function jobAgentConfig(agentName: string, modelName: string | null = null): JobAgentConfig {
  return {
    agentName,
    modelName,
    agentId: null,
    timeoutSec: null,
    parameters: [],
    environmentVariables: [],
    secretsProvided: [],
  };
}

export function inProgressRun(
  benchmarkRunId: string,
  agent: JobAgentConfig | null,
  parts: Partial<InProgressRun> = {},
): InProgressRun {
  return { benchmarkRunId, agent, state: 'running', startedAtMs: STARTED_AT_MS, durationMs: null, ...parts };
}

export function jobOutcome(
  benchmarkRunId: string,
  agent: Pick<JobAgentConfig, 'agentName' | 'modelName'>,
  parts: Partial<JobOutcome> = {},
): JobOutcome {
  return {
    benchmarkRunId,
    agentName: agent.agentName,
    modelName: agent.modelName,
    completedCount: 0,
    failedCount: 0,
    timeoutCount: 0,
    averageScore: null,
    durationMs: null,
    scenarioOutcomes: [],
    ...parts,
  };
}
