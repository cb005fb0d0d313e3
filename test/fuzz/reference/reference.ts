/** `createReference`: answers documents over a world by looking at its rows one by one, and by nothing of the gateway. */
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  defaultFieldResolver,
  execute,
  type ExecutionResult,
  type GraphQLFieldResolver,
  parse,
  responsePathAsArray,
} from 'graphql';
import type { World } from '../../../src/simulator/simulator.ts';
import type { Path } from '../agreement.ts';
import { ENTITY_FIELDS } from './entities.ts';
import { EVENT_FIELDS } from './events.ts';
import { JOB_FIELDS } from './jobs.ts';
import { QUERY_FIELDS } from './queries.ts';
import { SCENARIO_FIELDS } from './scenarios.ts';
import { type Args, type Fields, record, snake, type Thing, type Wire } from './thing.ts';

export interface Reference {
  /** Resolves with what a naive server would answer. */
  answer(document: string, variables: Readonly<Record<string, unknown>>): Promise<ReferenceAnswer>;
}

export interface ReferenceAnswer extends ExecutionResult {
  /** Where it says whether a page is exhaustive, which one is not that cannot be read. */
  readonly exhaustive: readonly Path[];
  /** Where it shows what is on a page. */
  readonly pages: readonly Path[];
}

const PAGE_FIELDS = ['edges', 'nodes', 'pageInfo'];

const FIELDS: Fields = {
  ...EVENT_FIELDS,
  ...QUERY_FIELDS,
  ...ENTITY_FIELDS,
  ...SCENARIO_FIELDS,
  ...JOB_FIELDS,
};

const schema = buildSchema(readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8'));

/** `onField` is called with every field that is answered, such as `ScenarioRun.score`. */
export function createReference(world: World, onField: (coordinate: string) => void): Reference {
  // Scalars write what they are given: instants are text already.
  const fieldResolver: GraphQLFieldResolver<unknown, Seen> = (source, args: Args, seen, info) => {
    const { parentType, fieldName } = info;
    if (parentType.name.endsWith('Connection')) note(fieldName, responsePathAsArray(info.path), seen);
    onField(`${parentType.name}.${fieldName}`);
    const thing = source as Thing;
    const resolve = FIELDS[parentType.name]?.[fieldName];
    if (resolve) return resolve(thing.wire, args, world);
    if (!('wire' in thing)) return defaultFieldResolver(source, args, seen, info);
    return valueOf(thing.wire[fieldName] ?? thing.wire[snake(fieldName)] ?? null, args);
  };
  return {
    answer: async (document, variableValues) => {
      const seen: Seen = { exhaustive: [], pages: [] };
      const result = await execute({
        schema,
        document: parse(document),
        rootValue: record({}),
        contextValue: seen,
        variableValues,
        fieldResolver,
        typeResolver: (thing) => (thing as Thing).kind,
      });
      return { ...result, ...seen };
    },
  };
}

interface Seen {
  readonly exhaustive: Path[];
  readonly pages: Path[];
}

function note(fieldName: string, path: Path, { exhaustive, pages }: Seen): void {
  if (fieldName === 'isExhaustive') exhaustive.push(path);
  if (PAGE_FIELDS.includes(fieldName)) pages.push(path);
}

/** Of a record, which may have to be given the arguments first. */
function valueOf(value: unknown, args: Wire): unknown {
  return typeof value === 'function' ? (value as (args: Wire) => unknown)(args) : value;
}
