/** `percentileOf`: the value below which a share of a sample lies. */

/**
 * `share` is from 0 to 1, `ascending` is sorted. Between two values it is interpolated on a straight line (Hyndman and
 * Fan's type 7, as NumPy and spreadsheets do by default), so 0.5 is the median. Null when there is no value.
 */
export function percentileOf(ascending: ArrayLike<number>, share: number): number | null {
  const position = share * (ascending.length - 1);
  const below = Math.floor(position);
  const low = ascending[below];
  if (low === undefined) return null;
  const high = ascending[below + 1] ?? low;
  return low + (high - low) * (position - below);
}
