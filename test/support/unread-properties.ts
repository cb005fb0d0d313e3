/** Which properties of a document nobody has read: a validator that asks for what it knows leaves out what is misspelt. */

export interface Watched<T> {
  /** The document; what is read of it is noted. */
  readonly document: T;
  /** The paths that were not read so far, such as `spec.selektor`. */
  readonly unread: () => readonly string[];
}

export function watchReads<T extends object>(document: T): Watched<T> {
  const read = new Set<string>();
  const watched = (value: unknown, path: string): unknown =>
    typeof value !== 'object' || value === null
      ? value
      : new Proxy(value, {
          get: (target, name) => {
            const found: unknown = Reflect.get(target, name);
            if (typeof name === 'symbol') return found;
            read.add(`${path}${name}`);
            return watched(found, `${path}${name}.`);
          },
        });
  const unread = (value: unknown, path: string): readonly string[] =>
    typeof value !== 'object' || value === null
      ? []
      : Object.entries(value).flatMap(([name, inner]) =>
          read.has(path + name) ? unread(inner, `${path}${name}.`) : [path + name],
        );
  return { document: watched(document, '') as T, unread: () => unread(document, '') };
}
