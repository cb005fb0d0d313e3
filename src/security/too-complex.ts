/** `tooComplex`: the one form of the error that says which bound an operation exceeds, by how much and what to do about it. */
import { GatewayError } from '../errors.ts';

export interface Excess {
  /** What is counted, in the plural. */
  readonly counts: string;
  /** How many there are. */
  readonly value: number | string;
  /** How many there may be. */
  readonly bound: number;
  /** The setting that says so. */
  readonly setting: string;
  /** How to ask for the same and stay under the bound. */
  readonly advice: string;
}

export function tooComplex({ counts, value, bound, setting, advice }: Excess): GatewayError {
  return new GatewayError(
    'QUERY_TOO_COMPLEX',
    `Expected at most ${String(bound)} ${counts} (${setting}), got ${String(value)}: ${advice}`,
  );
}
