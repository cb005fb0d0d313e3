/** How devboxes are steered. */
import type { Outcome, Success } from '../../src/control/outcome.ts';
import { builder } from '../builder.ts';
import { idempotencyArgs, resultOf, unionOf } from '../mutations.ts';
import { Devbox } from './type.ts';

const resultFor = (mutation: string, description: string) =>
  resultOf(mutation, { field: 'devbox', type: Devbox, description });

const ShutdownDevboxResult = resultFor('shutdownDevbox', 'The devbox, which is shut down.');
const SuspendDevboxResult = resultFor('suspendDevbox', 'The devbox, which is being suspended.');
const ResumeDevboxResult = resultFor('resumeDevbox', 'The devbox, which is being resumed.');

const KeepDevboxAliveSuccess = builder
  .objectRef<Success<{ readonly id: string }>>('KeepDevboxAliveSuccess')
  .implement({
    description: 'What `keepDevboxAlive` answers when it was done.',
    fields: (t) => ({
      devbox: t.field({
        type: Devbox,
        nullable: true,
        description:
          'The devbox, whose time to live has begun anew. The upstream does not answer it, so it costs a call of its own; null, with an error on its path, when that fails.',
        resolve: ({ value }, _args, { loaders }) => loaders.devbox.load(value.id),
      }),
    }),
  });

const KeepDevboxAliveResult = unionOf('keepDevboxAlive', 'KeepDevboxAlive', KeepDevboxAliveSuccess);

builder.mutationFields((t) => {
  const id = t.arg.id({ required: true, description: 'The devbox: an id such as `dbx_…`.' });
  return {
    shutdownDevbox: t.field({
      type: ShutdownDevboxResult,
      authScopes: { 'runs:write': true, 'runs:read': true },
      description:
        'Shuts a devbox down for good. One that is shut down already stays so, which is a success. Not possible while a snapshot of it is made.',
      args: { id, ...idempotencyArgs },
      resolve: (_root, args, { control }) =>
        control.act('shutdownDevbox', { id: args.id }, args.idempotencyKey),
    }),
    suspendDevbox: t.field({
      type: SuspendDevboxResult,
      authScopes: { 'runs:write': true, 'runs:read': true },
      description: 'Suspends a RUNNING devbox: it is SUSPENDING at once, and keeps its disk.',
      args: { id, ...idempotencyArgs },
      resolve: (_root, args, { control }) =>
        control.act('suspendDevbox', { id: args.id }, args.idempotencyKey),
    }),
    resumeDevbox: t.field({
      type: ResumeDevboxResult,
      authScopes: { 'runs:write': true, 'runs:read': true },
      description: 'Resumes a SUSPENDED devbox: it is RESUMING at once, and RUNNING later.',
      args: { id, ...idempotencyArgs },
      resolve: (_root, args, { control }) =>
        control.act('resumeDevbox', { id: args.id }, args.idempotencyKey),
    }),
    keepDevboxAlive: t.field({
      type: KeepDevboxAliveResult,
      authScopes: { 'runs:write': true, 'runs:read': true },
      description: 'Lets the time to live of a devbox that has not ended begin anew.',
      args: { id, ...idempotencyArgs },
      resolve: async (_root, args, { control }) =>
        withId(args.id, await control.act('keepDevboxAlive', { id: args.id }, args.idempotencyKey)),
    }),
  };
});

/** The upstream answers nothing about the devbox, so that its id is all there is to look it up by. */
function withId(id: string, outcome: Outcome<unknown>): Outcome<{ readonly id: string }> {
  return outcome.type === 'Success' ? { type: 'Success', value: { id } } : outcome;
}
