/** `Setting`: one environment variable that the gateway reads, and the forms that most of them have. */
import { z } from 'zod';

export interface Setting<T> {
  /** What it means, with its unit. */
  readonly means: string;
  /** What a value has to look like: the end of the sentence "… is "x", expected …". */
  readonly expects: string;
  /** Used when the variable is absent or empty; `null` when the default depends on other settings. */
  readonly default: string | null;
  /** Turns the text of the variable into its value. */
  readonly schema: z.ZodType<T, string>;
  /** Values of a secret setting appear in no message. */
  readonly isSecret: boolean;
}

export function setting<T>(row: Omit<Setting<T>, 'isSecret'> & { readonly isSecret?: boolean }): Setting<T> {
  return { isSecret: false, ...row };
}

/** A whole number written in digits, so that `1e3`, `0x10`, ` 5` and `5.0` are refused rather than guessed at. */
export function integer(row: { means: string; default: number; min: number; max: number }): Setting<number> {
  return setting({
    means: row.means,
    expects: `a whole number from ${String(row.min)} to ${String(row.max)}`,
    default: String(row.default),
    schema: z
      .string()
      .regex(/^-?\d{1,16}$/)
      .transform(Number)
      .pipe(z.int().min(row.min).max(row.max)),
  });
}

export function oneOf<const T extends readonly [string, ...string[]]>(
  values: T,
  row: { means: string; default: T[number] | null },
): Setting<T[number]> {
  return setting({ ...row, expects: `one of ${values.join(', ')}`, schema: z.enum(values) });
}

export const MINUTE_MS = 60_000;
export const MIB = 1024 * 1024;
