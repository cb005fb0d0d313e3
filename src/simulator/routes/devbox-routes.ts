/** /v1/devboxes: their life, what they say, and the commands that run on them. */
import type { Clock } from '../../clock.ts';
import { ApiError } from '../wire/api-error.ts';
import { logsOf } from '../devbox/devbox-logs.ts';
import { usageOf } from '../devbox/usage.ts';
import { listReply } from '../http/list.ts';
import { act, ask, type Call, get, type Route } from '../http/route.ts';
import { DEFAULT_BOOT, hasEnded } from '../life/devbox-life.ts';
import { DEVBOX_STATUSES, type DevboxView } from '../wire/devbox.ts';
import { launchParametersOf } from './bodies.ts';
import { pollOf, waitFor } from './long-poll.ts';
import { entity, entityReply } from './replies.ts';

/** A status is waited for so long, at most. */
const MAX_WAIT_SECONDS = 30;

export function devboxRoutes(clock: Clock): readonly Route[] {
  return [
    get('/v1/devboxes', (call) =>
      listReply('devboxes', call.world.devboxes, call, {
        filters: ['status'],
        words: { status: DEVBOX_STATUSES },
      }),
    ),
    get('/v1/devboxes/:id', ({ world, params: [id] }) => entityReply(world.devboxes, 'Devbox', id)),
    act('/v1/devboxes', (call) => JSON.stringify(createDevbox(call))),
    act('/v1/devboxes/create_and_await_running', async (call) => {
      const { id } = createDevbox(call);
      const isReached = (devbox: DevboxView) => devbox.status === 'running' || hasEnded(devbox);
      const { world, signal } = call;
      await waitFor(world.devboxes, id, { isReached, timeoutSeconds: MAX_WAIT_SECONDS, clock, signal });
      // What is not running yet is answered as it is: the client goes on waiting.
      return entityReply(world.devboxes, 'Devbox', id);
    }),
    act('/v1/devboxes/:id', ({ world, params: [id], body }) => {
      const devbox = entity(world.devboxes, 'Devbox', id);
      const name = body.string('name');
      return JSON.stringify(
        world.devboxes.update(devbox.id, {
          name: name === undefined ? devbox.name : name || null,
          metadata: body.stringMap('metadata') ?? devbox.metadata,
        }),
      );
    }),
    ask('/v1/devboxes/:id/wait_for_status', async ({ world, params: [id], body, signal }) => {
      const devbox = entity(world.devboxes, 'Devbox', id);
      const { statuses, timeoutSeconds } = pollOf(body, DEVBOX_STATUSES, MAX_WAIT_SECONDS);
      const isReached = ({ status }: DevboxView) => statuses.has(status);
      const reached = await waitFor(world.devboxes, devbox.id, { isReached, timeoutSeconds, clock, signal });
      if (reached) return JSON.stringify(reached);
      throw ApiError.pollTimeout(`Devbox ${devbox.id} did not reach ${[...statuses].join(' or ')} in time`);
    }),
    act('/v1/devboxes/:id/shutdown', ({ world, params: [id = ''], query }) => {
      const isForced = query.get('force') === 'true';
      if (!isForced && isBeingSnapshot(world, id)) {
        throw ApiError.conflict(
          `Devbox ${id} has a snapshot in progress; use force=true to shut it down nevertheless`,
        );
      }
      return JSON.stringify(world.life.devboxes.shutdown(id));
    }),
    act('/v1/devboxes/:id/suspend', ({ world, params: [id = ''] }) =>
      JSON.stringify(world.life.devboxes.suspend(id)),
    ),
    act('/v1/devboxes/:id/resume', ({ world, params: [id = ''] }) =>
      JSON.stringify(world.life.devboxes.resume(id)),
    ),
    act('/v1/devboxes/:id/keep_alive', ({ world, params: [id = ''] }) => {
      world.life.devboxes.keepAlive(id);
      return '{}';
    }),
    get('/v1/devboxes/:id/logs', ({ world, params: [id], query }) => {
      const devbox = entity(world.devboxes, 'Devbox', id);
      const [execution, shell] = [query.get('execution_id'), query.get('shell_name')];
      const logs = logsOf(devbox, world.life.interiors.logs(devbox.id), world.now()).filter(
        ({ cmd_id, shell_name }) =>
          (execution === null || cmd_id === execution) && (shell === null || shell_name === shell),
      );
      return JSON.stringify({ logs });
    }),
    get('/v1/devboxes/:id/usage', ({ world, params: [id] }) =>
      JSON.stringify(usageOf(entity(world.devboxes, 'Devbox', id), world.now())),
    ),
  ];
}

function isBeingSnapshot(world: Call['world'], id: string): boolean {
  return world.snapshots.list({ source_devbox_id: id, status: 'in_progress' }).length > 0;
}

function createDevbox({ world, body }: Call): DevboxView {
  const launch = body.object('launch_parameters');
  const launchParameters = launch ? launchParametersOf(launch) : undefined;
  const blueprintId = body.string('blueprint_id') ?? newestBlueprint(world, body.string('blueprint_name'));
  if (blueprintId !== undefined) entity(world.blueprints, 'Blueprint', blueprintId);
  const snapshotId = body.string('snapshot_id');
  if (snapshotId !== undefined) entity(world.snapshots, 'Snapshot', snapshotId);
  const devbox = world.life.devboxes.create(
    {
      name: body.string('name') ?? null,
      metadata: body.stringMap('metadata') ?? {},
      blueprint_id: blueprintId ?? null,
      snapshot_id: snapshotId ?? null,
      initiator_type: 'api',
      ...(launchParameters ? { launch_parameters: launchParameters } : {}),
    },
    // Only flex devboxes wait for infrastructure; the others are provisioned at once.
    launchParameters?.provisioning_tier === 'flex' ? DEFAULT_BOOT : { ...DEFAULT_BOOT, queuedMs: 0 },
  );
  const { environment } = world.life.interiors.shell(devbox.id);
  for (const [name, value] of Object.entries(body.stringMap('environment_variables') ?? {}))
    environment.set(name, value);
  return devbox;
}

function newestBlueprint(world: Call['world'], name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const [newest] = world.blueprints.list({ name, status: 'build_complete' });
  if (!newest) throw ApiError.missing('Blueprint', name);
  return newest.id;
}
