/** The benchmarks of a new world, and what their scenarios are made from. */
import type { LifeContext } from '../life/life-context.ts';
import type { BenchmarkView } from '../wire/benchmark.ts';
import { type Manner, makeScenario } from './scenarios.ts';
import { smokeNames, sweBenchNames, terminalBenchNames } from './scenario-names.ts';

/** A seeded benchmark and how its runs go. */
export interface Suite {
  readonly benchmark: BenchmarkView;
  readonly manner: Manner;
  /** How many scenario runs its runs have active at once. */
  readonly concurrency: number;
}

export type Suites = Readonly<Record<Manner, Suite>>;

/** `scale` 1 makes 500, 89 and 50 scenarios; there is always at least one of each. */
export function createSuites({ store, timeline, ids, random }: LifeContext, scale: number): Suites {
  const count = (full: number) => Math.max(1, Math.round(full * scale));
  const [reviewer] = ['diff_reviewer', 'latency_budget', 'lint_score'].map((type) =>
    store.scorers.insert({
      id: ids('scorer'),
      type,
      bash_script: `#!/bin/bash\nset -euo pipefail\necho "$RL_SCORER_CONTEXT" > /tmp/context.json\necho "score=1.0" # ${type}\n`,
    }),
  );
  const blueprint = (name: string, dockerfile: string) =>
    store.blueprints.insert({
      id: ids('blueprint'),
      name,
      create_time_ms: timeline.now(),
      build_finish_time_ms: timeline.now() + 240_000,
      state: 'created',
      status: 'build_complete',
      failure_reason: null,
      base_blueprint_id: null,
      parameters: { name, dockerfile, system_setup_commands: ['apt-get update', 'pip install -e .'] },
      containerized_services: null,
      devbox_capabilities: [],
      is_public: false,
      metadata: { team: 'evals' },
    });

  const suite = (
    manner: Manner,
    concurrency: number,
    names: readonly string[],
    about: Pick<BenchmarkView, 'name' | 'attribution' | 'description'>,
  ): Suite => {
    const { id: blueprintId } = blueprint(
      `${manner}-base`,
      `FROM runloop/${manner}:latest\nWORKDIR /home/user\n`,
    );
    const stream = random.fork(manner);
    // Lists show the newest first: the last of a benchmark's scenarios must be made first.
    const scenarioIds = names
      .map((name, position) => ({ name, position }))
      .reverse()
      .map(({ name, position }) => {
        const place = {
          id: ids('scenario'),
          blueprintId,
          position,
          customScorerType: reviewer?.type ?? 'diff_reviewer',
        };
        return store.scenarios.insert(makeScenario(manner, name, place, stream)).id;
      })
      .reverse();
    const benchmark = store.benchmarks.insert({
      id: ids('benchmark'),
      ...about,
      metadata: { manner },
      scenarioIds,
      status: 'active',
      is_public: manner === 'terminal-bench',
      required_environment_variables: [],
      required_secret_names: [],
    });
    // Small benchmarks are not started all at once, either.
    return { benchmark, manner, concurrency: Math.min(concurrency, Math.ceil(names.length / 2)) };
  };

  return {
    smoke: suite('smoke', 25, smokeNames(count(50)), {
      name: 'Agent smoke tests',
      attribution: '',
      description: 'Short tasks that every agent build must pass.',
    }),
    'terminal-bench': suite('terminal-bench', 45, terminalBenchNames(count(89)), {
      name: 'Terminal-Bench 2.0',
      attribution: 'The Terminal-Bench authors',
      description: 'Tasks that an agent solves in a terminal.',
    }),
    'swe-bench': suite('swe-bench', 120, sweBenchNames(count(500), random.fork('swe-bench names')), {
      name: 'SWE-bench Verified',
      attribution: 'The SWE-bench authors',
      description: 'Real issues of Python repositories with the tests that show them fixed.',
    }),
  };
}
