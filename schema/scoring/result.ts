/** Scores: what a scoring contract found about a run, function by function. */
import { beginningOf } from '../../src/values/beginning-of.ts';
import { GatewayError } from '../../src/errors.ts';
import type {
  Outcome as OutcomeValue,
  ScoringFunctionResult as ScoringFunctionResultShape,
  ScoringFunctionState as ScoringFunctionStateValue,
  ScoringResult as ScoringResultShape,
} from '../../src/upstream/types.ts';
import { builder, upstreamEnum } from '../builder.ts';

export const Outcome = upstreamEnum<OutcomeValue>('Outcome', 'How a finished run ended.', {
  passed: 'Finished with a score of exactly 1.',
  failed: 'Finished with any other score.',
  errored:
    'Failed, timed out, was canceled, or came to its end without any score: it says nothing about the agent.',
});

const ScoringFunctionState = upstreamEnum<ScoringFunctionStateValue>(
  'ScoringFunctionState',
  'How the application of a scoring function ended.',
  {
    complete: 'The function ran and its score counts.',
    error: 'The function itself failed.',
    unknown:
      'The upstream does not know, or has added a value that this version of the gateway does not know.',
  },
);

const ScoringFunctionResult = builder
  .objectRef<ScoringFunctionResultShape>('ScoringFunctionResult')
  .implement({
    description: 'What one scoring function found.',
    fields: (t) => ({
      name: t.exposeString('name', { description: "The function's name within its scoring contract." }),
      score: t.exposeFloat('score', { description: 'From 0 to 1.' }),
      state: t.expose('state', {
        type: ScoringFunctionState,
        description: 'Whether the function ran to its end.',
      }),
      output: t.string({
        description: 'What the function printed, often many lines.',
        args: {
          maxChars: t.arg.int({
            description: 'At most this many characters, from the beginning; all when absent.',
          }),
        },
        resolve: (result, { maxChars }) => outputOf(result, maxChars ?? null),
      }),
    }),
  });

export const ScoringResult = builder.objectRef<ScoringResultShape>('ScoringResult').implement({
  description: 'What the scoring contract of a scenario found about a run.',
  fields: (t) => ({
    score: t.exposeFloat('score', { description: 'The weighted sum of all functions, from 0 to 1.' }),
    functionResults: t.expose('functionResults', {
      type: [ScoringFunctionResult],
      description: 'What each scoring function found.',
    }),
  }),
});

function outputOf({ output }: ScoringFunctionResultShape, maxChars: number | null): string {
  if (maxChars === null) return output;
  if (maxChars < 0)
    throw new GatewayError(
      'BAD_USER_INPUT',
      `Expected \`maxChars\` to be 0 or more, got ${String(maxChars)}`,
    );
  return beginningOf(output, maxChars);
}
