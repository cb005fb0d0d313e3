/** The simulator's own wire shapes are what the official SDK's types promise: this file's proof is that it compiles. */
import type { AccountView as SdkAccount } from '@runloop/api-client/resources/accounts';
import type { BenchmarkJobView as SdkJob } from '@runloop/api-client/resources/benchmark-jobs';
import type { BenchmarkRunView as SdkBenchmarkRun } from '@runloop/api-client/resources/benchmark-runs';
import type { BenchmarkView as SdkBenchmark } from '@runloop/api-client/resources/benchmarks';
import type { BlueprintView as SdkBlueprint } from '@runloop/api-client/resources/blueprints';
import type * as sdkDevboxes from '@runloop/api-client/resources/devboxes/devboxes';
import type { DevboxSnapshotAsyncStatusView } from '@runloop/api-client/resources/devboxes/disk-snapshots';
import type { DevboxLogsListView } from '@runloop/api-client/resources/devboxes/logs';
import type * as sdkScenarios from '@runloop/api-client/resources/scenarios/scenarios';
import type { ScorerRetrieveResponse } from '@runloop/api-client/resources/scenarios/scorers';
import type { SecretView as SdkSecret } from '@runloop/api-client/resources/secrets';
import { describe, expectTypeOf, it } from 'vitest';
import type { AccountView, SecretView } from '../../src/simulator/wire/account.ts';
import type {
  BenchmarkJobView,
  BenchmarkRunView,
  BenchmarkView,
} from '../../src/simulator/wire/benchmark.ts';
import type {
  BlueprintView,
  DevboxLog,
  DevboxUsage,
  DevboxView,
  ExecutionView,
  SnapshotStatusView,
  SnapshotView,
} from '../../src/simulator/wire/devbox.ts';
import type { ScenarioRunView, ScenarioView, ScorerView } from '../../src/simulator/wire/scenario.ts';

/** The SDK's types are not readonly; what is on the wire is neither. */
type Mutable<T> = T extends object ? { -readonly [Key in keyof T]: Mutable<T[Key]> } : T;

describe('wire shapes', () => {
  it('are the shapes of the official SDK', () => {
    expectTypeOf<Mutable<ScenarioView>>().toExtend<sdkScenarios.ScenarioView>();
    expectTypeOf<Mutable<ScenarioRunView>>().toExtend<sdkScenarios.ScenarioRunView>();
    expectTypeOf<Mutable<ScorerView>>().toExtend<ScorerRetrieveResponse>();
    expectTypeOf<Mutable<BenchmarkView>>().toExtend<SdkBenchmark>();
    expectTypeOf<Mutable<BenchmarkRunView>>().toExtend<SdkBenchmarkRun>();
    expectTypeOf<Mutable<BenchmarkJobView>>().toExtend<SdkJob>();
    expectTypeOf<Mutable<DevboxView>>().toExtend<sdkDevboxes.DevboxView>();
    expectTypeOf<Mutable<DevboxUsage>>().toExtend<sdkDevboxes.DevboxResourceUsageView>();
    expectTypeOf<Mutable<DevboxLog>>().toExtend<DevboxLogsListView.Log>();
    expectTypeOf<Mutable<ExecutionView>>().toExtend<sdkDevboxes.DevboxAsyncExecutionDetailView>();
    expectTypeOf<Mutable<BlueprintView>>().toExtend<SdkBlueprint>();
    expectTypeOf<Mutable<SnapshotView>>().toExtend<sdkDevboxes.DevboxSnapshotView>();
    expectTypeOf<Mutable<SnapshotStatusView>>().toExtend<DevboxSnapshotAsyncStatusView>();
    expectTypeOf<Mutable<AccountView>>().toExtend<SdkAccount>();
    expectTypeOf<Mutable<SecretView>>().toExtend<SdkSecret>();
  });
});
