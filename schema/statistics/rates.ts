/** `rateFields`: the rates that stand wherever things are counted that passed: of all, of what was scored, and of how much that is. */
import type { ObjectFieldBuilder } from '@pothos/core';
import { type Ended, ratesOf, scoredOf } from '../../src/statistics/rates.ts';
import type { SchemaTypes } from '../builder.ts';
import { Proportion } from './proportion.ts';

/** `of` counts what the type is about; `all` is the field that says how many have ended, `brokenIs` how those are told that errored. */
export function rateFields<Shape>(
  t: ObjectFieldBuilder<SchemaTypes, Shape>,
  {
    of,
    all,
    brokenIs = 'outcome ERRORED',
  }: { readonly of: (shape: Shape) => Ended; readonly all: string; readonly brokenIs?: string },
) {
  return {
    scored: t.int({
      description: `How many of \`${all}\` were scored: all but those that broke (${brokenIs}), which say nothing about the agent.`,
      resolve: (shape) => scoredOf(of(shape)),
    }),
    passRate: t.field({
      type: Proportion,
      nullable: true,
      description: `\`passed / ${all}\`: what broke (${brokenIs}) counts as not passed, as in official tables. Null when there are none.`,
      resolve: (shape) => ratesOf(of(shape)).passRate,
    }),
    scoredPassRate: t.field({
      type: Proportion,
      nullable: true,
      description:
        '`passed / scored`: what the agent did where nothing broke; `coverage` says of how much this speaks. Null when none was scored.',
      resolve: (shape) => ratesOf(of(shape)).scoredPassRate,
    }),
    coverage: t.field({
      type: Proportion,
      nullable: true,
      description: `\`scored / ${all}\`: of how much \`scoredPassRate\` speaks. Null when there are none.`,
      resolve: (shape) => ratesOf(of(shape)).coverage,
    }),
  };
}
