/** `Node`: everything that has an id of its own, and the two queries that find a thing by its id alone. */
import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../src/context.ts';
import { GatewayError } from '../src/errors.ts';
import { assertId } from '../src/upstream/id.ts';
import type { Entity } from '../src/upstream/types.ts';
import { builder } from './builder.ts';
import { lookUp } from './look-ahead.ts';

/** How many ids `nodes` takes. */
const MAX_NODES = 100;

export const Node = builder.interfaceRef<Entity>('Node').implement({
  description: 'A thing with an id of its own, which `node(id:)` finds again.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description:
        "Runloop's own id, unchanged, such as `scr_…`: what a person copies out of the dashboard works here.",
    }),
  }),
  resolveType: (entity) => entity.type,
});

builder.queryFields((t) => ({
  node: t.field({
    type: Node,
    nullable: true,
    authScopes: { 'runs:read': true },
    description: 'The thing with this id, whatever its type; null when there is none.',
    args: {
      id: t.arg.id({ required: true, description: 'The id, which says by its prefix what the thing is.' }),
    },
    resolve: (_root, { id }, context, info) => loadNode(id, context, info),
  }),
  nodes: t.field({
    type: t.listRef(Node, { nullable: true }),
    authScopes: { 'runs:read': true },
    description: 'The things with these ids, in the order of the ids; null where there is none.',
    args: {
      ids: t.arg.idList({ required: true, description: `The ids, ${String(MAX_NODES)} at most.` }),
    },
    resolve: (_root, { ids }, context, info) => {
      if (ids.length > MAX_NODES) {
        throw new GatewayError(
          'BAD_USER_INPUT',
          `Expected at most ${String(MAX_NODES)} ids, got ${String(ids.length)}`,
        );
      }
      // An Error among the items fails that item alone: graphql reports it on the item's path.
      return Promise.all(
        ids.map((id) => loadNode(id, context, info).catch((error: unknown) => error as Entity)),
      );
    },
  }),
}));

/** Prefixes of ids that belong to things which the graph does not have, so that nobody is asked for them. */
const FOREIGN_PREFIXES: ReadonlySet<string> = new Set([
  'scs', // scorers
  'bpt', // blueprints
  'snp', // snapshots
  'agt', // agents
]);

/**
 * Ids are globally unique by their prefix, which names the type. The prefix of jobs is published nowhere, so whatever
 * has a prefix that belongs to nothing else is looked up among them.
 */
async function loadNode(id: string, context: Context, info: GraphQLResolveInfo): Promise<Entity | null> {
  assertId(id);
  const prefix = id.slice(0, Math.max(0, id.indexOf('_')));
  switch (prefix) {
    case 'scr':
      return lookUp('scenarioRun', id, context, info);
    case 'bmr':
      return lookUp('benchmarkRun', id, context, info);
    case 'bmd':
      return lookUp('benchmark', id, context, info);
    case 'scn':
      return lookUp('scenario', id, context, info);
    case 'dbx':
      return lookUp('devbox', id, context, info);
    default:
      return prefix === '' || FOREIGN_PREFIXES.has(prefix) ? null : lookUp('benchmarkJob', id, context, info);
  }
}
