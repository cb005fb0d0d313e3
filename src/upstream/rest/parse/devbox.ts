/** `parseDevbox`: a devbox as the REST API shows it, with its whole history, in camelCase. */
import { isId } from '../../id.ts';
import { isDevboxTerminal } from '../../lifecycle.ts';
import type {
  Devbox,
  DevboxCapability,
  DevboxFailureReason,
  DevboxInitiatorType,
  DevboxShutdownReason,
  DevboxStateTransition,
  DevboxStatus,
  Row,
  WireViews,
} from '../../types.ts';
import { parseLaunchParameters } from './launch-parameters.ts';
import { unreadable } from './page.ts';
import {
  endNotBefore,
  isObject,
  type Loose,
  readDuration,
  readInstant,
  readKeyValues,
  readList,
  readText,
} from './primitives.ts';
import type { RowFields, WireOf } from './row-fields.ts';
import { createEnumValues, readEnumValue, type ReportUnknown } from './enum-values.ts';

type View = WireViews['devbox'];
export const DEVBOX_FIELDS = {
  own: {
    id: true,
    name: true,
    status: true,
    create_time_ms: true,
    end_time_ms: true,
    metadata: true,
    failure_reason: true,
    shutdown_reason: true,
    initiator_type: true,
    initiator_id: true,
    blueprint_id: true,
    snapshot_id: true,
    capabilities: true,
    launch_parameters: true,
    state_transitions: true,
    // What opens a tunnel or names a credential stays upstream.
    tunnel: false,
    gateway_specs: false,
    mcp_specs: false,
  },
} satisfies RowFields<View>;

type Wire = WireOf<typeof DEVBOX_FIELDS.own>;
type WireTransition = Loose<
  View['state_transitions'][number],
  'status' | 'transition_time_ms' | 'failure_reason'
>;

const STATUSES = createEnumValues<DevboxStatus>('devbox.status', {
  scheduled: true,
  queued: true,
  provisioning: true,
  initializing: true,
  running: true,
  suspending: true,
  suspended: true,
  resuming: true,
  failure: true,
  shutdown: true,
});

const FAILURE_REASONS = createEnumValues<DevboxFailureReason>('devbox.failureReason', {
  out_of_memory: true,
  out_of_disk: true,
  execution_failed: true,
  health_check_failed: true,
});

const SHUTDOWN_REASONS = createEnumValues<DevboxShutdownReason>('devbox.shutdownReason', {
  api_shutdown: true,
  keep_alive_timeout: true,
  entrypoint_exit: true,
  idle: true,
  ttl_expired: true,
});

const INITIATOR_TYPES = createEnumValues<DevboxInitiatorType>('devbox.initiatorType', {
  api: true,
  scenario: true,
  scoring_validation: true,
  reflex: true,
});

const CAPABILITIES = createEnumValues<DevboxCapability>('devbox.capability', { docker_in_docker: true });

export function parseDevbox(row: unknown, report: ReportUnknown): Row<Devbox> {
  if (!isObject(row)) return unreadable('devbox', 'form');
  const wire: Wire = row;
  const { id } = wire;
  if (!isId(id)) return unreadable('devbox', 'id');
  const status = readEnumValue(STATUSES, wire.status, report);
  if (status === null) return unreadable('devbox', 'status');
  const createdAtMs = readInstant(wire.create_time_ms);
  return {
    type: 'Devbox',
    id,
    name: readText(wire.name),
    status,
    isTerminal: isDevboxTerminal(status),
    createdAtMs,
    endedAtMs: endNotBefore(createdAtMs, readInstant(wire.end_time_ms)),
    metadata: readKeyValues(wire.metadata),
    failureReason: readEnumValue(FAILURE_REASONS, wire.failure_reason, report),
    shutdownReason: readEnumValue(SHUTDOWN_REASONS, wire.shutdown_reason, report),
    initiatorType: readEnumValue(INITIATOR_TYPES, wire.initiator_type, report),
    initiatorId: readText(wire.initiator_id),
    blueprintId: isId(wire.blueprint_id) ? wire.blueprint_id : null,
    snapshotId: isId(wire.snapshot_id) ? wire.snapshot_id : null,
    capabilities: readList(wire.capabilities)
      .map((item) => readEnumValue(CAPABILITIES, item, report))
      .filter((item) => item !== null),
    launchParameters: parseLaunchParameters(wire.launch_parameters, report),
    stateTransitions: parseTransitions(wire.state_transitions, report),
  };
}

function parseTransitions(value: unknown, report: ReportUnknown): readonly DevboxStateTransition[] {
  const wires: readonly WireTransition[] = readList(value).filter(isObject);
  return wires.map((wire, index) => {
    const atMs = readInstant(wire.transition_time_ms);
    const nextAtMs = readInstant(wires[index + 1]?.transition_time_ms);
    return {
      status: readEnumValue(STATUSES, wire.status, report) ?? 'unknown',
      atMs,
      durationMs: atMs === null || nextAtMs === null ? null : readDuration(nextAtMs - atMs),
      failureReason: readText(wire.failure_reason),
    };
  });
}
