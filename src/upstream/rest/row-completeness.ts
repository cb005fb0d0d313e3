/** `createRowCompleteness`: which rows of lists hold all that get-by-id answers, by what both have been seen to carry. */
import { ENTITIES } from '../endpoints.ts';
import type { Kind } from '../types.ts';
import { isObject, type WireObject } from './parse/primitives.ts';
import type { RowFields } from './parse/row-fields.ts';

export interface RowCompleteness {
  /** Takes in an answer of get-by-id. */
  noteEntity(kind: Kind, entity: unknown): void;
  /**
   * Whether a row of the list at this route is the entity as get-by-id answers it. A row that lacks a field is whole
   * only where that can mean null: rows of this list carry the field when it has a value, or no answer of get-by-id
   * has it either. Until either has been seen, the row is not trusted.
   */
  isWhole(route: string, kind: Kind, row: unknown): boolean;
}

export function createRowCompleteness(): RowCompleteness {
  const paths = new Map(Object.entries(ENTITIES).map(([kind, { fields }]) => [kind, pathsOf(fields)]));
  /** Fields that answers of get-by-id have had; a kind that none was seen of has no entry. */
  const answered = new Map<Kind, Set<Path>>();
  /** Fields that rows of a list have had, by its route. */
  const carried = new Map<string, Set<Path>>();

  return {
    noteEntity(kind, entity) {
      const fields = paths.get(kind);
      if (!fields || !isObject(entity)) return;
      const seen = answered.get(kind) ?? new Set();
      answered.set(kind, seen);
      if (seen.size < fields.length) for (const path of fields) if (has(entity, path)) seen.add(path);
    },
    isWhole(route, kind, row) {
      const fields = paths.get(kind);
      if (!fields || !isObject(row)) return false;
      const seen = carried.get(route) ?? new Set();
      carried.set(route, seen);
      // A list that carries every field leaves one out only where it is null.
      if (seen.size === fields.length) return true;
      for (const path of fields) if (has(row, path)) seen.add(path);
      const known = answered.get(kind);
      return fields.every(
        (path) =>
          has(row, path) ||
          seen.has(path) ||
          isAbsent(row, path) ||
          (known !== undefined && !known.has(path) && ENTITIES[kind].fields.isDue?.(row, path.name) !== true),
      );
    },
  };
}

function pathsOf({ own, nested = [] }: RowFields<unknown>): readonly Path[] {
  const read = Object.entries(own).flatMap(([field, isRead]) => (isRead === true ? [field] : []));
  return [...read, ...nested].map(pathOf);
}

interface Path {
  readonly name: string;
  /** The object that has it; null for a field of the entity itself. */
  readonly parent: string | null;
}

function pathOf(field: string): Path {
  const [first = field, second] = field.split('.');
  return second === undefined ? { name: first, parent: null } : { name: second, parent: first };
}

function has(entity: WireObject, { name, parent }: Path): boolean {
  if (parent === null) return name in entity;
  const holder = entity[parent];
  return isObject(holder) && name in holder;
}

/** A nested field of an object that is not there: that the object is missing says it all. */
function isAbsent(entity: WireObject, { parent }: Path): boolean {
  return parent !== null && !isObject(entity[parent]);
}
