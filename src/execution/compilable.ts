/** `isCompilable`: whether graphql-jit gives the code of an operation the meaning that it has, and how much code it is. */
import {
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { Template } from './template.ts';

/** Where a field stands in the answer. */
interface Place {
  /** Different for different places. */
  readonly path: string;
  /** As graphql-jit names what it tells resolvers about the field: its key and all above it, joined by what keys may hold. */
  readonly jitName: string;
  /** Lists around it. */
  readonly lists: number;
}

/**
 * A template is not compilable when it asks about the schema itself (a great deal of code, asked rarely), has a type
 * that tells its values by `isTypeOf` (of which graphql-jit tells too little), would set a prototype in place of a key,
 * or has aliases by which graphql-jit confuses two fields; and when it has more fields than `maxFields`, each counted
 * for every type and spread, as each is written into the code.
 */
export function isCompilable(
  schema: GraphQLSchema,
  { document }: Template,
  { maxFields }: { readonly maxFields: number },
): boolean {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const pathOf = new Map<string, string>();
  let fields = 0;

  const isApplicable = (typeName: string | undefined, type: GraphQLObjectType): boolean => {
    const condition = typeName === undefined ? type : schema.getType(typeName);
    return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
  };

  const isFine = (set: SelectionSetNode, type: GraphQLObjectType, place: Place): boolean =>
    !type.isTypeOf &&
    set.selections.every((selection) => {
      switch (selection.kind) {
        case Kind.FIELD: {
          const key = selection.alias?.value ?? selection.name.value;
          const here = below(place, key);
          const known = pathOf.get(here.jitName) ?? here.path;
          pathOf.set(here.jitName, here.path);
          if (++fields > maxFields || key === '__proto__' || known !== here.path) return false;
          if (selection.name.value === '__typename') return true;
          const field = type.getFields()[selection.name.value];
          return field !== undefined && isFineBelow(selection.selectionSet, field.type, here);
        }
        case Kind.INLINE_FRAGMENT:
          return (
            !isApplicable(selection.typeCondition?.name.value, type) ||
            isFine(selection.selectionSet, type, place)
          );
        case Kind.FRAGMENT_SPREAD: {
          const fragment = fragments.get(selection.name.value);
          return (
            !fragment ||
            !isApplicable(fragment.typeCondition.name.value, type) ||
            isFine(fragment.selectionSet, type, place)
          );
        }
      }
    });

  const isFineBelow = (set: SelectionSetNode | undefined, type: GraphQLOutputType, place: Place): boolean => {
    if (!set) return true;
    if (isNonNullType(type)) return isFineBelow(set, type.ofType, place);
    if (isListType(type)) {
      const { lists } = place;
      return isFineBelow(set, type.ofType, { ...below(place, `idx${String(lists)}`), lists: lists + 1 });
    }
    if (isObjectType(type)) return isFine(set, type, place);
    return (
      isAbstractType(type) &&
      schema.getPossibleTypes(type).every((possible) => isFine(set, possible, below(place, possible.name)))
    );
  };

  const [operation] = document.definitions;
  const root = operation?.kind === Kind.OPERATION_DEFINITION && schema.getRootType(operation.operation);
  return root ? isFine(operation.selectionSet, root, { path: '', jitName: '', lists: 0 }) : false;
}

function below(place: Place, key: string): Place {
  return { ...place, path: `${place.path} ${key}`, jitName: `${key}_${place.jitName}` };
}
