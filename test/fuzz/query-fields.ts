/** `queryFields`: every field that a query can come to, such as `ScenarioRun.score`. */
import { getNamedType, type GraphQLNamedType, isAbstractType, isCompositeType, isObjectType } from 'graphql';
import { schema } from '../../schema/index.ts';

export function queryFields(): readonly string[] {
  const seen = new Set<GraphQLNamedType>();
  const visit = (type: GraphQLNamedType | null | undefined): void => {
    if (!isCompositeType(type) || seen.has(type)) return;
    seen.add(type);
    if (isAbstractType(type)) schema.getPossibleTypes(type).forEach(visit);
    if (isObjectType(type))
      Object.values(type.getFields()).forEach((field) => {
        visit(getNamedType(field.type));
      });
  };
  visit(schema.getQueryType());
  return [...seen]
    .filter(isObjectType)
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`))
    .sort();
}
