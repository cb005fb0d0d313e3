/** Everything a world holds, kind by kind, each indexed by what its lists filter on. */
import type { SecretView } from '../wire/account.ts';
import type { BenchmarkJobView, BenchmarkRunView, BenchmarkView } from '../wire/benchmark.ts';
import type { BlueprintView, DevboxView, ExecutionView, SnapshotView } from '../wire/devbox.ts';
import type { ScenarioRunView, ScenarioView, ScorerView } from '../wire/scenario.ts';
import { type Collection, createCollection } from './collection.ts';

/** A snapshot as it is stored: the view, and how far it has been made. */
export interface SnapshotRecord extends SnapshotView {
  readonly status: 'in_progress' | 'error' | 'complete' | 'deleted';
  readonly error_message: string | null;
}

export interface Store {
  readonly scenarios: Collection<ScenarioView, 'name' | 'status' | 'validation_type' | 'is_public'>;
  readonly scenarioRuns: Collection<
    ScenarioRunView,
    'name' | 'state' | 'benchmark_run_id' | 'scenario_id' | 'devbox_id'
  >;
  readonly benchmarks: Collection<BenchmarkView, 'name' | 'status' | 'is_public'>;
  readonly benchmarkRuns: Collection<BenchmarkRunView, 'name' | 'state' | 'benchmark_id'>;
  readonly benchmarkJobs: Collection<BenchmarkJobView, 'name' | 'state'>;
  readonly devboxes: Collection<DevboxView, 'status'>;
  readonly scorers: Collection<ScorerView, 'type'>;
  readonly blueprints: Collection<BlueprintView, 'name' | 'status'>;
  readonly snapshots: Collection<SnapshotRecord, 'source_devbox_id' | 'source_blueprint_id' | 'status'>;
  readonly secrets: Collection<SecretView, 'name'>;
  readonly executions: Collection<ExecutionView, 'devbox_id'>;
}

export function createStore(): Store {
  return {
    scenarios: createCollection('id', ['name', 'status', 'validation_type', 'is_public']),
    scenarioRuns: createCollection('id', ['name', 'state', 'benchmark_run_id', 'scenario_id', 'devbox_id']),
    benchmarks: createCollection('id', ['name', 'status', 'is_public']),
    benchmarkRuns: createCollection('id', ['name', 'state', 'benchmark_id']),
    benchmarkJobs: createCollection('id', ['name', 'state']),
    devboxes: createCollection('id', ['status']),
    scorers: createCollection('id', ['type']),
    blueprints: createCollection('id', ['name', 'status']),
    snapshots: createCollection(
      'id',
      ['source_devbox_id', 'source_blueprint_id', 'status'],
      ['status', 'error_message'],
    ),
    secrets: createCollection('id', ['name']),
    executions: createCollection('execution_id', ['devbox_id']),
  };
}
