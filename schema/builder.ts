/** The SchemaBuilder: scalars, defaults and how an upstream enumeration becomes one of the graph. It defines no types. */
import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin, { type AuthFailure } from '@pothos/plugin-scope-auth';
import { getArgumentValues, type GraphQLResolveInfo } from 'graphql';
import type { Context, Scope } from '../src/context.ts';
import { GatewayError } from '../src/errors.ts';

interface BuilderTypes {
  Context: Context;
  DefaultFieldNullability: false;
  /** A field needs every scope it declares. */
  DefaultAuthStrategy: 'all';
  AuthScopes: Record<Scope, true>;
  Scalars: {
    ID: { Input: string; Output: string };
    /** Unix time in milliseconds inside, ISO 8601 outside. */
    DateTime: { Input: number; Output: number };
    JSON: { Input: unknown; Output: unknown };
    Cursor: { Input: string; Output: string };
  };
}

/** The builder's types as Pothos completes them, for functions that take a type of the graph. */
export type SchemaTypes = PothosSchemaTypes.ExtendDefaultTypes<BuilderTypes>;

export const builder = new SchemaBuilder<BuilderTypes>({
  plugins: [ScopeAuthPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    defaultStrategy: 'all',
    // A subscription is refused before anything is watched for it.
    authorizeOnSubscribe: true,
    // Known at once, so that a field that checks is resolved without a promise.
    authScopes: (context) => ({
      'runs:read': context.permits('runs:read'),
      'runs:write': context.permits('runs:write'),
      'environment:read': context.permits('environment:read'),
      'logs:read': context.permits('logs:read'),
      'usage:read': context.permits('usage:read'),
    }),
    unauthorizedError: (_parent, context, info, { failure }) => {
      const { parentType, fieldName } = info;
      if (parentType === info.schema.getMutationType())
        context.noteRefusal(fieldName, argumentsOf(info)['id']);
      return new GatewayError(
        'FORBIDDEN',
        `${parentType.name}.${fieldName} needs the scope ${missingScopes(failure).join(' and ')}, which the caller does not have`,
      );
    },
  },
});

builder.queryType({ description: 'Everything that can be read.' });
builder.mutationType({
  description:
    'Everything that can be done. Each is sent upstream once, answers a union of its success and the errors that can be expected, and is seen by the next query and by every subscription.',
});
builder.subscriptionType({
  description: 'Everything that can be followed as it changes. Nobody has to poll.',
});

/** What a field was given, where its parent does not say. */
function argumentsOf({ parentType, fieldName, fieldNodes, variableValues }: GraphQLResolveInfo) {
  const field = parentType.getFields()[fieldName];
  const [node] = fieldNodes;
  return field && node ? getArgumentValues(field, node, variableValues) : {};
}

/** The scopes whose lack a refusal is about. */
function missingScopes(failure: AuthFailure): readonly string[] {
  if ('failures' in failure) return failure.failures.flatMap(missingScopes);
  return 'scope' in failure ? [failure.scope] : [];
}

/**
 * An enum whose values are those of the upstream in SCREAMING_CASE. The descriptions must name every value of the type,
 * so a value that the SDK gains does not compile until it is described.
 */
export function upstreamEnum<Value extends string>(
  name: string,
  description: string,
  descriptions: Readonly<Record<Value, string>>,
) {
  const values = Object.fromEntries(
    Object.entries<string>(descriptions).map(([value, meaning]) => [
      value.toUpperCase(),
      { value, description: meaning },
    ]),
  ) as Record<Uppercase<Value>, { value: Value; description: string }>;
  return builder.enumType(name, { description, values });
}

/** How every enumeration describes the value that stands for those this version does not know. */
export const UNKNOWN_VALUE =
  'A value that the upstream has added and this version of the gateway does not know.';
