/** `mapTable`: makes something of each row of a table, under the same name. */

/**
 * `make` owes what `Result` has under each name. The compiler does not check that, since it cannot tell which member a name
 * stands for that is a parameter: state what a generic `make` returns.
 */
export function mapTable<Result extends object>(
  table: Readonly<Record<keyof Result, unknown>>,
  make: (name: keyof Result) => unknown,
): Result {
  const made: Partial<Record<keyof Result, unknown>> = {};
  for (const name of Object.keys(table) as (keyof Result)[]) made[name] = make(name);
  return made as Result;
}
