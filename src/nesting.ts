/** `isDeeperThan`: whether a value nests so deep that what recurs over it could run out of stack. */

/** `levels` of objects and arrays within each other; itself it recurs no deeper than that. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(part, levels - 1));
}
