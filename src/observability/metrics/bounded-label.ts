/** `createBoundedLabel`: values of a label that clients choose, of which the first so many are told apart. */

/** What stands for all values beyond the bound. */
export const OTHER = 'other';

/** The value itself while there are at most `max` different ones. */
export function createBoundedLabel(max: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= max) return OTHER;
    known.add(value);
    return value;
  };
}
