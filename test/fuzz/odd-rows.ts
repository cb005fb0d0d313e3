/** `addOddRows`: what an ordinary history has none of, and an account may: all kinds of scorers, jobs, launches and outcomes. */
import type { World } from '../../src/simulator/simulator.ts';

type ScenarioView = Parameters<World['insert']['scenario']>[0] & object;
type Scorer = NonNullable<ScenarioView['scoring_contract']>['scoring_function_parameters'][number]['scorer'];
type JobSource = NonNullable<NonNullable<Parameters<World['insert']['benchmarkJob']>[0]>['job_source']>;
type RunState = NonNullable<NonNullable<Parameters<World['insert']['scenarioRun']>[0]>['state']>;
type Result = NonNullable<
  NonNullable<Parameters<World['insert']['scenarioRun']>[0]>['scoring_contract_result']
>;

const SCORERS: readonly Scorer[] = [
  // Of a kind that the upstream has added.
  { type: 'llm_scorer' } as unknown as Scorer,
  { type: 'ast_grep_scorer', pattern: 'print($A)', search_directory: '/src', lang: 'python' },
  { type: 'bash_script_scorer' },
  { type: 'command_scorer', command: 'true' },
  { type: 'custom_scorer', custom_scorer_type: 'house_style', scorer_params: { depth: [1, null, 'two'] } },
  {
    type: 'python_script_scorer',
    python_script: 'print(1.0)',
    requirements_contents: 'numpy',
    python_version_constraint: '==3.12.10',
  },
  {
    type: 'test_based_scorer',
    test_command: 'pytest',
    test_files: [{ file_path: 'test_a.py', file_contents: 'assert True' }, {}],
  },
];

/** The upstream has more launch parameters than the simulator looks at. */
const LAUNCH = {
  architecture: 'arm64',
  resource_size_request: 'CUSTOM_SIZE',
  custom_cpu_cores: 2,
  custom_gb_memory: 4,
  custom_disk_size: 8,
  keep_alive_time_seconds: 60,
  after_idle: { idle_time_seconds: 1, on_idle: 'shutdown' },
  lifecycle: { after_idle: { idle_time_seconds: 30, on_idle: 'suspend' } },
  launch_commands: ['echo 1'],
  required_services: ['postgres'],
  network_policy_id: 'npo_1',
  // Of Windows' nobody, beyond an `Int`.
  user_parameters: { username: 'agent', uid: 4_294_967_294 },
} as const;

export function addOddRows(world: World): void {
  const scenarios = addScenarios(world);
  const { id: benchmarkId } = world.insert.benchmark({
    name: 'odd',
    is_public: true,
    scenarioIds: scenarios,
    metadata: { owner: 'somebody' },
    required_environment_variables: ['A'],
    required_secret_names: ['B'],
  });
  world.insert.benchmark({ name: 'archived', status: 'archived', scenarioIds: scenarios.slice(0, 2) });
  for (const agent of ['left', 'right']) addRuns(world, { scenarios, benchmarkId, agent });
  addJobs(world, scenarios);
  addDevboxes(world);
  for (const start_time_ms of [0, -1, 1e300, 1])
    world.insert.scenarioRun({ start_time_ms, duration_ms: -5, devbox_id: 'dbx_gone' });
  world.insert.benchmarkRun({ name: 'without a start', start_time_ms: 0, state: 'failed' });
  world.insert.scenarioRun({ scenario_id: 'scn_gone', devbox_id: 'dbx_gone', state: 'failed' });
  world.insert.scenarioRun({ benchmark_run_id: 'bmr_gone', environment_variables: { A: '1' } });
}

/** Lists within each other. */
function nested(levels: number): unknown[] {
  let inner: unknown[] = [];
  for (let level = 1; level < levels; level++) inner = [inner];
  return inner;
}

function addScenarios({ insert }: World): readonly string[] {
  return SCORERS.map((scorer, number) => {
    const isFirst = number === 0;
    const { id } = insert.scenario({
      name: `scored by ${scorer.type}`,
      scoring_contract: {
        scoring_function_parameters: [
          { name: 'main', weight: 0.75, scorer },
          { name: 'rest', weight: 0.25, scorer: { type: 'command_scorer' } },
        ],
      },
      is_public: number % 2 === 0,
      status: number === 5 ? 'archived' : 'active',
      validation_type: isFirst ? 'FORWARD' : 'EVALUATION',
      scorer_timeout_sec: number * 10,
      reference_output: isFirst ? null : 'diff',
      input_context: {
        problem_statement: 'Do it.',
        additional_context: isFirst ? { hints: ['a', { b: null }] } : number === 2 ? nested(1_500) : null,
      },
      environment: isFirst
        ? {
            blueprint_id: 'bpt_1',
            snapshot_id: 'snp_1',
            working_directory: '/w',
            launch_parameters: LAUNCH,
          }
        : { launch_parameters: null },
    });
    return id;
  });
}

const result = (main: number, rest: number, state: 'complete' | 'error' = 'complete'): Result => ({
  score: main * 0.75 + rest * 0.25,
  scoring_function_results: [
    { scoring_function_name: 'main', score: main, output: `score=${String(main)}`, state: 'complete' },
    { scoring_function_name: 'rest', score: rest, output: '', state },
  ],
});

