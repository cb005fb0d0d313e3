/** `isDeeperThan`: whether a value nests so deep that what recurs over it could run out of stack. */

/** `levels` of objects and arrays within each other. It looks at one level after the other, however deep they go. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level = [value].filter(isNested);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === levels) return true;
    level = level.flatMap((each) => Object.values(each).filter(isNested));
  }
  return false;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
