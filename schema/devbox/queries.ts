/** How devboxes are found. */
import { builder } from '../builder.ts';
import { conditionsOf, connect, connectionArgs } from '../connections.ts';
import { Devbox, DevboxConnection, DevboxStatus } from './type.ts';

const DevboxFilter = builder.inputType('DevboxFilter', {
  description: 'Which devboxes.',
  fields: (t) => ({
    status: t.field({ type: DevboxStatus, description: 'Devboxes in this status.' }),
  }),
});

builder.queryFields((t) => ({
  devbox: t.field({
    type: Devbox,
    nullable: true,
    authScopes: { 'runs:read': true },
    description: 'The devbox with this id; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'An id such as `dbx_…`.' }) },
    resolve: (_root, { id }, { loaders }) => loaders.devbox.load(id),
  }),
  devboxes: t.field({
    type: DevboxConnection,
    authScopes: { 'runs:read': true },
    description: 'The devboxes of the account, newest first.',
    args: {
      ...connectionArgs,
      filter: t.arg({ type: DevboxFilter, description: 'Which devboxes; all when absent.' }),
    },
    resolve: (_root, { filter, ...page }, { loaders }) =>
      connect(page, (range) => loaders.devboxes.list(conditionsOf(filter), range)),
  }),
}));
