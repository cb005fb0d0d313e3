/** How scenario runs are started, scored and ended. */
import { builder } from '../builder.ts';
import { idempotencyArgs, resultOf } from '../mutations.ts';
import { StartScenarioRunInput } from '../run-inputs.ts';
import { ScenarioRun } from './type.ts';

const resultFor = (mutation: string, description: string) =>
  resultOf(mutation, { field: 'scenarioRun', type: ScenarioRun, description });

const StartScenarioRunResult = resultFor('startScenarioRun', 'The run that was started.');
const ScoreScenarioRunResult = resultFor('scoreScenarioRun', 'The run, which is being scored.');
const CompleteScenarioRunResult = resultFor('completeScenarioRun', 'The run, which is completed.');
const CancelScenarioRunResult = resultFor('cancelScenarioRun', 'The run, which is canceled.');

builder.mutationFields((t) => {
  const id = t.arg.id({ required: true, description: 'The scenario run: an id such as `scr_…`.' });
  return {
    startScenarioRun: t.field({
      type: StartScenarioRunResult,
      authScopes: { 'runs:write': true, 'runs:read': true },
      description:
        'Starts a run of a scenario. It is RUNNING at once, while its devbox still boots: the status of the devbox says when it is ready.',
      args: {
        input: t.arg({
          type: StartScenarioRunInput,
          required: true,
          description: 'What to run, and with what.',
        }),
        ...idempotencyArgs,
      },
      resolve: (_root, { input, idempotencyKey }, { control }) =>
        control.startScenarioRun(input, idempotencyKey),
    }),
    scoreScenarioRun: t.field({
      type: ScoreScenarioRunResult,
      authScopes: { 'runs:write': true, 'runs:read': true },
      description:
        'Has the scoring functions applied to a RUNNING scenario run: it is SCORING at once, and SCORED with its result later.',
      args: { id, ...idempotencyArgs },
      resolve: (_root, args, { control }) =>
        control.act('scoreScenarioRun', { id: args.id }, args.idempotencyKey),
    }),
    completeScenarioRun: t.field({
      type: CompleteScenarioRunResult,
      authScopes: { 'runs:write': true, 'runs:read': true },
      description: 'Completes a SCORED scenario run, which shuts its devbox down.',
      args: { id, ...idempotencyArgs },
      resolve: (_root, args, { control }) =>
        control.act('completeScenarioRun', { id: args.id }, args.idempotencyKey),
    }),
    cancelScenarioRun: t.field({
      type: CancelScenarioRunResult,
      authScopes: { 'runs:write': true, 'runs:read': true },
      description: 'Cancels a scenario run that is not terminal, which shuts its devbox down.',
      args: { id, ...idempotencyArgs },
      resolve: (_root, args, { control }) =>
        control.act('cancelScenarioRun', { id: args.id }, args.idempotencyKey),
    }),
  };
});
