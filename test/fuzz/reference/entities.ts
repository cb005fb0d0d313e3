/** Runs, benchmarks and devboxes of the naive reference. */
import { listOf } from './lists.ts';
import { logs, usage } from './logs.ts';
import { hasEnded, isFinished, outcomeOf, scoreOf } from './runs.ts';
import { launch, metadata } from './scenarios.ts';
import { benchmarkAttempts, blame, isOver, leaderboard, progress, stats } from './statistics.ts';
import {
  type Fields,
  find,
  instant,
  isInstant,
  isAbsent,
  listIn,
  objectIn,
  pairs,
  record,
  refuse,
  type Resolve,
  span,
  type Wire,
  word,
} from './thing.ts';

const of =
  (field: string): Resolve =>
  (wire, _args, world) =>
    find(world, wire[field]);

const end = ({ start_time_ms: start, duration_ms: took }: Wire) =>
  isInstant(start) && typeof took === 'number' ? instant(start + Math.max(0, took)) : null;

const RUN_PROFILE: Readonly<Record<string, Resolve>> = {
  metadata,
  startedAt: (wire) => instant(wire['start_time_ms']),
  endedAt: end,
  durationMs: (wire) => span(wire['duration_ms']),
  state: (wire) => word(wire['state']),
  environmentVariables: (wire) => pairs(wire['environment_variables'], ['name', 'value']),
  secretsProvided: (wire) => pairs(wire['secrets_provided'], ['environmentVariable', 'secretName']),
};

export const ENTITY_FIELDS: Fields = {
  ScenarioRun: {
    ...RUN_PROFILE,
    isTerminal: hasEnded,
    isFinished,
    outcome: outcomeOf,
    outcomeReason: (wire) => (['FAILED', 'ERRORED'].includes(outcomeOf(wire) ?? '') ? blame(wire)[0] : null),
    score: scoreOf,
    scoringResult: (wire) =>
      scoreOf(wire) === null ? null : record(objectIn(wire, 'scoring_contract_result') ?? {}),
    scenario: of('scenario_id'),
    devbox: of('devbox_id'),
    benchmarkRun: of('benchmark_run_id'),
    logs: (wire, args, world) => logs(wire['devbox_id'], args, world),
  },
  ScoringResult: {
    functionResults: (wire) => listIn(wire, 'scoring_function_results').map((result) => record(result)),
  },
  ScoringFunctionResult: {
    name: (wire) => wire['scoring_function_name'],
    state: (wire) => word(wire['state']),
    output: (wire, { maxChars }) => {
      if (isAbsent(maxChars)) return wire['output'];
      return (maxChars as number) < 0 ? refuse() : (wire['output'] as string).slice(0, maxChars as number);
    },
  },
  BenchmarkRun: {
    ...RUN_PROFILE,
    startedAt: (wire) => instant(wire['start_time_ms']) ?? refuse(),
    isTerminal: isOver,
    benchmark: of('benchmark_id'),
    progress: (wire, _args, world) => progress(wire, world),
    stats: (wire, _args, world) => stats(wire, world),
    scenarioRuns: ({ id }, args, world) =>
      listOf(world, 'scenarioRuns', args, (wire) => wire['benchmark_run_id'] === id),
  },
  Benchmark: {
    metadata,
    status: (wire) => word(wire['status']),
    scenarioCount: (wire) => listIn(wire, 'scenarioIds').length,
    runs: ({ id }, args, world) =>
      listOf(world, 'benchmarkRuns', args, (wire) => wire['benchmark_id'] === id),
    scenarios: ({ scenarioIds }, args, world) =>
      listOf(world, 'scenarios', args, ({ id }) => (scenarioIds as unknown[]).includes(id)),
    attempts: benchmarkAttempts,
    leaderboard,
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
    capabilities: (wire) => (wire['capabilities'] as unknown[]).map(word),
    launchParameters: (wire) => launch(objectIn(wire, 'launch_parameters') ?? {}),
    usage: ({ id }, _args, world) => usage(id, world),
    logs: ({ id }, args, world) => logs(id, args, world),
    stateTransitions: (wire) => {
      const all = listIn(wire, 'state_transitions');
      return all.map((transition, number) => {
        const [at, next] = [transition['transition_time_ms'], all[number + 1]?.['transition_time_ms']];
        const durationMs = typeof at === 'number' && typeof next === 'number' ? Math.max(0, next - at) : null;
        return record({ ...transition, at: instant(at), status: word(transition['status']), durationMs });
      });
    },
  },
};
