/** Random valid documents over a schema: aliases, merged fields, fragments, directives, variables, every argument. */
import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  getNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';
import { type Choices, generated } from './choices.ts';
import { type ValuePool, valueOf } from './values.ts';

export interface GeneratedOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface DocumentOptions {
  readonly schema: GraphQLSchema;
  readonly pool: ValuePool;
  /** @default query */
  readonly operation?: 'query' | 'mutation' | 'subscription';
  /** Levels of fields. @default 6 */
  readonly maxDepth?: number;
  /** Fields side by side. @default 4 */
  readonly maxWidth?: number;
  /** Random decisions, which bound the size of a document. @default 200 */
  readonly maxChoices?: number;
  /** The fewest of them: with 0, documents shrink to the smallest. @default 0 */
  readonly minChoices?: number;
  /** Arguments that are mostly given, mostly by a variable, and whose fields are mostly asked for. @default none */
  readonly favourites?: readonly string[];
}

/** Valid by construction: no two fields of one place differ, every variable is used, every fragment is spread. */
export function documents(options: DocumentOptions) {
  const { maxChoices = 200, minChoices = 0 } = options;
  return generated((choices) => documentOf(choices, options), { maxChoices, minChoices });
}

/** The document that these decisions lead to. */
export function documentOf(choices: Choices, options: DocumentOptions): GeneratedOperation {
  const { schema, operation = 'query', maxDepth = 6 } = options;
  const root = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  }[operation];
  if (!root) throw new Error(`The schema has no ${operation}`);
  const writer = new Writer(choices, options);
  // A subscription has one field at its top, and nothing around it.
  const selections =
    operation === 'subscription'
      ? writer.onlyField(root, maxDepth)
      : writer.selections(root, new Map(), maxDepth);
  return { query: writer.document(operation, selections), variables: writer.variables };
}

/** What stands at one place of the answer already: the field, and what is asked for below it. */
interface Place {
  readonly parent: string;
  readonly field: string;
  readonly isPlain: boolean;
  readonly below: Places;
}

type Places = Map<string, Place>;

class Writer {
  readonly #choices: Choices;
  readonly #options: DocumentOptions;
  readonly #fragments: string[] = [];
  readonly #declarations: string[] = [];
  readonly variables: Record<string, unknown> = {};
  #names = 0;

  constructor(choices: Choices, options: DocumentOptions) {
    this.#choices = choices;
    this.#options = options;
  }

  document(operation: string, selections: string): string {
    const declared = this.#declarations.length > 0 ? `(${this.#declarations.join(', ')})` : '';
    const name = this.#choices.oneIn(3) || declared !== '' ? ` Op${declared}` : '';
    return [`${operation}${name} {${selections}}`, ...this.#fragments].join('\n');
  }

  onlyField(type: GraphQLObjectType, depth: number): string {
    const field = this.#choices.pick(this.#fieldsOf(type, depth));
    return this.#field(type, field, { places: new Map(), depth, isBare: true });
  }

  /** `places` are those of the selection set that these become part of. */
  selections(type: GraphQLCompositeType, places: Places, depth: number): string {
    const { maxWidth = 4 } = this.#options;
    const count = 1 + this.#choices.choose(maxWidth);
    return Array.from({ length: count }, () => this.#selection(type, places, depth)).join(' ');
  }

  #selection(type: GraphQLCompositeType, places: Places, depth: number): string {
    const { choose, oneIn } = this.#choices;
    const fields = this.#fieldsOf(type, depth);
    const mustNarrow = isAbstractType(type) && choose(3) > 0;
    if (!mustNarrow && !oneIn(8)) {
      return fields.length === 0
        ? '__typename'
        : this.#field(type, this.#pickField(fields), { places, depth });
    }
    const on = isAbstractType(type) ? this.#choices.pick(this.#options.schema.getPossibleTypes(type)) : type;
    // A fragment that names itself brings new fields to the same places.
    const inside = `{${this.#field(on, this.#anyFieldOf(on, depth), { places, depth })}}`;
    const directive = this.#directive();
    if (oneIn(3)) {
      const name = `F${String(this.#names++)}`;
      this.#fragments.push(`fragment ${name} on ${on.name} ${inside}`);
      return `...${name}${directive}`;
    }
    return isAbstractType(type) || oneIn(2)
      ? `... on ${on.name}${directive} ${inside}`
      : `...${directive} ${inside}`;
  }

  #anyFieldOf(type: GraphQLCompositeType, depth: number): GraphQLField<unknown, unknown> | null {
    const fields = this.#fieldsOf(type, depth);
    return fields.length === 0 ? null : this.#pickField(fields);
  }

