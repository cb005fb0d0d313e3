/** /v1/scenarios: definitions of scenarios, and the account's custom scorers. */
import { ApiError } from '../wire/api-error.ts';
import { listReply } from '../http/list.ts';
import { act, type Call, get, type Route } from '../http/route.ts';
import { type ScenarioView, VALIDATION_TYPES } from '../wire/scenario.ts';
import { environmentOf, inputContextOf, scoringContractOf } from './bodies.ts';
import { entity, entityReply } from './replies.ts';

export function scenarioRoutes(): readonly Route[] {
  const search = ({ id, name }: ScenarioView) => [id, name];
  return [
    get('/v1/scenarios', (call) =>
      listReply('scenarios', call.world.scenarios, call, {
        where: { status: 'active' },
        filters: ['name', 'validation_type'],
        words: { validation_type: VALIDATION_TYPES },
        among: scenarioIdsOf(call),
        search,
      }),
    ),
    get('/v1/scenarios/list_public', (call) =>
      listReply('scenarios', call.world.scenarios, call, {
        where: { status: 'active', is_public: 'true' },
        filters: ['name'],
        search,
      }),
    ),
    get('/v1/scenarios/:id', ({ world, params: [id] }) => entityReply(world.scenarios, 'Scenario', id)),
    act('/v1/scenarios', createScenario),
    act('/v1/scenarios/:id', updateScenario),
    act('/v1/scenarios/:id/archive', ({ world, params: [id] }) => {
      const scenario = entity(world.scenarios, 'Scenario', id);
      return JSON.stringify(world.scenarios.update(scenario.id, { status: 'archived' }));
    }),

    get('/v1/scenarios/scorers', (call) =>
      listReply('scorers', call.world.scorers, call, { search: ({ id, type }) => [id, type] }),
    ),
    get('/v1/scenarios/scorers/:id', ({ world, params: [id] }) => entityReply(world.scorers, 'Scorer', id)),
    act('/v1/scenarios/scorers', ({ world, body }) => {
      const [type, bash_script] = [body.requiredString('type'), body.requiredString('bash_script')];
      return JSON.stringify(world.scorers.insert({ id: world.ids('scorer'), type, bash_script }));
    }),
    act('/v1/scenarios/scorers/:id', ({ world, params: [id], body }) => {
      const { id: known } = entity(world.scorers, 'Scorer', id);
      const [type, bash_script] = [body.requiredString('type'), body.requiredString('bash_script')];
      return JSON.stringify(world.scorers.update(known, { type, bash_script }));
    }),
  ];
}

/** The ids of the benchmark that the list is for; undefined without the filter. */
function scenarioIdsOf({ world, query }: Call): readonly string[] | undefined {
  const benchmarkId = query.get('benchmark_id');
  return benchmarkId === null || benchmarkId === ''
    ? undefined
    : entity(world.benchmarks, 'Benchmark', benchmarkId).scenarioIds;
}

function createScenario({ world, body }: Call): string {
  const input = body.object('input_context');
  if (!input) throw ApiError.invalid('input_context is required');
  return JSON.stringify(
    world.scenarios.insert({
      id: world.ids('scenario'),
      name: body.requiredString('name'),
      input_context: inputContextOf(input),
      scoring_contract: scoringContractOf(body.object('scoring_contract')),
      metadata: body.stringMap('metadata') ?? {},
      status: 'active',
      environment: environmentOf(body.object('environment_parameters')),
      is_public: false,
      reference_output: body.string('reference_output') ?? null,
      required_environment_variables: body.strings('required_environment_variables') ?? [],
      required_secret_names: body.strings('required_secret_names') ?? [],
      scorer_timeout_sec: body.number('scorer_timeout_sec') ?? 1_800,
      validation_type: body.word('validation_type', VALIDATION_TYPES) ?? 'UNSPECIFIED',
    }),
  );
}

/** What is absent or null stays; what is given, empty values included, replaces. */
function updateScenario({ world, params: [id], body }: Call): string {
  const scenario = entity(world.scenarios, 'Scenario', id);
  const [input, contract] = [body.object('input_context'), body.object('scoring_contract')];
  const validation =
    body.string('validation_type') === '' ? 'UNSPECIFIED' : body.word('validation_type', VALIDATION_TYPES);
  const name = body.string('name') ?? scenario.name;
  if (name.trim() === '') throw ApiError.invalid('name cannot be blank');
  return JSON.stringify(
    world.scenarios.update(scenario.id, {
      name,
      input_context: {
        problem_statement: input?.string('problem_statement') ?? scenario.input_context.problem_statement,
        additional_context: input?.raw('additional_context') ?? scenario.input_context.additional_context,
      },
      scoring_contract: contract ? scoringContractOf(contract) : scenario.scoring_contract,
      metadata: body.stringMap('metadata') ?? scenario.metadata,
      environment: environmentOf(body.object('environment_parameters')) ?? scenario.environment,
      reference_output: body.string('reference_output') ?? scenario.reference_output,
      required_environment_variables:
        body.strings('required_environment_variables') ?? scenario.required_environment_variables,
      required_secret_names: body.strings('required_secret_names') ?? scenario.required_secret_names,
      scorer_timeout_sec: body.number('scorer_timeout_sec') ?? scenario.scorer_timeout_sec,
      validation_type: validation ?? scenario.validation_type,
    }),
  );
}
