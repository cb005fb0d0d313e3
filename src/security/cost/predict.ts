/** `predict`: how many upstream calls an operation makes at most, from its document, its variables and its page sizes. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getOperationAST,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';
import type { CostArgs, CostBounds, CostRule, FieldCost } from './field-costs.ts';
import { selectFields, type SelectionScope } from './select.ts';

/** An operation that is valid, before it is executed. */
export interface PredictedOperation {
  readonly document: DocumentNode;
  readonly operationName: string | null;
  /** As they were sent. */
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface Prediction {
  /** Upstream calls at most, those for one event when it is a subscription. */
  readonly calls: number;
  /** Rows of connections, and of other lists that lead to calls, at most. */
  readonly rows: number;
  /** Values of the answer: rows times fields. Lists that are no connections count as short ones, which they mostly are. */
  readonly values: number;
  /** The largest page that is asked for. */
  readonly pageSize: number;
  /** Where the calls come from: the paths of fields that cost any, in the order of the document. */
  readonly fields: readonly PredictedField[];
}

export interface PredictedField {
  /** Names in the answer, such as `benchmarkRun.scenarioRuns`. */
  readonly path: string;
  readonly calls: number;
}

export interface PredictOptions {
  readonly schema: GraphQLSchema;
  readonly costs: Readonly<Record<string, CostRule>>;
  readonly bounds: CostBounds;
  /** Told the name of each variable that the prediction depends on. */
  readonly onVariable?: (name: string) => void;
}

/** One place of the answer, and how many objects stand there at most. */
interface Place {
  readonly path: string;
  readonly objects: number;
  /** The same, where lists that state nothing are as long as they mostly are. */
  readonly things: number;
  /** What the connection costs that this is one of, and how many rows it has; null when it is none. */
  readonly connection: { readonly cost: FieldCost; readonly first: number } | null;
}

interface Sum {
  calls: number;
  rows: number;
  values: number;
  pageSize: number;
  readonly fields: PredictedField[];
}

/** How many things a list holds that states nothing. */
const UNSTATED_ROWS = 100;

/** How many it mostly holds: metadata, transitions and scores have a handful. */
const USUAL_ROWS = 5;

/** Every call that the operation could need if no two of its things were the same: what is really sent is less. */
export function predict(operation: PredictedOperation, options: PredictOptions): Prediction {
  const { schema } = options;
  const definition = getOperationAST(operation.document, operation.operationName);
  const root = definition && schema.getRootType(definition.operation);
  if (!definition || !root) return { calls: 0, rows: 0, values: 0, pageSize: 0, fields: [] };
  const scope: SelectionScope = {
    schema,
    fragments: fragmentsOf(operation.document),
    variables: variablesOf(definition, operation.variables, options.onVariable),
  };
  const place = { path: '', objects: 1, things: 1, connection: null };
  return sumOf(root, [definition.selectionSet], place, { ...options, scope });
}

type Given = PredictOptions & { readonly scope: SelectionScope };

function sumOf(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  place: Place,
  given: Given,
): Prediction {
  const sum: Sum = { calls: 0, rows: 0, values: 0, pageSize: 0, fields: [] };
  const selected = selectFields(type, sets, given.scope);
  const { connection } = place;
  if (connection && [...selected.values()].some(([node]) => READS_PAGE.includes(node.name.value)))
    addCalls(sum, place.path, place.objects * (connection.cost.page ?? 0));
  for (const [name, nodes] of selected) {
    const [node] = nodes;
    const field = type.getFields()[node.name.value];
    if (!field) continue;
    sum.values += place.things;
    const path = place.path === '' ? name : `${place.path}.${name}`;
    const cost = costOf(`${type.name}.${field.name}`, node, given);
    const counted = connection && field.name === 'totalCount' ? (connection.cost.count ?? 0) : 0;
    addCalls(sum, path, place.objects * ((cost.calls ?? 0) + counted));
    const below = placeBelow(field.type, { path, node, cost, place }, given);
    if (isList(field.type) && (connection ?? cost.rows)) sum.rows += below.objects;
    sum.pageSize = Math.max(sum.pageSize, below.connection?.first ?? 0);
    add(sum, largestBelow(field.type, nodes, below, given));
  }
  return sum;
}

/** Fields of a connection for which its rows are read. */
const READS_PAGE: readonly string[] = ['edges', 'nodes', 'pageInfo', 'isExhaustive'];

/** Every object is of one type: of an interface or a union, the one that costs the most counts. */
function largestBelow(
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
  below: Place,
  given: Given,
): Prediction | null {
  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  const named = getNamedType(type);
  if (isObjectType(named)) return sumOf(named, sets, below, given);
  if (!isAbstractType(named)) return null;
  return given.schema
    .getPossibleTypes(named)
    .map((possible) => sumOf(possible, sets, below, given))
    .reduce((most, next) => ({
      ...(next.calls > most.calls ? next : most),
      rows: Math.max(most.rows, next.rows),
      values: Math.max(most.values, next.values),
      pageSize: Math.max(most.pageSize, next.pageSize),
    }));
}

/** Where the things stand that a field leads to. */
function placeBelow(
  type: GraphQLOutputType,
  at: { readonly path: string; readonly node: FieldNode; readonly cost: FieldCost; readonly place: Place },
  given: Given,
): Place {
  const { path, node, cost, place } = at;
  const { objects, things } = place;
  if (cost.isPage || getNamedType(type).name.endsWith('Connection')) {
    return { path, objects, things, connection: { cost, first: pageSizeOf(node, given) } };
  }
  if (!isList(type)) return { path, objects, things, connection: null };
  const rows = place.connection ? place.connection.first * (cost.rows ?? 1) : cost.rows;
  return {
    path,
    objects: objects * (rows ?? UNSTATED_ROWS),
    things: things * (rows ?? USUAL_ROWS),
    connection: null,
  };
}

function pageSizeOf(node: FieldNode, { scope, bounds }: Given): number {
  const args = argsOf(node, scope);
  const rows = args.value('first') ?? args.value('last') ?? bounds.defaultPageSize;
  // A page of any other size is refused when its list resolves, before anything is called.
  return typeof rows === 'number' ? Math.min(Math.max(rows, 0), bounds.maxPageSize) : bounds.defaultPageSize;
}

function costOf(coordinate: string, node: FieldNode, { costs, bounds, scope }: Given): FieldCost {
  const rule = costs[coordinate] ?? {};
  return typeof rule === 'function' ? rule(argsOf(node, scope), bounds) : rule;
}

function argsOf(node: FieldNode, { variables }: SelectionScope): CostArgs {
  return {
    value: (name) => {
      const arg = node.arguments?.find((each) => each.name.value === name);
      return arg && valueFromASTUntyped(arg.value, variables);
    },
  };
}

function addCalls(sum: Sum, path: string, calls: number): void {
  if (calls === 0) return;
  sum.calls += calls;
  sum.fields.push({ path, calls });
}

function add(sum: Sum, part: Prediction | null): void {
  if (!part) return;
  sum.calls += part.calls;
  sum.rows += part.rows;
  sum.values += part.values;
  sum.pageSize = Math.max(sum.pageSize, part.pageSize);
  sum.fields.push(...part.fields);
}

function isList(type: GraphQLOutputType): boolean {
  return isNonNullType(type) ? isList(type.ofType) : isListType(type);
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
}

function variablesOf(
  { variableDefinitions = [] }: OperationDefinitionNode,
  sent: Readonly<Record<string, unknown>>,
  onVariable: (name: string) => void = () => undefined,
): Readonly<Record<string, unknown>> {
  const defaults = variableDefinitions.flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
  );
  const variables: Record<string, unknown> = { ...Object.fromEntries(defaults), ...sent };
  return new Proxy(variables, {
    get: (target, name) => {
      onVariable(String(name));
      return Reflect.get(target, name) as unknown;
    },
  });
}
