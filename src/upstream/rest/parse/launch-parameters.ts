/** `parseLaunchParameters`: how a devbox is launched, in camelCase. */
import { isId } from '../../id.ts';
import type { Architecture, LaunchParameters, OnIdle, ResourceSize, WireViews } from '../../types.ts';
import {
  isObject,
  type Loose,
  readDuration,
  readInteger,
  readNumber,
  readObject,
  readText,
  readTexts,
} from './primitives.ts';
import { createEnumValues, readEnumValue, type ReportUnknown } from './enum-values.ts';

type View = WireViews['launchParameters'];
type Wire = Loose<
  View,
  | 'architecture'
  | 'resource_size_request'
  | 'custom_cpu_cores'
  | 'custom_gb_memory'
  | 'custom_disk_size'
  | 'keep_alive_time_seconds'
  | 'after_idle'
  | 'lifecycle'
  | 'launch_commands'
  | 'required_services'
  | 'network_policy_id'
  | 'user_parameters',
  // Ignored by the upstream, and an alpha feature.
  'available_ports' | 'provisioning_tier'
>;
type WireLifecycle = Loose<
  NonNullable<View['lifecycle']>,
  'after_idle',
  'lifecycle_hooks' | 'resume_triggers'
>;
type WireAfterIdle = Loose<NonNullable<View['after_idle']>, 'idle_time_seconds' | 'on_idle'>;
type WireUser = Loose<NonNullable<View['user_parameters']>, 'uid' | 'username'>;

const ARCHITECTURES = createEnumValues<Architecture>('launchParameters.architecture', {
  x86_64: true,
  arm64: true,
});

const SIZES = createEnumValues<ResourceSize>('launchParameters.resourceSize', {
  X_SMALL: true,
  SMALL: true,
  MEDIUM: true,
  LARGE: true,
  X_LARGE: true,
  XX_LARGE: true,
  CUSTOM_SIZE: true,
});

const IDLE_ACTIONS = createEnumValues<OnIdle>('launchParameters.onIdle', { shutdown: true, suspend: true });

/** Every parameter is optional: what is no object has none. */
export function parseLaunchParameters(value: unknown, report: ReportUnknown): LaunchParameters {
  const wire: Wire = readObject(value) ?? {};
  const lifecycle: WireLifecycle = readObject(wire.lifecycle) ?? {};
  return {
    architecture: readEnumValue(ARCHITECTURES, wire.architecture, report),
    resourceSize: readEnumValue(SIZES, wire.resource_size_request, report),
    customCpuCores: readNumber(wire.custom_cpu_cores),
    customMemoryGb: readNumber(wire.custom_gb_memory),
    customDiskGb: readNumber(wire.custom_disk_size),
    keepAliveSec: readDuration(wire.keep_alive_time_seconds),
    // The upstream has renamed this property and asks to prefer the new place.
    afterIdle: parseAfterIdle(lifecycle.after_idle ?? wire.after_idle, report),
    launchCommands: readTexts(wire.launch_commands),
    requiredServices: readTexts(wire.required_services),
    networkPolicyId: isId(wire.network_policy_id) ? wire.network_policy_id : null,
    user: parseUser(wire.user_parameters),
  };
}

function parseAfterIdle(value: unknown, report: ReportUnknown): LaunchParameters['afterIdle'] {
  if (!isObject(value)) return null;
  const wire: WireAfterIdle = value;
  const idleTimeSec = readDuration(wire.idle_time_seconds);
  if (idleTimeSec === null) return null;
  return { idleTimeSec, onIdle: readEnumValue(IDLE_ACTIONS, wire.on_idle, report) ?? 'unknown' };
}

function parseUser(value: unknown): LaunchParameters['user'] {
  if (!isObject(value)) return null;
  const wire: WireUser = value;
  const name = readText(wire.username);
  const uid = readInteger(wire.uid);
  return name === null || uid === null ? null : { name, uid };
}
