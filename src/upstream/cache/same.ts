/** `isSame`: whether two plain values are deeply equal. */

/** Uses a stack of its own instead of recursion, so that values may nest arbitrarily deep. */
export function isSame(a: unknown, b: unknown): boolean {
  const left: (readonly [unknown, unknown])[] = [[a, b]];
  for (let pair = left.pop(); pair; pair = left.pop()) {
    const [one, other] = pair;
    if (one === other) continue;
    if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
      if (Number.isNaN(one) && Number.isNaN(other)) continue;
      return false;
    }
    if (Array.isArray(one) !== Array.isArray(other)) return false;
    const names = Object.keys(one);
    if (names.length !== Object.keys(other).length) return false;
    for (const name of names) left.push([(one as Plain)[name], (other as Plain)[name]]);
  }
  return true;
}

type Plain = Readonly<Record<string, unknown>>;
