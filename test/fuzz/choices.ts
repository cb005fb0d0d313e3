/** `Choices`: the random decisions of a generator, as a list of numbers: a shorter list makes a smaller thing. */
import fc from 'fast-check';

/** Decides from 0 up to, not including, `options`. Always 0 once its numbers are used up. */
export type Choose = (options: number) => number;

export interface Choices {
  readonly choose: Choose;
  /** True one time in `times`, on average; false once the numbers are used up. */
  readonly oneIn: (times: number) => boolean;
  /** One of the items, of which there is at least one: the first once the numbers are used up. */
  readonly pick: <T>(items: readonly T[]) => T;
}

const LARGEST = 2 ** 24;

export function createChoices(numbers: readonly number[]): Choices {
  let used = 0;
  const choose: Choose = (options) => (numbers[used++] ?? 0) % options;
  return {
    choose,
    oneIn: (times) => choose(times) === times - 1,
    pick: <T>(items: readonly T[]): T => {
      const item = items[choose(items.length)];
      if (item === undefined) throw new Error('There is nothing to pick from');
      return item;
    },
  };
}

/** What `generate` makes of random decisions. It shrinks by deciding less, and towards the first option of each. */
export function generated<T>(
  generate: (choices: Choices) => T,
  { maxChoices, minChoices = 0 }: { readonly maxChoices: number; readonly minChoices?: number },
) {
  return fc
    .array(fc.nat({ max: LARGEST }), { minLength: minChoices, maxLength: maxChoices, size: 'max' })
    .map((numbers) => generate(createChoices(numbers)));
}
