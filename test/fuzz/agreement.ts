/** `differenceOf`: where the data of an answer is not what was expected, if anywhere. */

export type Path = readonly (string | number)[];

/** How far two figures may be apart that were added up in another order, as a share of the larger one, or by itself. */
const ROUNDING = 1e-12;

/**
 * The first difference, or null. What is missing from the answer is none where one of its errors says so: at that place,
 * or below it. What there is has to be right all the same, but for a claim at one of `deniable`, which may be denied.
 */
export function differenceOf(
  actual: unknown,
  expected: unknown,
  errorPaths: readonly Path[],
  deniable: readonly Path[] = [],
): string | null {
  return compare(actual, expected, { path: [], errorPaths, deniable });
}

/** What an answer has at this path; undefined when it does not reach so far. */
export function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Readonly<Record<string, unknown>> | null | undefined)?.[key],
    data,
  );
}

interface Place {
  readonly path: Path;
  /** Of the errors at this place or below it. */
  readonly errorPaths: readonly Path[];
  /** Of the claims, likewise. */
  readonly deniable: readonly Path[];
}

function compare(actual: unknown, expected: unknown, place: Place): string | null {
  if (actual === null && expected !== null && place.errorPaths.length > 0) return null;
  if (actual === false && expected === true && place.deniable.length > 0) return null;
  if (Array.isArray(actual) && Array.isArray(expected))
    return compareEach(
      actual.keys(),
      expected.keys(),
      (index) => compare(actual[index], expected[index], below(place, index)),
      place,
    );
  if (isObject(actual) && isObject(expected))
    return compareEach(
      Object.keys(actual),
      Object.keys(expected),
      (name) => compare(actual[name], expected[name], below(place, name)),
      place,
    );
  return isSame(actual, expected) ? null : told(place, actual, expected);
}

/** Fields are in the order in which they were asked for. */
function compareEach<Key extends string | number>(
  actual: Iterable<Key>,
  expected: Iterable<Key>,
  compareOne: (key: Key) => string | null,
  place: Place,
): string | null {
  const [keys, wanted] = [[...actual], [...expected]];
  if (keys.join() !== wanted.join()) return told(place, keys, wanted);
  for (const key of keys) {
    const difference = compareOne(key);
    if (difference !== null) return difference;
  }
  return null;
}

function below({ path, errorPaths, deniable }: Place, key: string | number): Place {
  const isBelow = (other: Path) => other[path.length] === key;
  return { path: [...path, key], errorPaths: errorPaths.filter(isBelow), deniable: deniable.filter(isBelow) };
}

function isSame(actual: unknown, expected: unknown): boolean {
  if (typeof actual !== 'number' || typeof expected !== 'number') return actual === expected;
  return Math.abs(actual - expected) <= ROUNDING * Math.max(1, Math.abs(actual), Math.abs(expected));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function told({ path }: Place, actual: unknown, expected: unknown): string {
  return `At ${path.join('.')}: got ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`;
}
