/** What a devbox consumed so far, counted from its history. */
import type { DevboxStatus, DevboxUsage, DevboxView } from '../wire/devbox.ts';
import type { LaunchParameters, ResourceSize } from '../wire/scenario.ts';

/** Processors, GiB of memory and GiB of disk by size, as the API documents them. */
const RESOURCES: Readonly<Record<ResourceSize, readonly [vcpu: number, memoryGb: number, diskGb: number]>> = {
  X_SMALL: [0.5, 1, 4],
  SMALL: [1, 2, 4],
  MEDIUM: [2, 4, 8],
  LARGE: [2, 8, 16],
  X_LARGE: [4, 16, 16],
  XX_LARGE: [8, 32, 16],
  CUSTOM_SIZE: [2, 4, 8],
};

/** In these states a devbox uses processor and memory; disk it uses until its end, also while suspended. */
const ACTIVE: ReadonlySet<DevboxStatus> = new Set(['initializing', 'running', 'suspending', 'resuming']);

export function usageOf(devbox: DevboxView, now: number): DevboxUsage {
  const end = devbox.end_time_ms ?? now;
  const activeMs = devbox.state_transitions.reduce((total, { status, transition_time_ms }, index) => {
    const next = devbox.state_transitions[index + 1]?.transition_time_ms ?? end;
    return ACTIVE.has(status) ? total + next - transition_time_ms : total;
  }, 0);
  const activeSeconds = Math.round(activeMs / 1_000);
  const elapsedSeconds = Math.round((end - devbox.create_time_ms) / 1_000);
  const [vcpu, memoryGb, diskGb] = resourcesOf(devbox.launch_parameters);
  return {
    id: devbox.id,
    status: devbox.status,
    start_time_ms: devbox.create_time_ms,
    end_time_ms: devbox.end_time_ms,
    total_active_seconds: activeSeconds,
    total_elapsed_seconds: elapsedSeconds,
    vcpu_seconds: Math.round(activeSeconds * vcpu),
    memory_gb_seconds: Math.round(activeSeconds * memoryGb),
    disk_gb_seconds: Math.round(elapsedSeconds * diskGb),
  };
}

function resourcesOf(launch: LaunchParameters): readonly [vcpu: number, memoryGb: number, diskGb: number] {
  const [vcpu, memoryGb, diskGb] = RESOURCES[launch.resource_size_request ?? 'SMALL'];
  return [
    launch.custom_cpu_cores ?? vcpu,
    launch.custom_gb_memory ?? memoryGb,
    launch.custom_disk_size ?? diskGb,
  ];
}
