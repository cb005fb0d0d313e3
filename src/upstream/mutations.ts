/** `Mutation`: the ways in which asking the upstream for a change can end, and what runs are started with. */
import type { GatewayError } from '../errors.ts';
import type {
  Architecture,
  BrokerProtocol,
  EnvironmentVariable,
  KeyValue,
  OnIdle,
  ResourceSize,
  SecretReference,
} from './types.ts';

/**
 * - `done`: the upstream did it and answered what came of it.
 * - `missing`: there is nothing with this id, so nothing was done.
 * - `refused`: the upstream said no, so nothing was done. `error` says why, in the closed list of codes.
 * - `unknown`: it was sent, and nobody can tell whether it was done. Only a read can.
 */
export type Mutation<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly error: GatewayError }
  | {
      readonly kind: 'unknown';
      readonly error: GatewayError;
      /** What came of it after all, for whoever it still matters to; null when that never becomes known. Never rejects. */
      readonly late: Promise<T | null>;
    };

export interface MutationOptions {
  /** By it the upstream knows a repetition. 1 to 128 visible ASCII characters. */
  readonly idempotencyKey: string;
}

interface RunStart {
  readonly name: string | null;
  readonly metadata: readonly KeyValue[];
  readonly profile: RunProfile;
}

export interface ScenarioRunStart extends RunStart {
  readonly scenarioId: string;
  /** The benchmark run that it becomes part of. */
  readonly benchmarkRunId: string | null;
}

export interface BenchmarkRunStart extends RunStart {
  readonly benchmarkId: string;
}

/** What a run is started with. */
export interface RunProfile {
  readonly purpose: string | null;
  readonly environmentVariables: readonly EnvironmentVariable[];
  readonly secrets: readonly SecretReference[];
  readonly mounts: readonly Mount[];
  readonly launchParameters: LaunchRequest | null;
}

/** What a devbox is to be launched with. What is null or undefined is left to the upstream. */
export interface LaunchRequest {
  readonly architecture?: Exclude<Architecture, 'unknown'> | null | undefined;
  readonly resourceSize?: Exclude<ResourceSize, 'unknown'> | null | undefined;
  readonly customCpuCores?: number | null | undefined;
  readonly customMemoryGb?: number | null | undefined;
  readonly customDiskGb?: number | null | undefined;
  readonly keepAliveSec?: number | null | undefined;
  readonly afterIdle?: IdleRequest | null | undefined;
  readonly suspendCommands?: readonly string[] | null | undefined;
  readonly suspendDeadlineMs?: number | null | undefined;
  readonly resumeOnHttp?: boolean | null | undefined;
  readonly resumeOnAxonEvent?: boolean | null | undefined;
  readonly launchCommands?: readonly string[] | null | undefined;
  readonly requiredServices?: readonly string[] | null | undefined;
  readonly networkPolicyId?: string | null | undefined;
  readonly user?: { readonly name: string; readonly uid: number } | null | undefined;
}

export interface IdleRequest {
  readonly idleTimeSec: number;
  readonly onIdle: Exclude<OnIdle, 'unknown'>;
}

/** What is put on the devbox of a run before it starts. */
export type Mount =
  | { readonly type: 'object'; readonly objectId: string; readonly path: string }
  | {
      readonly type: 'agent';
      /** Either this or the name. */
      readonly agentId?: string | null | undefined;
      readonly agentName?: string | null | undefined;
      readonly path?: string | null | undefined;
      /** A credential. */
      readonly authToken?: string | null | undefined;
    }
  | {
      readonly type: 'code';
      readonly repoOwner: string;
      readonly repoName: string;
      readonly gitRef?: string | null | undefined;
      readonly installCommand?: string | null | undefined;
      /** A credential. */
      readonly token?: string | null | undefined;
    }
  | { readonly type: 'file'; readonly path: string; readonly content: string }
  | {
      readonly type: 'broker';
      readonly axonId: string;
      readonly protocol?: BrokerProtocol | null | undefined;
      readonly agentBinary?: string | null | undefined;
      readonly launchArguments?: readonly string[] | null | undefined;
      readonly workingDirectory?: string | null | undefined;
    };
