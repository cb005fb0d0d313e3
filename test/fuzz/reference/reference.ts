/** `createReference`: answers documents over a world by looking at its rows one by one, and by nothing of the gateway. */
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  defaultFieldResolver,
  execute,
  type ExecutionResult,
  type GraphQLFieldResolver,
  parse,
} from 'graphql';
import type { World } from '../../../src/simulator/simulator.ts';
import { ENTITY_FIELDS } from './entities.ts';
import { JOB_FIELDS } from './jobs.ts';
import { QUERY_FIELDS } from './queries.ts';
import { SCENARIO_FIELDS } from './scenarios.ts';
import { type Args, type Fields, record, snake, type Thing, type Wire } from './thing.ts';

export interface Reference {
  /** Resolves with what a naive server would answer. */
  answer(document: string, variables: Readonly<Record<string, unknown>>): Promise<ExecutionResult>;
}

const FIELDS: Fields = { ...QUERY_FIELDS, ...ENTITY_FIELDS, ...SCENARIO_FIELDS, ...JOB_FIELDS };

const schema = buildSchema(readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8'));

/** `onField` is told every field that is answered, such as `ScenarioRun.score`. */
export function createReference(world: World, onField: (coordinate: string) => void): Reference {
  // Scalars write what they are given: instants are text already.
  const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (source, args: Args, _context, info) => {
    const { parentType, fieldName } = info;
    onField(`${parentType.name}.${fieldName}`);
    const thing = source as Thing;
    const resolve = FIELDS[parentType.name]?.[fieldName];
    if (resolve) return resolve(thing.wire, args, world);
    if (!('wire' in thing)) return defaultFieldResolver(source, args, null, info);
    return valueOf(thing.wire[fieldName] ?? thing.wire[snake(fieldName)] ?? null, args);
  };
  return {
    answer: async (document, variableValues) =>
      execute({
        schema,
        document: parse(document),
        rootValue: record({}),
        variableValues,
        fieldResolver,
        typeResolver: (thing) => (thing as Thing).kind,
      }),
  };
}

/** Of a record, which may have to be given the arguments first. */
function valueOf(value: unknown, args: Wire): unknown {
  return typeof value === 'function' ? (value as (args: Wire) => unknown)(args) : value;
}
