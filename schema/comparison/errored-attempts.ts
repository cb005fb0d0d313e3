/** `ErroredAttempts`: what a comparison makes of attempts that say nothing about the agent. */
import type { ErroredAttempts as ErroredAttemptsValue } from '../../src/statistics/comparison.ts';
import { upstreamEnum } from '../builder.ts';

export const ErroredAttempts = upstreamEnum<ErroredAttemptsValue>(
  'ErroredAttempts',
  'What a comparison makes of attempts that errored: those that were canceled, timed out, failed or have no score.',
  {
    exclude:
      'They do not count. A scenario each of whose attempts errored in one of the runs is neither regressed nor fixed, and has no score there.',
    count_as_failed: 'They count as attempts that did not pass; those without a score count 0.',
  },
);
