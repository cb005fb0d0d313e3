/** `Proportion`: a share of a sample, with how sure it is. */
import type { Proportion as ProportionShape } from '../../src/statistics/proportion.ts';
import { builder } from '../builder.ts';

export const Proportion = builder.objectRef<ProportionShape>('Proportion').implement({
  description:
    'A share of a sample, and the interval in which the true share lies with 95 % confidence: Wilson’s score interval, without continuity correction. It takes the sample to be independent.',
  fields: (t) => ({
    value: t.exposeFloat('value', { description: 'The share in the sample, from 0 to 1.' }),
    low: t.exposeFloat('low', { description: 'The lower end of the interval, from 0 to `value`.' }),
    high: t.exposeFloat('high', { description: 'The upper end of the interval, from `value` to 1.' }),
  }),
});
