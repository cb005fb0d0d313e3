/** /v1/blueprints, /v1/devboxes/disk_snapshots, /v1/accounts/me and /v1/secrets: what is only read. */
import { listReply } from '../http/list.ts';
import { get, type Route } from '../http/route.ts';
import type { SnapshotRecord } from '../store/store.ts';
import { BLUEPRINT_STATUSES, type SnapshotStatusView, type SnapshotView } from '../wire/devbox.ts';
import { entity, entityReply } from './replies.ts';

export function resourceRoutes(): readonly Route[] {
  return [
    get('/v1/blueprints', (call) =>
      listReply('blueprints', call.world.blueprints, call, {
        filters: ['name', 'status'],
        words: { status: BLUEPRINT_STATUSES },
      }),
    ),
    get('/v1/blueprints/:id', ({ world, params: [id] }) => entityReply(world.blueprints, 'Blueprint', id)),
    get('/v1/devboxes/disk_snapshots', (call) =>
      listReply('snapshots', call.world.snapshots, call, {
        filters: ['source_blueprint_id'],
        where: devboxFilter(call.query),
      }),
    ),
    get('/v1/devboxes/disk_snapshots/:id/status', ({ world, params: [id] }) =>
      JSON.stringify(statusOf(entity(world.snapshots, 'Snapshot', id))),
    ),
    get('/v1/accounts/me', ({ world }) => JSON.stringify(world.account)),
    get('/v1/secrets', (call) => listReply('secrets', call.world.secrets, call)),
    get('/v1/secrets/:name', ({ world, params: [name = ''] }) =>
      entityReply(world.secrets, 'Secret', world.secrets.list({ name })[0]?.id ?? name),
    ),
  ];
}

/** The parameter is called otherwise than the field. */
function devboxFilter(query: URLSearchParams): { readonly source_devbox_id?: string } {
  const id = query.get('devbox_id');
  return id === null || id === '' ? {} : { source_devbox_id: id };
}

function statusOf({ status, error_message, ...view }: SnapshotRecord): SnapshotStatusView {
  const snapshot: SnapshotView = view;
  return { status, error_message, snapshot: status === 'complete' ? snapshot : null };
}