/** What the attempts at a scenario come to, in turn. */
const ENDS = [
  { state: 'completed', scoring_contract_result: result(1, 1), duration_ms: 61_000 },
  { state: 'completed', scoring_contract_result: result(1, 0.2), duration_ms: 5_000 },
  { state: 'scored', scoring_contract_result: result(0.1, 0.1, 'error'), duration_ms: 17_001 },
  { state: 'completed', scoring_contract_result: null },
  { state: 'completed', scoring_contract_result: { score: 0.5, scoring_function_results: [] } },
  { state: 'timeout', duration_ms: 1 },
  { state: 'completed', scoring_contract_result: result(1, 1), duration_ms: 90_000 },
  { state: 'canceled' },
  { state: 'failed' },
] as const;

function addRuns(
  world: World,
  about: { readonly scenarios: readonly string[]; readonly benchmarkId: string; readonly agent: string },
): void {
  const { insert } = world;
  const { scenarios, benchmarkId, agent } = about;
  const { id } = insert.benchmarkRun({
    benchmark_id: benchmarkId,
    metadata: { agent, model: 'm' },
    state: agent === 'left' ? 'completed' : 'running',
    start_time_ms: world.now(),
    secrets_provided: { A: 'B' },
  });
  const shift = agent === 'left' ? 0 : 1;
  for (let number = 0; number < scenarios.length * 4; number++) {
    insert.scenarioRun({
      scenario_id: scenarios[number % (scenarios.length - shift)] ?? '',
      benchmark_run_id: id,
      metadata: { attempt: String(number) },
      ...ENDS[(number * (shift + 1)) % ENDS.length],
    });
  }
  insert.scenarioRun({ scenario_id: scenarios[0] ?? '', benchmark_run_id: id, state: 'scoring' });
}

function addJobs(world: World, scenarios: readonly string[]): void {
  const { insert } = world;
  const nowMs = world.now();
  const run = insert.benchmarkRun({ name: 'of a job', start_time_ms: nowMs });
  const gone = insert.benchmarkRun({ benchmark_id: 'bmd_gone', state: 'failed', start_time_ms: nowMs });
  const told = { type: 'job_agent', name: 'twin', model_name: null } as const;
  const full = {
    ...told,
    name: 'full',
    model_name: 'm-1',
    agent_id: 'agt_1',
    timeout_seconds: 9.5,
    kwargs: { temperature: '0' },
    agent_environment: { environment_variables: { A: '1' }, secrets: { B: 'C' } },
  };
  // Attempts at one scenario each: the last two are owed another one.
  const attempts: readonly (readonly RunState[])[] = [
    ['completed'],
    ['failed', 'timeout', 'failed'],
    ['failed', 'running'],
    ['failed', 'timeout'],
    ['failed'],
  ];
  for (const [number, states] of attempts.entries())
    for (const state of states)
      insert.scenarioRun({ scenario_id: scenarios[number] ?? '', benchmark_run_id: run.id, state });
  insert.benchmarkJob({
    name: 'of scenarios',
    job_source: { type: 'scenarios', scenario_ids: scenarios },
    job_spec: {
      agent_configs: [full, told, { ...told, model_name: 'm-2' }],
      scenario_ids: scenarios,
      orchestrator_config: { n_attempts: 2, n_concurrent_trials: 0.5, quiet: true, timeout_multiplier: 1.5 },
    },
    in_progress_runs: [
      {
        benchmark_run_id: run.id,
        start_time_ms: nowMs,
        state: 'running',
        agent_config: told,
        duration_ms: null,
      },
      {
        benchmark_run_id: 'bmr_gone',
        start_time_ms: nowMs,
        state: 'failed',
        agent_config: null,
        duration_ms: 7,
      },
    ],
    benchmark_outcomes: [
      {
        benchmark_run_id: gone.id,
        agent_name: 'full',
        model_name: 'm-1',
        n_completed: 1,
        n_failed: 2 ** 31,
        n_timeout: 0,
        average_score: null,
        duration_ms: null,
        scenario_outcomes: (['COMPLETED', 'FAILED', 'TIMEOUT', 'CANCELED'] as const).map((state) => ({
          scenario_definition_id: state === 'FAILED' ? 'scn_gone' : (scenarios[0] ?? ''),
          scenario_name: 'one',
          scenario_run_id: null,
          state,
          score: state === 'COMPLETED' ? 0.5 : null,
          duration_ms: null,
          failure_reason:
            state === 'FAILED' ? { exception_type: 'OSError', exception_message: 'no space' } : null,
        })),
      },
    ],
  });
  insert.benchmarkJob({
    name: 'of harbor',
    job_source: { type: 'harbor', inline_yaml: 'a: b' },
    job_spec: null,
  });
  insert.benchmarkJob({ name: 'of something new', job_source: { type: 'cloned' } as unknown as JobSource });
}

function addDevboxes({ insert, life }: World): void {
  const devbox = insert.devbox({
    name: 'busy',
    capabilities: ['docker_in_docker', 'unknown'],
    launch_parameters: LAUNCH,
    initiator_type: 'api',
  });
  life.interiors.execute(devbox, 'echo a long line that nobody will read to its end', {
    shellName: 'main',
    executionId: 'exe_1',
  });
  life.interiors.execute(devbox, 'false', { shellName: null });
  insert.devbox({ status: 'failure', failure_reason: 'out_of_disk', metadata: { a: '1', b: '2' } });
}
