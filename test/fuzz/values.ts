/** Values for the arguments of random documents, each as a document writes it and as JSON. */
import {
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import type { Choices } from './choices.ts';

/** What arguments may be about. */
export interface ValuePool {
  /** Ids of things that exist, by the three letters that they start with, such as `scr`. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  /** What is searched for, and names. */
  readonly texts: readonly string[];
  /** Instants, as Unix time in milliseconds. */
  readonly instantsMs: readonly number[];
  /** What `first` may be; the first one is what documents shrink to. */
  readonly pageSizes: readonly number[];
  /** Names and values of metadata. @default texts */
  readonly metadata?: { readonly keys: readonly string[]; readonly values: readonly string[] };
  /** Cursors of logs; those of other lists are ids. */
  readonly logCursors?: readonly string[];
  /** Cursors of lists of scenario runs in another order than that of the upstream. */
  readonly orderCursors?: readonly string[];
  /** Where subscriptions resume. @default what cursors of lists are like, none of which is one */
  readonly eventCursors?: readonly string[];
}

/** Of which kind the ids are that an argument takes, told by its name or that of its field. */
const PREFIXES: readonly (readonly [pattern: RegExp, prefix: string])[] = [
  [/scenarioRun/i, 'scr'],
  [/benchmarkRun|^base$|^head$/i, 'bmr'],
  [/benchmarkJob/i, 'bmj'],
  [/benchmark/i, 'bmd'],
  [/scenario/i, 'scn'],
  [/devbox/i, 'dbx'],
];

/** A value and how it is written in a document. */
export interface Value {
  readonly json: unknown;
  readonly literal: string;
}

/** Mostly what makes sense for something: a number of attempts, of rows, a share. */
const WHOLE_NUMBERS = [1, 3, 2, 5, 100, 10, 4, 1_000, 0, -1];
const FRACTIONS = [0.5, 0, 1, 0.25, 0.75, 0.9, -1, 1e6];

const NULL: Value = { json: null, literal: 'null' };

/** `name` is that of the argument or input field, `owner` that of the field or type it belongs to. */
export function valueOf(
  type: GraphQLInputType,
  given: {
    readonly name: string;
    readonly owner: string;
    readonly pool: ValuePool;
    readonly choices: Choices;
  },
): Value {
  const { choices } = given;
  if (isNonNullType(type)) return valueOf(type.ofType, given);
  if (isListType(type)) {
    const length = choices.oneIn(12) ? 0 : 1 + choices.choose(3);
    const items = Array.from({ length }, () => itemOf(type.ofType, given));
    return {
      json: items.map(({ json }) => json),
      literal: `[${items.map(({ literal }) => literal).join(', ')}]`,
    };
  }
  if (isEnumType(type)) {
    const { name } = choices.pick(type.getValues());
    return { json: name, literal: name };
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      (field) => isRequiredInputField(field) || choices.oneIn(3),
    );
    const members = fields.map((field) => {
      const { json, literal } = itemOf(field.type, { ...given, name: field.name, owner: type.name });
      return [field.name, json, literal] as const;
    });
    return {
      json: Object.fromEntries(members.map(([name, json]) => [name, json])),
      literal: `{${members.map(([name, , literal]) => `${name}: ${literal}`).join(', ')}}`,
    };
  }
  const json = scalarOf(type.name, given);
  return { json, literal: JSON.stringify(json) };
}

function itemOf(type: GraphQLInputType, given: Parameters<typeof valueOf>[1]): Value {
  return !isNonNullType(type) && given.choices.oneIn(12) ? NULL : valueOf(type, given);
}

function scalarOf(
  scalar: string,
  { name, owner, pool, choices }: Parameters<typeof valueOf>[1],
): string | number | boolean {
  switch (scalar) {
    case 'ID':
      return idOf(name, owner, { pool, choices });
    case 'Int':
      return name === 'first' || name === 'last' ? choices.pick(pool.pageSizes) : choices.pick(WHOLE_NUMBERS);
    case 'Float':
      return choices.pick(FRACTIONS);
    case 'Boolean':
      return choices.choose(2) === 0;
    case 'DateTime':
      return new Date(choices.pick(pool.instantsMs)).toISOString();
    case 'Cursor':
      return pool.eventCursors ? choices.pick(pool.eventCursors) : cursorOf(owner, { pool, choices });
    default:
      return name === 'after' || name === 'before'
        ? cursorOf(owner, { pool, choices })
        : choices.pick(textsFor(name, pool));
  }
}

function textsFor(name: string, { texts, metadata = { keys: texts, values: texts } }: ValuePool) {
  if (name === 'by' || name === 'key' || name === 'keys') return metadata.keys;
  return name === 'value' ? metadata.values : texts;
}

/** Mostly one of a list of that kind, which most texts are not. */
function cursorOf(
  owner: string,
  { pool, choices }: { readonly pool: ValuePool; readonly choices: Choices },
): string {
  if (choices.oneIn(8)) return choices.pick(pool.texts);
  const { logCursors = [], orderCursors = [] } = pool;
  if (/runs$/i.test(owner) && orderCursors.length > 0 && choices.oneIn(3)) return choices.pick(orderCursors);
  if (owner === 'logs' && logCursors.length > 0) return choices.pick(logCursors);
  return idOf('after', owner, { pool, choices });
}

function idOf(
  name: string,
  owner: string,
  { pool, choices }: { readonly pool: ValuePool; readonly choices: Choices },
): string {
  const prefix = PREFIXES.find(([pattern]) => pattern.test(name) || pattern.test(owner))?.[1];
  const kinds = Object.values(pool.ids).filter((ids) => ids.length > 0);
  const ids = (prefix === undefined ? undefined : pool.ids[prefix]) ?? [];
  return choices.oneIn(10) || ids.length === 0 ? choices.pick(choices.pick(kinds)) : choices.pick(ids);
}
