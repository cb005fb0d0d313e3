/** `lookUp`: looks an entity up by its id, and reads beside it what its fields show that need nothing of it but the id. */
import {
  type FieldNode,
  getArgumentValues,
  getDirectiveValues,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  isObjectType,
  Kind as NodeKind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Context } from '../src/context.ts';
import type { EntityLoader } from '../src/loaders/entity-loader.ts';
import type { Kind, Kinds } from '../src/upstream/types.ts';
import type { Connection } from './connections.ts';

type Loaders = Context['loaders'];

/** What a list is read by. */
type UnreadList = Pick<Connection<unknown>, 'rows' | 'scanned' | 'totalCount'>;

/** How a field reads what it shows when only the id of its entity is known. */
interface Ahead<Args> {
  /** Begins to read it. `selected` are the fields below it. */
  readonly start: (id: string, args: Args, loaders: Loaders, selected: ReadonlySet<string>) => void;
  /** Whether what it reads also answers the other fields of the entity that can be read ahead. */
  readonly coversOthers: boolean;
}

/** The `extensions` of a field that is a list of an entity's own. */
export function listAhead<Args>(list: (id: string, args: Args, loaders: Loaders) => UnreadList) {
  return {
    ahead: {
      start: (id, args, loaders, selected) => {
        startList(list(id, args, loaders), selected);
      },
      coversOthers: false,
    } satisfies Ahead<Args>,
  };
}

/** The `extensions` of a field that is worked out over all scenario runs of a benchmark run. */
export const TOTALS_AHEAD = {
  ahead: {
    start: (id, _args, { runTotals }) => {
      ignoreFailure(runTotals.start(id));
    },
    coversOthers: true,
  } satisfies Ahead<unknown>,
};

const TYPES: Readonly<Record<Kind, Kinds[Kind]['type']>> = {
  scenarioRun: 'ScenarioRun',
  benchmarkRun: 'BenchmarkRun',
  benchmarkJob: 'BenchmarkJob',
  benchmark: 'Benchmark',
  scenario: 'Scenario',
  devbox: 'Devbox',
};

const COUNT = 'totalCount';

/** One read is begun for an id, whatever is selected: an id that does not exist wastes no more than that. */
export function lookUp<K extends Kind>(
  kind: K,
  id: string,
  context: Context,
  info: GraphQLResolveInfo,
): Kinds[K] | null | Promise<Kinds[K] | null> {
  const loaders: { readonly [Name in Kind]: Pick<EntityLoader<Kinds[Name]>, 'load'> } = context.loaders;
  const found = loaders[kind].load(id);
  // What is known already needs no reading ahead: its fields are resolved at once.
  if (found instanceof Promise) {
    context.startAhead(id, (reading) => {
      startOne(TYPES[kind], id, reading, info);
    });
  }
  return found;
}

function startOne(typeName: string, id: string, loaders: Loaders, info: GraphQLResolveInfo): void {
  const type = info.schema.getType(typeName);
  if (!isObjectType(type)) return;
  try {
    const nodes = info.fieldNodes.flatMap(({ selectionSet }) => fieldsOf(selectionSet, type, info));
    const candidates = nodes.flatMap((node) => {
      const field = type.getFields()[node.name.value];
      const ahead = field?.extensions['ahead'] as Ahead<unknown> | undefined;
      if (!field || !ahead) return [];
      return [{ field, ahead, node, args: getArgumentValues(field, node, info.variableValues) }];
    });
    const chosen = candidates.find(({ ahead }) => ahead.coversOthers) ?? candidates[0];
    if (!chosen) return;
    // A count travels with a page of the same list, wherever it is selected.
    const list = listKey(chosen);
    const counts = candidates.some(
      (each) => listKey(each) === list && namesBelow(each.node, info).has(COUNT),
    );
    const selected = namesBelow(chosen.node, info);
    chosen.ahead.start(id, chosen.args, loaders, counts ? new Set([...selected, COUNT]) : selected);
  } catch {
    // An argument or a condition that is refused: its field says so, when it is resolved.
  }
}

/** The fields that are selected of this type, in the order of the document. */
function fieldsOf(
  set: SelectionSetNode | undefined,
  type: GraphQLObjectType,
  info: GraphQLResolveInfo,
): readonly FieldNode[] {
  return (set?.selections ?? []).flatMap((selection) => {
    if (!isIncluded(selection, info.variableValues)) return [];
    if (selection.kind === NodeKind.FIELD) return [selection];
    const fragment =
      selection.kind === NodeKind.FRAGMENT_SPREAD ? info.fragments[selection.name.value] : selection;
    const condition = fragment?.typeCondition?.name.value ?? type.name;
    const applies = condition === type.name || type.getInterfaces().some(({ name }) => name === condition);
    return applies ? fieldsOf(fragment?.selectionSet, type, info) : [];
  });
}

/** Equal for pages of the same list. */
function listKey({
  field,
  args,
}: {
  readonly field: { readonly name: string };
  readonly args: object;
}): string {
  return JSON.stringify([field.name, { ...args, first: null, after: null }]);
}

function namesBelow(node: FieldNode, info: GraphQLResolveInfo): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (set: SelectionSetNode | undefined) => {
    for (const selection of set?.selections ?? []) {
      if (!isIncluded(selection, info.variableValues)) continue;
      if (selection.kind === NodeKind.FIELD) names.add(selection.name.value);
      else if (selection.kind === NodeKind.INLINE_FRAGMENT) visit(selection.selectionSet);
      else visit(info.fragments[selection.name.value]?.selectionSet);
    }
  };
  visit(node.selectionSet);
  return names;
}

function isIncluded(selection: SelectionNode, variables: GraphQLResolveInfo['variableValues']): boolean {
  if (!selection.directives?.length) return true;
  if (getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] !== false;
}

/** In one turn, so that a count travels with the page. */
function startList(list: UnreadList, selected: ReadonlySet<string>): void {
  if (['nodes', 'edges', 'pageInfo'].some((name) => selected.has(name))) ignoreFailure(list.rows());
  else if (selected.has('isExhaustive')) ignoreFailure(list.scanned?.());
  if (selected.has(COUNT)) ignoreFailure(list.totalCount());
}

/** Whoever shows what was read is told of its failure; when nobody does, nobody has to be. */
function ignoreFailure(read: Promise<unknown> | undefined): void {
  read?.catch(() => undefined);
}
