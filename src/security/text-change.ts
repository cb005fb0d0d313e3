/** `createTextChange`: changes the texts at some paths of a value, and leaves everything else as it is. */

/** Answers the value itself when no text in it has changed. */
export type ChangeTexts = <T>(value: T, change: (text: string) => string) => T;

/** @param paths names of properties with a dot between them, and `*` for each item of a list */
export function createTextChange(paths: readonly string[]): ChangeTexts {
  const tree: Branch = new Map();
  for (const path of paths) grow(tree, path.split('.'));
  // Texts take the place of texts, so the value keeps its type.
  return (value, change) => changeIn(value, tree, change) as typeof value;
}

/** What is below each property; nothing where the texts are. */
type Branch = Map<string, Branch>;

function grow(branch: Branch, [name, ...rest]: readonly string[]): void {
  if (name === undefined) return;
  const next = branch.get(name) ?? new Map<string, Branch>();
  grow(next, rest);
  branch.set(name, next);
}

function changeIn(value: unknown, branch: Branch, change: (text: string) => string): unknown {
  if (typeof value === 'string') return branch.size === 0 ? change(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  const items = branch.get('*');
  if (Array.isArray(value)) return items ? changeItems(value, items, change) : value;
  let changed: Record<string, unknown> | null = null;
  for (const [name, below] of branch) {
    const before = (value as Readonly<Record<string, unknown>>)[name];
    const after = changeIn(before, below, change);
    if (after !== before) (changed ??= { ...value })[name] = after;
  }
  return changed ?? value;
}

function changeItems(
  items: readonly unknown[],
  branch: Branch,
  change: (text: string) => string,
): readonly unknown[] {
  if (items.length === 0) return items;
  const changed = items.map((item) => changeIn(item, branch, change));
  return changed.every((item, index) => item === items[index]) ? items : changed;
}
