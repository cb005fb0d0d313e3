export interface Room {
  /** Globs of the files in it. */
  readonly files: readonly string[];
  /** Of those, files that are a room of their own. */
  readonly except?: readonly string[];
  /** Rooms, or single files of them, that it may import. */
  readonly values?: readonly string[];
  /** The same for types only. */
  readonly types?: readonly string[];
  /** Leaves that it may import. @default all */
  readonly leaves?: readonly string[];
  /** What to do instead of an import that is refused. */
  readonly advice: string;
}

export const LEAVES: readonly string[];
export const PARTS: readonly string[];
export const NAMES: readonly string[];
export const ROOMS: Readonly<Record<string, Room>>;
export function refusedBy(room: string): readonly {
  readonly regex: string;
  readonly message: string;
  readonly allowTypeImports: boolean;
}[];
