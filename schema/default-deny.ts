/** `denyUndeclared(schema)`: a field at the top that declares no scope is open to nobody. */
import type { GraphQLField, GraphQLSchema } from 'graphql';
import { GatewayError } from '../src/errors.ts';

/** Every field that an operation can start with, as `Query.devbox`, in the order of the schema. */
export function rootFields(
  schema: GraphQLSchema,
): readonly (readonly [name: string, field: GraphQLField<unknown, unknown>])[] {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    type
      ? Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field] as const)
      : [],
  );
}

/** The scopes that a field declares; null when it declares none. */
export function declaredScopes({ extensions }: GraphQLField<unknown, unknown>): readonly string[] | null {
  const options = extensions['pothosOptions'] as { readonly authScopes?: unknown } | undefined;
  const scopes = options?.authScopes;
  if (typeof scopes !== 'object' || scopes === null) return null;
  const names = Object.keys(scopes);
  return names.length > 0 ? names : null;
}

/** Refuses the fields that declare no scope, whoever asks. The schema is changed in place. */
export function denyUndeclared(schema: GraphQLSchema): GraphQLSchema {
  for (const [name, field] of rootFields(schema)) {
    if (declaredScopes(field)) continue;
    const deny = () => {
      throw new GatewayError('FORBIDDEN', `${name} declares no scope, so nobody may ask for it`);
    };
    field.resolve = deny;
    if (field.subscribe) field.subscribe = deny;
  }
  return schema;
}
