/** In which order scenario runs are listed, where it is not that of the upstream. */
import type { ScenarioRunOrderField } from '../../src/loaders/filter-lists.ts';
import { builder } from '../builder.ts';

const OrderDirection = builder.enumType('OrderDirection', {
  description: 'From which end a list is ordered. What has no value comes last either way.',
  values: {
    ASC: { value: 'ascending', description: 'The smallest, shortest or earliest first.' },
    DESC: { value: 'descending', description: 'The largest, longest or latest first.' },
  } as const,
});

const OrderField = builder.enumType('ScenarioRunOrderField', {
  description: 'By what scenario runs can be ordered.',
  values: {
    DURATION: { value: 'duration', description: '`durationMs`: runs that are active have none.' },
    SCORE: { value: 'score', description: '`score`: runs that have not been scored have none.' },
    STARTED_AT: {
      value: 'startedAt',
      description: '`startedAt`, by which lists are nearly ordered as they are.',
    },
  } as const satisfies Record<
    string,
    { readonly value: ScenarioRunOrderField; readonly description: string }
  >,
});

export const ScenarioRunOrder = builder.inputType('ScenarioRunOrder', {
  description:
    'An order of scenario runs. Runs without a value come last, and runs with the same value in the order of their ids.',
  fields: (t) => ({
    field: t.field({ type: OrderField, required: true, description: 'By what.' }),
    direction: t.field({
      type: OrderDirection,
      required: true,
      defaultValue: 'ascending',
      description: 'From which end.',
    }),
  }),
});

/** How the argument `orderBy` is described, wherever there is one. */
export const ORDER_BY =
  'In which order; newest first when absent. The gateway orders the rows itself, the newest of the list up to its bounds (see `isExhaustive`), each page anew. A cursor is one of this order, and the page after it begins where its row stood, whatever has come or gone since.';
