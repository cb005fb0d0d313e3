/** `within`: keeps the whole numbers that clients give as arguments in their bounds. */
import { GatewayError } from '../src/errors.ts';

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** The number that an argument gives; BAD_USER_INPUT when it is out of bounds. */
export function within(name: string, value: number, { min, max }: Bounds): number {
  if (value >= min && value <= max) return value;
  throw new GatewayError(
    'BAD_USER_INPUT',
    `Expected \`${name}\` to be ${String(min)} to ${String(max)}, got ${String(value)}`,
  );
}
