/** How long the tests of replicas go on: some seconds each, or for minutes when `npm run chaos` asks for the long form. */

const isLong = process.env['CHAOS'] === 'long';

/** The first seed of everything that is random; a test that fails prints its own. */
export const FIRST_SEED = Number(process.env['CHAOS_SEED'] ?? 1);

/** In the short form, and in the long one. */
export function times(short: number, long: number): number {
  return isLong ? long : short;
}

/** So many seeds, from the first one on. */
export function seeds(short: number, long: number): readonly number[] {
  return Array.from({ length: times(short, long) }, (_, index) => FIRST_SEED + index);
}
