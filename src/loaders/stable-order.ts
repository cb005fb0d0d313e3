/** `stableOrder`: the indices of numbers in ascending order, those of equal ones as they stand; fast where most are in order already. */

/** A natural merge sort: a log is in order but for some lines, or consists of several that are. */
export function stableOrder(values: Float64Array): Uint32Array {
  const count = values.length;
  let order = new Uint32Array(count);
  for (let index = 0; index < count; index++) order[index] = index;
  let ends = endsOfRuns(values);
  let target = new Uint32Array(count);
  while (ends.length > 1) {
    const merged: number[] = [];
    for (let run = 0; run < ends.length; run += 2) {
      const start = ends[run - 1] ?? 0;
      const middle = ends[run] ?? count;
      const end = ends[run + 1] ?? middle;
      merge(values, { from: order, to: target, start, middle, end });
      merged.push(end);
    }
    ends = merged;
    [order, target] = [target, order];
  }
  return order;
}

/** Where each ordered section ends. */
function endsOfRuns(values: Float64Array): readonly number[] {
  const ends: number[] = [];
  for (let index = 1; index < values.length; index++)
    if ((values[index] ?? 0) < (values[index - 1] ?? 0)) ends.push(index);
  return [...ends, values.length];
}

function merge(
  values: Float64Array,
  given: {
    readonly from: Uint32Array;
    readonly to: Uint32Array;
    readonly start: number;
    readonly middle: number;
    readonly end: number;
  },
): void {
  const { from, to, start, middle, end } = given;
  let [left, right] = [start, middle];
  for (let at = start; at < end; at++) {
    const [a = 0, b = 0] = [from[left], from[right]];
    const isLeft = left < middle && (right >= end || (values[a] ?? 0) <= (values[b] ?? 0));
    to[at] = isLeft ? a : b;
    if (isLeft) left++;
    else right++;
  }
}