  /** Where there are favourites, mostly one that takes them, or that leads to some. */
  #pickField(fields: readonly GraphQLField<unknown, unknown>[]): GraphQLField<unknown, unknown> {
    const { favourites } = this.#options;
    if (!favourites || this.#choices.oneIn(3)) return this.#choices.pick(fields);
    const taking = fields.filter(({ args }) => args.some(({ name }) => favourites.includes(name)));
    if (taking.length > 0 && this.#choices.oneIn(2)) return this.#choices.pick(taking);
    const leading = fields.filter(({ type }) => isCompositeType(getNamedType(type)));
    return this.#choices.pick(leading.length > 0 ? leading : fields);
  }

  #field(
    type: GraphQLCompositeType,
    field: GraphQLField<unknown, unknown> | null,
    {
      places,
      depth,
      isBare = false,
    }: { readonly places: Places; readonly depth: number; readonly isBare?: boolean },
  ): string {
    if (!field) return '__typename';
    const args = this.#arguments(field);
    const isPlain = args === '' && this.#choices.choose(6) > 0;
    const known = places.get(field.name);
    const isMerged = isPlain && known?.isPlain === true && known.parent === type.name;
    const name = isMerged || (!known && !this.#choices.oneIn(10)) ? field.name : `a${String(this.#names++)}`;
    const place = isMerged
      ? known
      : { parent: type.name, field: field.name, isPlain: args === '', below: new Map() };
    places.set(name, place);
    const alias = name === field.name ? '' : `${name}: `;
    // Validation fails on one at the top of a subscription that depends on a variable.
    const directive = isBare ? '' : this.#directive();
    const returned = getNamedType(field.type);
    const below = isCompositeType(returned) ? ` {${this.selections(returned, place.below, depth - 1)}}` : '';
    return `${alias}${field.name}${args}${directive}${below}`;
  }

  /** Those with nothing below them first: a document ends with them. */
  #fieldsOf(type: GraphQLCompositeType, depth: number): readonly GraphQLField<unknown, unknown>[] {
    if (isUnionType(type)) return [];
    const { leaves, all } = fieldsOf(type);
    return depth > 1 ? all : leaves;
  }

  #arguments(field: GraphQLField<unknown, unknown>): string {
    const given = field.args
      .filter((arg) => isRequiredArgument(arg) || this.#isGiven(arg.name))
      .map((arg) => `${arg.name}: ${this.#value(arg.type, arg.name, field.name)}`);
    return given.length === 0 ? '' : `(${given.join(', ')})`;
  }

  /** Pages are mostly of a stated size: what lists within lists would cost at their usual one is refused. */
  #isGiven(argument: string): boolean {
    if (this.#isFavourite(argument)) return !this.#choices.oneIn(4);
    return argument === 'first' ? !this.#choices.oneIn(10) : this.#choices.oneIn(3);
  }

  /** In the document itself, or by a variable. */
  #value(type: GraphQLInputType, name: string, owner: string): string {
    const value = valueOf(type, { name, owner, pool: this.#options.pool, choices: this.#choices });
    const isByVariable = this.#isFavourite(name) ? !this.#choices.oneIn(4) : this.#choices.oneIn(3);
    return isByVariable ? this.#variable(String(type), value) : value.literal;
  }

  #isFavourite(argument: string): boolean {
    return this.#options.favourites?.includes(argument) ?? false;
  }

  #variable(type: string, { json, literal }: { readonly json: unknown; readonly literal: string }): string {
    const name = `v${String(this.#names++)}`;
    const isDefault = this.#choices.oneIn(4);
    this.#declarations.push(`$${name}: ${type}${isDefault ? ` = ${literal}` : ''}`);
    if (!isDefault) this.variables[name] = json;
    return `$${name}`;
  }

  #directive(): string {
    if (!this.#choices.oneIn(10)) return '';
    const isTrue = this.#choices.choose(2) === 0;
    const value = { json: isTrue, literal: String(isTrue) };
    const condition = this.#choices.oneIn(2) ? this.#variable('Boolean!', value) : value.literal;
    return ` @${this.#choices.pick(['include', 'skip'])}(if: ${condition})`;
  }
}

interface FieldsOf {
  readonly leaves: readonly GraphQLField<unknown, unknown>[];
  readonly all: readonly GraphQLField<unknown, unknown>[];
}

const known = new WeakMap<GraphQLCompositeType, FieldsOf>();

function fieldsOf(type: GraphQLObjectType | GraphQLInterfaceType): FieldsOf {
  const earlier = known.get(type);
  if (earlier) return earlier;
  const fields = Object.values(type.getFields());
  const isLeaf = (field: GraphQLField<unknown, unknown>) => !isCompositeType(getNamedType(field.type));
  const leaves = fields.filter(isLeaf);
  const found = { leaves, all: [...leaves, ...fields.filter((field) => !isLeaf(field))] };
  known.set(type, found);
  return found;
}
