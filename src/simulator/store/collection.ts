/** One kind of entity: by id, in order of arrival, and indexed by the fields that lists filter on. */
import { type Entry, OrderedList } from './ordered-list.ts';

/** What a list must satisfy: each named field has exactly this value. */
export type Where<Field extends string> = Readonly<Partial<Record<Field, string | undefined>>>;

export interface PageRequest<T, Field extends string> {
  readonly where?: Where<Field> | undefined;
  /** Only these ids are looked at. The array must never change: what is derived from it is cached. */
  readonly among?: readonly string[] | undefined;
  /** What no index answers, such as a search. */
  readonly matches?: ((view: T) => boolean) | undefined;
  /** Adds what changes by itself, such as how long something has taken so far. */
  readonly seen?: ((view: T) => T) | undefined;
  readonly limit: number;
  /** The page begins behind this entity. */
  readonly startingAfter?: string | undefined;
  readonly isCounted: boolean;
}

export interface Page {
  /** The JSON of each entity, newest first. */
  readonly items: readonly string[];
  readonly hasMore: boolean;
  /** How many entities match on all pages; undefined unless counted. */
  readonly total: number | undefined;
}

export interface Collection<T, Field extends string = string> {
  readonly size: number;
  get(id: string): T | undefined;
  /** The entity as JSON; undefined when there is none. */
  json(id: string): string | undefined;
  /** Newest first, optionally only those whose fields have the given values. */
  list(where?: Where<Field>): T[];
  /** Oldest first, without a copy: stop early, and do not insert or remove meanwhile. */
  oldestFirst(): Iterable<T>;
  /** How many have the given value in a field. */
  count(field: Field, value: string): number;
  insert(view: T): T;
  /** Replaces the given fields, as if the entity had really moved. Throws when there is no such entity. */
  update(id: string, patch: Partial<T>): T;
  remove(id: string): void;
  /** Undefined when `startingAfter` is unknown. */
  page(request: PageRequest<T, Field>): Page | undefined;
  /** Calls the listener after each change of one entity, and when it is removed. Returns how to stop. */
  watch(id: string, listener: () => void): () => void;
}

