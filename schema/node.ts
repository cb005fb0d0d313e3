/** `Node`: everything that has an id of its own, and the two queries that find a thing by its id alone. */
import type { Context } from '../src/context.ts';
import { GatewayError } from '../src/errors.ts';
import { assertId } from '../src/upstream/id.ts';
import type { Entity } from '../src/upstream/types.ts';
import { builder } from './builder.ts';

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
    resolve: (_root, { id }, context) => loadNode(id, context),
  }),
  nodes: t.field({
    type: t.listRef(Node, { nullable: true }),
    authScopes: { 'runs:read': true },
    description: 'The things with these ids, in the order of the ids; null where there is none.',
    args: {
      ids: t.arg.idList({ required: true, description: `The ids, ${String(MAX_NODES)} at most.` }),
    },
    resolve: (_root, { ids }, context) => {
      if (ids.length > MAX_NODES) {
        throw new GatewayError(
          'BAD_USER_INPUT',
          `Expected at most ${String(MAX_NODES)} ids, got ${String(ids.length)}`,
        );
      }
      // An Error among the items fails that item alone: graphql reports it on the item's path.
      return Promise.all(ids.map((id) => loadNode(id, context).catch((error: unknown) => error as Entity)));
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
async function loadNode(id: string, { loaders }: Context): Promise<Entity | null> {
  assertId(id);
  const prefix = id.slice(0, Math.max(0, id.indexOf('_')));
  switch (prefix) {
    case 'scr':
      return loaders.scenarioRun.load(id);
    case 'bmr':
      return loaders.benchmarkRun.load(id);
    case 'bmd':
      return loaders.benchmark.load(id);
    case 'scn':
      return loaders.scenario.load(id);
    case 'dbx':
      return loaders.devbox.load(id);
    default:
      return prefix === '' || FOREIGN_PREFIXES.has(prefix) ? null : loaders.benchmarkJob.load(id);
  }
}
