/** `RowFields`: which fields of an entity are read, so that a row of a list which lacks one of them can be recognised. */
import type { WireObject } from './primitives.ts';

export interface RowFields<View> {
  /** Every field of the SDK's view, and whether it is read: an SDK with one more does not compile until it is named here. */
  readonly own: Readonly<Record<keyof View, boolean>>;
  /** Fields of nested objects that a list may leave out, such as `parent.field`; they count where the object is there. */
  readonly nested?: readonly string[];
  /** Whether the entity surely has a value for a field: without it a row is reduced, whatever look-ups lacked so far. */
  readonly isDue?: (row: WireObject, field: string) => boolean;
}

/** The fields that are read. */
export type FieldsRead<Own> = { [Name in keyof Own]: Own[Name] extends true ? Name : never }[keyof Own];

/** An entity as it comes: the fields that are read can be anything. */
export type WireOf<Own> = Readonly<Partial<Record<FieldsRead<Own>, unknown>>>;