/** Makes an empty collection whose ids are in `idField`, indexed by the given fields; `hidden` ones are not in the JSON. */
export function createCollection<T extends object, Field extends keyof T & string>(
  idField: keyof T & string,
  names: readonly Field[],
  hidden: readonly (keyof T & string)[] = [],
): Collection<T, Field> {
  const byId = new Map<string, Entry<T>>();
  const all = new OrderedList<T>();
  const indexes = new Map(names.map((name) => [name, new Map<string, OrderedList<T>>()]));
  const sorted = new WeakMap<readonly string[], OrderedList<T>>();
  const listeners = new Map<string, Set<() => void>>();
  const none = new OrderedList<T>();
  let arrivals = 0;

  const addTo = (name: Field, value: string | null, entry: Entry<T>) => {
    if (value === null) return;
    const index = indexes.get(name);
    const list = index?.get(value) ?? new OrderedList<T>();
    index?.set(value, list);
    list.add(entry);
  };
  const deleteFrom = (name: Field, value: string | null, entry: Entry<T>) => {
    if (value === null) return;
    const index = indexes.get(name);
    const list = index?.get(value);
    list?.delete(entry);
    if (list?.size === 0) index?.delete(value);
  };
  const notify = (id: string) => {
    for (const listener of [...(listeners.get(id) ?? [])]) listener();
  };
  const sortedOf = (ids: readonly string[]) => {
    const known = sorted.get(ids);
    if (known) return known;
    const list = new OrderedList(ids.flatMap((id) => byId.get(id) ?? []));
    sorted.set(ids, list);
    return list;
  };
  const shown = (view: T) =>
    hidden.length === 0
      ? view
      : Object.fromEntries(Object.entries(view).filter(([name]) => !hidden.some((each) => each === name)));
  const jsonOf = (entry: Entry<T>) => (entry.json ??= JSON.stringify(shown(entry.view)));

  /** The shortest list that holds every match, and what is left to check on each of its entries. */
  const plan = ({ where, among, matches }: Pick<PageRequest<T, Field>, 'where' | 'among' | 'matches'>) => {
    const conditions = names.flatMap((name) => {
      const value = where?.[name];
      return value === undefined ? [] : [{ name, value, list: indexes.get(name)?.get(value) ?? none }];
    });
    const shortest = conditions.reduce<(typeof conditions)[number] | undefined>(
      (best, next) => (best && best.list.size <= next.list.size ? best : next),
      undefined,
    );
    const isIndexed = !among && shortest !== undefined;
    const rest = isIndexed ? conditions.filter((condition) => condition !== shortest) : conditions;
    const list = among ? sortedOf(among) : (shortest?.list ?? all);
    if (rest.length === 0 && !matches) return { list, isMatch: undefined };
    const isMatch = (view: T) =>
      rest.every(({ name, value }) => keyOf(view, name) === value) && (!matches || matches(view));
    return { list, isMatch };
  };

  return {
    get size() {
      return all.size;
    },
    get: (id) => byId.get(id)?.view,
    json: (id) => {
      const entry = byId.get(id);
      return entry && jsonOf(entry);
    },
    list: (where) => {
      const { list, isMatch } = plan({ where });
      const views = [...list.newestFirst()].map(({ view }) => view);
      return isMatch ? views.filter(isMatch) : views;
    },
    *oldestFirst() {
      for (const { view } of all.oldestFirst()) yield view;
    },
    count: (field, value) => indexes.get(field)?.get(value)?.size ?? 0,
    insert: (view) => {
      const id = String(view[idField]);
      if (byId.has(id)) throw new Error(`${id} exists already`);
      const entry: Entry<T> = { order: arrivals++, view, json: undefined };
      byId.set(id, entry);
      all.add(entry);
      for (const name of names) addTo(name, keyOf(view, name), entry);
      return view;
    },
    update: (id, patch) => {
      const entry = byId.get(id);
      if (!entry) throw new Error(`${id} does not exist`);
      const before = entry.view;
      const after = { ...before, ...patch };
      entry.view = after;
      entry.json = undefined;
      for (const name of names) {
        const [old, now] = [keyOf(before, name), keyOf(after, name)];
        if (old === now) continue;
        deleteFrom(name, old, entry);
        addTo(name, now, entry);
      }
      notify(id);
      return after;
    },
    remove: (id) => {
      const entry = byId.get(id);
      if (!entry) return;
      byId.delete(id);
      all.delete(entry);
      for (const name of names) deleteFrom(name, keyOf(entry.view, name), entry);
      notify(id);
    },
    page: (request) => {
      const { list, isMatch } = plan(request);
      const cursor = request.startingAfter === undefined ? undefined : byId.get(request.startingAfter);
      if (request.startingAfter !== undefined && !cursor) return undefined;
      const items: string[] = [];
      let hasMore = false;
      for (let position = (cursor ? list.position(cursor.order) : list.size) - 1; position >= 0; position--) {
        const entry = list.at(position);
        if (!entry || (isMatch && !isMatch(entry.view))) continue;
        hasMore = items.length === request.limit;
        if (hasMore) break;
        items.push(request.seen ? JSON.stringify(shown(request.seen(entry.view))) : jsonOf(entry));
      }
      if (!request.isCounted) return { items, hasMore, total: undefined };
      if (!isMatch) return { items, hasMore, total: list.size };
      let total = 0;
      for (const { view } of list.oldestFirst()) if (isMatch(view)) total++;
      return { items, hasMore, total };
    },
    watch: (id, listener) => {
      const known = listeners.get(id) ?? new Set();
      listeners.set(id, known.add(listener));
      return () => {
        known.delete(listener);
        if (known.size === 0 && listeners.get(id) === known) listeners.delete(id);
      };
    },
  };
}

/** The value under which an index holds a view; null when the field is not set. */
function keyOf<T>(view: T, name: keyof T): string | null {
  const value = view[name];
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' ? String(value) : null;
}
