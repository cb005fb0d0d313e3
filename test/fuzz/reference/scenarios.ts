/** Scenarios of the naive reference: where they are run and how they are scored; and how devboxes are launched. */
import { history } from './attempts.ts';
import { listOf } from './lists.ts';
import {
  type Fields,
  listIn,
  objectIn,
  pairs,
  record,
  refuse,
  type Resolve,
  type Thing,
  type Wire,
  word,
} from './thing.ts';

export const metadata: Resolve = ({ metadata: all }, { keys }) =>
  pairs(all).filter(
    ({ wire }) => keys === null || keys === undefined || (keys as unknown[]).includes(wire['key']),
  );

/** The names that properties of scorers have in the graph. */
const SCORERS: Readonly<Record<string, readonly [kind: string, names: Readonly<Record<string, string>>]>> = {
  ast_grep_scorer: [
    'AstGrepScorer',
    { pattern: 'pattern', searchDirectory: 'search_directory', language: 'lang' },
  ],
  bash_script_scorer: ['BashScriptScorer', { script: 'bash_script' }],
  command_scorer: ['CommandScorer', { command: 'command' }],
  custom_scorer: ['CustomScorer', { customType: 'custom_scorer_type', parameters: 'scorer_params' }],
  python_script_scorer: [
    'PythonScriptScorer',
    {
      script: 'python_script',
      versionConstraint: 'python_version_constraint',
      requirements: 'requirements_contents',
    },
  ],
  test_based_scorer: ['TestBasedScorer', { testCommand: 'test_command' }],
};

const named = (wire: Wire, names: Readonly<Record<string, string>>): Wire =>
  Object.fromEntries(Object.entries(names).map(([name, property]) => [name, wire[property]]));

function scorer(wire: Wire): Thing {
  const [kind, names] = SCORERS[wire['type'] as string] ?? ['UnknownScorer', { typeName: 'type' }];
  const files = listIn(wire, 'test_files').map((file) =>
    record(named(file, { path: 'file_path', contents: 'file_contents' })),
  );
  return record({ ...named(wire, names), testFiles: files }, kind);
}

/** Deeper than anybody writes: only lists, each in the other. */
function isTooDeep(value: unknown): boolean {
  let inner = value;
  for (let level = 0; level < 1_000; level++) {
    if (!Array.isArray(inner)) return false;
    inner = inner[0];
  }
  return Array.isArray(inner);
}

export function launch(wire: Wire): Thing {
  const idle = objectIn(objectIn(wire, 'lifecycle') ?? {}, 'after_idle') ?? objectIn(wire, 'after_idle');
  const user = objectIn(wire, 'user_parameters');
  return record({
    ...named(wire, {
      customCpuCores: 'custom_cpu_cores',
      customMemoryGb: 'custom_gb_memory',
      customDiskGb: 'custom_disk_size',
      keepAliveSec: 'keep_alive_time_seconds',
      networkPolicyId: 'network_policy_id',
    }),
    architecture: word(wire['architecture']),
    resourceSize: word(wire['resource_size_request']),
    launchCommands: listIn(wire, 'launch_commands'),
    requiredServices: listIn(wire, 'required_services'),
    afterIdle: idle && record({ idleTimeSec: idle['idle_time_seconds'], onIdle: word(idle['on_idle']) }),
    user: user && record({ name: user['username'], uid: user['uid'] }),
  });
}

function environment(wire: Wire): Thing {
  const launched = objectIn(wire, 'launch_parameters');
  return record({
    ...named(wire, {
      blueprintId: 'blueprint_id',
      snapshotId: 'snapshot_id',
      workingDirectory: 'working_directory',
    }),
    launchParameters: launched && launch(launched),
  });
}

export const SCENARIO_FIELDS: Fields = {
  Scenario: {
    metadata,
    status: (wire) => word(wire['status']),
    validationType: (wire) => word(wire['validation_type']),
    problemStatement: (wire) => objectIn(wire, 'input_context')?.['problem_statement'],
    additionalContext: (wire) => {
      const context = objectIn(wire, 'input_context')?.['additional_context'] ?? null;
      return isTooDeep(context) ? refuse() : context;
    },
    runs: ({ id }, args, world) => listOf(world, 'scenarioRuns', args, (wire) => wire['scenario_id'] === id),
    history: (wire, args, world) => history(wire, args, world),
    environment: (wire) => {
      const where = objectIn(wire, 'environment');
      return where && environment(where);
    },
    scoringFunctions: (wire) =>
      listIn(objectIn(wire, 'scoring_contract') ?? {}, 'scoring_function_parameters').map((each) =>
        record({
          name: each['name'],
          weight: each['weight'],
          scorer: scorer(objectIn(each, 'scorer') ?? {}),
        }),
      ),
  },
};
