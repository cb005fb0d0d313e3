/** How benchmark runs are started and ended. */
import { builder } from '../builder.ts';
import { idempotencyArgs, resultOf } from '../mutations.ts';
import { StartBenchmarkRunInput } from '../run-inputs.ts';
import { BenchmarkRun } from './type.ts';

const resultFor = (mutation: string, description: string) =>
  resultOf(mutation, { field: 'benchmarkRun', type: BenchmarkRun, description });

const StartBenchmarkRunResult = resultFor('startBenchmarkRun', 'The run that was started.');
const CompleteBenchmarkRunResult = resultFor('completeBenchmarkRun', 'The run, which is completed.');
const CancelBenchmarkRunResult = resultFor('cancelBenchmarkRun', 'The run, which is canceled.');

builder.mutationFields((t) => {
  const id = t.arg.id({ required: true, description: 'The benchmark run: an id such as `bmr_…`.' });
  return {
    startBenchmarkRun: t.field({
      type: StartBenchmarkRunResult,
      authScopes: { 'runs:write': true, 'runs:read': true },
      description:
        'Starts a run of a benchmark. It is RUNNING and has no scenario runs yet: `startScenarioRun` adds them.',
      args: {
        input: t.arg({
          type: StartBenchmarkRunInput,
          required: true,
          description: 'What to run, and with what.',
        }),
        ...idempotencyArgs,
      },
      resolve: (_root, { input, idempotencyKey }, { control }) =>
        control.startBenchmarkRun(input, idempotencyKey),
    }),
    completeBenchmarkRun: t.field({
      type: CompleteBenchmarkRunResult,
      authScopes: { 'runs:write': true, 'runs:read': true },
      description: 'Completes a RUNNING benchmark run, whose score is then known.',
      args: { id, ...idempotencyArgs },
      resolve: (_root, args, { control }) =>
        control.act('completeBenchmarkRun', { id: args.id }, args.idempotencyKey),
    }),
    cancelBenchmarkRun: t.field({
      type: CancelBenchmarkRunResult,
      authScopes: { 'runs:write': true, 'runs:read': true },
      description:
        'Cancels a RUNNING benchmark run, with every scenario run of it that is active and its devbox.',
      args: { id, ...idempotencyArgs },
      resolve: (_root, args, { control }) =>
        control.act('cancelBenchmarkRun', { id: args.id }, args.idempotencyKey),
    }),
  };
});
