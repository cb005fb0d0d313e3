/** Whole numbers that clients give as arguments: their bounds, in the description and checked when they are read. */
import { GatewayError } from '../src/errors.ts';

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** An argument that says how many there are to be, at least one. */
export interface HowMany {
  /** What it means, followed by its bounds and its default. */
  describe(meaning: string): string;
  /** The number that a client gives, or the default; BAD_USER_INPUT when it is out of bounds. */
  read(value: number | null | undefined): number;
}

export function howMany(
  name: string,
  { max, default: usual }: { readonly max: number; readonly default: number },
): HowMany {
  return {
    describe: (meaning) => `${meaning}, 1 to ${String(max)}. ${String(usual)} when absent.`,
    read: (value) => within(name, value ?? usual, { min: 1, max }),
  };
}

/** The number that an argument gives; BAD_USER_INPUT when it is out of bounds. */
export function within(name: string, value: number, { min, max }: Bounds): number {
  if (value >= min && value <= max) return value;
  throw new GatewayError(
    'BAD_USER_INPUT',
    `Expected \`${name}\` to be ${String(min)} to ${String(max)}, got ${String(value)}`,
  );
}
