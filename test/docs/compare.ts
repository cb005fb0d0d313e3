/** Compares what is printed with what comes: exactly, but for what the clock or the life of the world has moved. */
import type { Block } from './blocks.ts';

/** An answer as a tree of values, whatever it is printed as. */
export function treeOf({ language }: Pick<Block, 'language'>, text: string): unknown {
  switch (language) {
    case 'json':
      return JSON.parse(text) as unknown;
    case 'csv':
      return text
        .trimEnd()
        .split(/\r?\n/)
        .map((line) => line.split(','));
    default:
      return text
        .trimEnd()
        .split('\n\n')
        .map((event) => Object.fromEntries(event.split('\n').map((line) => entryOf(line))) as unknown);
  }
}

function entryOf(line: string): readonly [string, unknown] {
  const [, name = '', value = ''] = /^(\w*): ?(.*)$/.exec(line) ?? [];
  return [name, name === 'data' ? (JSON.parse(value) as unknown) : value];
}

/** The differences; a place that is `moved` may have another value of the same kind. */
export function differences(
  printed: unknown,
  came: unknown,
  { isMoved, path = '' }: { readonly isMoved: (path: string) => boolean; readonly path?: string },
): readonly string[] {
  if (Object.is(printed, came)) return [];
  const differ = `${path} is printed as ${show(printed)} and came as ${show(came)}`;
  if (isMoved(path)) return isSameKind(printed, came) ? [] : [differ];
  if (!isTree(printed) || !isTree(came) || Array.isArray(printed) !== Array.isArray(came)) return [differ];
  const names = new Set([...Object.keys(printed), ...Object.keys(came)]);
  return [...names].flatMap((name) =>
    differences(printed[name], came[name], { isMoved, path: `${path}.${name}` }),
  );
}

/** The places at which two answers to one question differ. */
export function movedPlaces(one: unknown, other: unknown, path = ''): readonly string[] {
  if (Object.is(one, other)) return [];
  if (!isTree(one) || !isTree(other)) return [path];
  const [names, others] = [Object.keys(one), Object.keys(other)];
  // Rows that have come or gone: the list has moved as a whole.
  if (names.join() !== others.join()) return [path];
  return names.flatMap((name) => movedPlaces(one[name], other[name], `${path}.${name}`));
}

type Tree = Readonly<Record<string, unknown>>;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}

/** Of one kind are numbers, texts that begin alike up to a prefix or a digit, lists, and objects of the same names. */
function isSameKind(one: unknown, other: unknown): boolean {
  if (one === null || other === null) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === 0 || other.length === 0 || isSameKind(one[0], other[0]);
  }
  if (isTree(one) && isTree(other)) {
    return (
      Object.keys(one).join() === Object.keys(other).join() &&
      Object.keys(one).every((name) => isSameKind(one[name], other[name]))
    );
  }
  if (typeof one === 'string' && typeof other === 'string') return kindOf(one) === kindOf(other);
  return typeof one === typeof other;
}

function kindOf(text: string): string {
  return /^[a-z]{3}_(?=\w{21}$)|^\d{4}-\d{2}-\d{2}T/.exec(text)?.[0].replace(/\d/g, '0') ?? 'text';
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
