/** /v1/scenarios/start_run and /v1/scenarios/runs: starting, watching and ending scenario runs. */
import { ApiError } from '../wire/api-error.ts';
import { runLogsZip } from '../devbox/run-logs.ts';
import { listReply } from '../http/list.ts';
import { act, ask, type Call, get, type Route } from '../http/route.ts';
import { profileOf } from '../life/scenario-run-life.ts';
import { score } from '../scoring/judge.ts';
import { SCENARIO_RUN_STATES, type ScenarioRunView } from '../wire/scenario.ts';
import { runProfileOf } from './bodies.ts';
import { entity, entityReply } from './replies.ts';

export function scenarioRunRoutes(): readonly Route[] {
  return [
    act('/v1/scenarios/start_run', startRun),
    get('/v1/scenarios/runs', (call) =>
      listReply('runs', call.world.scenarioRuns, call, {
        filters: ['name', 'state', 'benchmark_run_id', 'scenario_id'],
        words: { state: SCENARIO_RUN_STATES },
        search: searchedFields,
      }),
    ),
    get('/v1/scenarios/runs/:id', ({ world, params: [id] }) =>
      entityReply(world.scenarioRuns, 'ScenarioRun', id),
    ),
    get('/v1/benchmark_runs/:id/scenario_runs', (call) => {
      const { id } = entity(call.world.benchmarkRuns, 'BenchmarkRun', call.params[0]);
      return listReply('runs', call.world.scenarioRuns, call, {
        where: { benchmark_run_id: id },
        filters: ['state'],
        words: { state: SCENARIO_RUN_STATES },
        search: searchedFields,
      });
    }),
    act('/v1/scenarios/runs/:id/score', scoreRun),
    act('/v1/scenarios/runs/:id/complete', ({ world, params: [id = ''] }) =>
      JSON.stringify(world.life.scenarioRuns.complete(id)),
    ),
    act('/v1/scenarios/runs/:id/cancel', ({ world, params: [id = ''] }) =>
      JSON.stringify(world.life.scenarioRuns.cancel(id)),
    ),
    ask('/v1/scenarios/runs/:id/download_logs', ({ world, params: [id = ''] }) => ({
      contentType: 'application/zip',
      bytes: runLogsZip(world, world.life.scenarioRuns.get(id)),
    })),
  ];
}

function searchedFields({ id, name }: ScenarioRunView): readonly (string | null)[] {
  return [id, name];
}

function startRun({ world, body }: Call): string {
  const scenario = entity(world.scenarios, 'Scenario', body.requiredString('scenario_id'));
  const benchmarkRunId = body.string('benchmark_run_id') ?? null;
  const benchmarkRun = benchmarkRunId === null ? undefined : world.life.benchmarkRuns.get(benchmarkRunId);
  if (benchmarkRun && benchmarkRun.state !== 'running') {
    throw ApiError.conflict(`BenchmarkRun ${benchmarkRun.id} is already ${benchmarkRun.state}`);
  }
  const own = runProfileOf(body);
  const inherited = benchmarkRun ? profileOf(benchmarkRun) : own;
  const profile = {
    environmentVariables: merge(inherited.environmentVariables, own.environmentVariables),
    secrets: merge(inherited.secrets, own.secrets),
    purpose: own.purpose ?? inherited.purpose,
    launchParameters: own.launchParameters,
  };
  const missing = [
    ...scenario.required_environment_variables.filter(
      (name) => !(name in (profile.environmentVariables ?? {})),
    ),
    // The mapping goes from the variable to the secret; either may carry the name that the scenario requires.
    ...scenario.required_secret_names.filter(
      (name) => !Object.entries(profile.secrets ?? {}).some((mapping) => mapping.includes(name)),
    ),
  ];
  if (missing.length > 0) throw ApiError.invalid(`Scenario ${scenario.id} requires ${missing.join(', ')}`);
  const name = body.string('run_name') ?? null;
  const metadata = body.stringMap('metadata') ?? {};
  return JSON.stringify(world.life.scenarioRuns.start(scenario, { name, metadata, benchmarkRunId, profile }));
}

/** Scoring is allowed while the devbox still boots: what the real API says then is unknown. */
function scoreRun({ world, params: [id = ''] }: Call): string {
  const run = world.life.scenarioRuns.get(id);
  const scenario = entity(world.scenarios, 'Scenario', run.scenario_id);
  const result = () =>
    score(scenario, world.life.interiors.shell(run.devbox_id), world.random.fork(`${id}:score`));
  return JSON.stringify(world.life.scenarioRuns.score(id, result));
}

function merge<T extends object>(inherited: T | null, own: T | null): T | null {
  return inherited && own ? { ...inherited, ...own } : (own ?? inherited);
}
