/** `FailureGroup`: scenario runs that did not pass for the same reason. */
import type { FailureReason as FailureReasonValue } from '../../src/statistics/failure.ts';
import type { FailureGroup as FailureGroupShape } from '../../src/statistics/run-summary.ts';
import { builder, upstreamEnum } from '../builder.ts';

export const FailureReason = upstreamEnum<FailureReasonValue>(
  'FailureReason',
  'Why a finished scenario run did not pass, as far as the run itself says.',
  {
    failed: 'Ended by the platform because something broke: outcome ERRORED.',
    timeout: 'Ended by the platform because it took too long: outcome ERRORED.',
    canceled: 'Canceled before it came to its end: outcome ERRORED.',
    no_score: 'Came to its end without ever being scored: outcome ERRORED.',
    scorer_error: 'A scoring function broke; the first one is named.',
    low_score: 'A scoring function gave less than the full score; the one that gave least is named.',
    unexplained: 'The score is below 1, and no scoring function says why.',
  },
);

export const FailureGroup = builder.objectRef<FailureGroupShape>('FailureGroup').implement({
  description: 'Scenario runs that did not pass for the same reason.',
  fields: (t) => ({
    reason: t.expose('reason', { type: FailureReason, description: 'What they have in common.' }),
    scorer: t.exposeString('scorer', {
      nullable: true,
      description: 'The name of the scoring function that is to blame; null where none is.',
    }),
    runs: t.exposeInt('runs', { description: 'How many scenario runs there are in the group.' }),
    examples: t.exposeIDList('examples', {
      description: 'The ids of some of them, 10 at most: `nodes(ids:)` finds them.',
    }),
  }),
});
