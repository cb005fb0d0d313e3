/** `checkLaunch`: whether a devbox can be launched as a client wants, by the bounds that the upstream documents. */
import type { LaunchRequest } from '../upstream/mutations.ts';
import type { Architecture, OnIdle, ResourceSize } from '../upstream/types.ts';
import type { Issues } from './issues.ts';
import type { Optional } from './optional.ts';

/** As in the graph, where an enumeration also has UNKNOWN. */
export interface LaunchInput extends Omit<LaunchRequest, 'architecture' | 'resourceSize' | 'afterIdle'> {
  readonly architecture?: Optional<Architecture>;
  readonly resourceSize?: Optional<ResourceSize>;
  readonly afterIdle?: Optional<{ readonly idleTimeSec: number; readonly onIdle: OnIdle }>;
}

/** 48 hours. */
const MAX_KEEP_ALIVE_SEC = 172_800;
const MAX_SUSPEND_DEADLINE_MS = 60_000;
/** Linux counts users in 32 bits. */
const MAX_UID = 2 ** 32 - 1;
const MAX_CPU_CORES = 16;
const MAX_MEMORY_GB = 64;
const MAX_DISK_GB = 64;
/** GiB of memory for each CPU core. */
const MEMORY_PER_CORE = { min: 2, max: 8 } as const;

const WORDS = 'a value that a devbox can be launched with';

/** Null when nothing was asked for. What has issues is not to be used. */
export function checkLaunch(field: string, input: LaunchInput | null, issues: Issues): LaunchRequest | null {
  if (!input) return null;
  const { architecture, resourceSize, afterIdle, keepAliveSec, suspendDeadlineMs, user } = input;
  checkSize(field, input, issues);
  if (typeof keepAliveSec === 'number' && !isWhole(keepAliveSec, 1, MAX_KEEP_ALIVE_SEC)) {
    issues.add(
      `${field}.keepAliveSec`,
      `a whole number of seconds from 1 to ${String(MAX_KEEP_ALIVE_SEC)}`,
      keepAliveSec,
    );
  }
  if (afterIdle && !isWhole(afterIdle.idleTimeSec, 1, Number.MAX_SAFE_INTEGER)) {
    issues.add(
      `${field}.afterIdle.idleTimeSec`,
      'a whole number of seconds from 1 on',
      afterIdle.idleTimeSec,
    );
  }
  if (typeof suspendDeadlineMs === 'number' && !isWhole(suspendDeadlineMs, 1, MAX_SUSPEND_DEADLINE_MS)) {
    issues.add(
      `${field}.suspendDeadlineMs`,
      `a whole number of milliseconds from 1 to ${String(MAX_SUSPEND_DEADLINE_MS)}`,
      suspendDeadlineMs,
    );
  }
  issues.texts(`${field}.launchCommands`, input.launchCommands);
  issues.texts(`${field}.suspendCommands`, input.suspendCommands);
  issues.texts(`${field}.requiredServices`, input.requiredServices);
  issues.id(`${field}.networkPolicyId`, input.networkPolicyId);
  if (user) {
    issues.text(`${field}.user.name`, user.name);
    if (!isWhole(user.uid, 0, MAX_UID))
      issues.add(`${field}.user.uid`, `a whole number from 0 to ${String(MAX_UID)}`, user.uid);
  }
  return {
    ...input,
    architecture: known(`${field}.architecture`, architecture, issues),
    resourceSize: known(`${field}.resourceSize`, resourceSize, issues),
    afterIdle: afterIdle
      ? {
          idleTimeSec: afterIdle.idleTimeSec,
          onIdle: known(`${field}.afterIdle.onIdle`, afterIdle.onIdle, issues) ?? 'shutdown',
        }
      : null,
  };
}

/** `unknown` is a value of answers only. */
function known<Value extends string>(
  field: string,
  value: Value | null | undefined,
  issues: Issues,
): Exclude<Value, 'unknown'> | null {
  if (value === 'unknown') issues.add(field, WORDS, 'UNKNOWN');
  return value === undefined || value === 'unknown' ? null : (value as Exclude<Value, 'unknown'> | null);
}

function checkSize(field: string, input: LaunchInput, issues: Issues): void {
  const sizes = {
    customCpuCores: input.customCpuCores ?? null,
    customMemoryGb: input.customMemoryGb ?? null,
    customDiskGb: input.customDiskGb ?? null,
  };
  if (input.resourceSize !== 'CUSTOM_SIZE') {
    for (const [name, value] of Object.entries(sizes)) {
      if (value !== null)
        issues.add(`${field}.${name}`, 'absent unless `resourceSize` is CUSTOM_SIZE', value);
    }
    return;
  }
  const { customCpuCores: cores, customMemoryGb: memory, customDiskGb: disk } = sizes;
  if (cores === null || !(cores === 0.5 || cores === 1 || isEven(cores, MAX_CPU_CORES))) {
    issues.add(`${field}.customCpuCores`, `0.5, 1 or an even number up to ${String(MAX_CPU_CORES)}`, cores);
  }
  if (memory === null || !(memory === 1 || isEven(memory, MAX_MEMORY_GB))) {
    issues.add(`${field}.customMemoryGb`, `1 or an even number up to ${String(MAX_MEMORY_GB)}`, memory);
  }
  if (disk !== null && !isEven(disk, MAX_DISK_GB)) {
    issues.add(`${field}.customDiskGb`, `an even number from 2 to ${String(MAX_DISK_GB)}`, disk);
  }
  if (cores === null || memory === null) return;
  const { min, max } = MEMORY_PER_CORE;
  if (memory < cores * min || memory > cores * max) {
    issues.add(
      `${field}.customMemoryGb`,
      `${String(min)} to ${String(max)} times \`customCpuCores\``,
      `${String(memory)} for ${String(cores)}`,
    );
  }
}

function isEven(value: number, max: number): boolean {
  return isWhole(value, 2, max) && value % 2 === 0;
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
