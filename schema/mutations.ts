/** What every mutation answers: its success, or one of the errors that can be expected. */
import type { ObjectRef } from '@pothos/core';
import type {
  ForbiddenProblem,
  InputIssue as InputIssueShape,
  InvalidInputProblem,
  InvalidTransitionProblem,
  NotFoundProblem,
  Outcome,
  OutcomeUnknownProblem,
  Problem,
  Success,
} from '../src/control/outcome.ts';
import { builder, type SchemaTypes } from './builder.ts';
import { Node } from './node.ts';

const ErrorCode = builder.enumType('ErrorCode', {
  description: 'Which of the errors that can be expected of a mutation it is.',
  values: {
    NOT_FOUND: { description: 'There is nothing with the id. Nothing was done.' },
    CONFLICT: { description: 'The state of the thing forbids it. Nothing was done.' },
    FORBIDDEN: { description: 'The API key may not do it. Nothing was done.' },
    BAD_USER_INPUT: { description: 'The input is not what it has to be. Nothing was done.' },
    OUTCOME_UNKNOWN: {
      description: 'It was sent, and the answer was lost: it may have been done, or not.',
    },
  } as const satisfies Record<Problem['code'], object>,
});

const ErrorInterface = builder.interfaceRef<Problem>('Error').implement({
  description: 'Why a mutation was not done, or why its outcome is not known.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What went wrong, for people.' }),
    code: t.expose('code', { type: ErrorCode, description: 'What went wrong, for programs.' }),
  }),
  resolveType: ({ type }) => type,
});

const NotFoundError = builder.objectRef<NotFoundProblem>('NotFoundError').implement({
  description: 'Something that the mutation needs does not exist. Nothing was done.',
  interfaces: [ErrorInterface],
  // Not `id`: a client's store would take the error for the thing of that id, and overwrite it.
  fields: (t) => ({ missingId: t.exposeID('missingId', { description: 'The id that nothing has.' }) }),
});

const InvalidTransitionError = builder
  .objectRef<InvalidTransitionProblem>('InvalidTransitionError')
  .implement({
    description:
      'The state of the thing forbids the mutation, such as completing a run that is not scored. Nothing was done.',
    interfaces: [ErrorInterface],
    fields: (t) => ({
      currentState: t.exposeString('currentState', {
        nullable: true,
        description:
          'The state (of a devbox, the status) right after the refusal, as its enumeration writes it; null when it could not be read.',
      }),
      node: t.field({
        type: Node,
        nullable: true,
        description: 'The thing whose state it is, as it was then; null when it could not be read.',
        resolve: ({ subject }) => subject,
      }),
    }),
  });

const ForbiddenError = builder.objectRef<ForbiddenProblem>('ForbiddenError').implement({
  description: 'The upstream does not let the API key do this. Nothing was done.',
  interfaces: [ErrorInterface],
  fields: () => ({}),
});

const InputIssue = builder.objectRef<InputIssueShape>('InputIssue').implement({
  description: 'One thing that is wrong with the input of a mutation.',
  fields: (t) => ({
    field: t.exposeString('field', {
      nullable: true,
      description: 'Where it is, such as `input.mounts[0].file.path`; null when only the upstream knows.',
    }),
    message: t.exposeString('message', { description: 'What was expected there.' }),
  }),
});

const InvalidInputError = builder.objectRef<InvalidInputProblem>('InvalidInputError').implement({
  description: 'The input is not what it has to be. Nothing was done.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    field: t.string({
      nullable: true,
      description: 'Where the first thing is that is wrong, such as `input.launchParameters.customCpuCores`.',
      resolve: ({ issues: [first] }) => first.field,
    }),
    issues: t.expose('issues', {
      type: [InputIssue],
      description: 'Everything that is wrong, at least one thing; `message` and `field` are of the first.',
    }),
  }),
});

const OutcomeUnknownError = builder.objectRef<OutcomeUnknownProblem>('OutcomeUnknownError').implement({
  description:
    'The mutation was sent upstream and its answer was lost: it may have been done, or not. It was not sent again.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    query: t.exposeString('query', {
      description: 'A GraphQL query whose answer shows what became of it.',
    }),
    idempotencyKey: t.exposeString('idempotencyKey', {
      description:
        'What it was sent under. The same mutation with this key is known upstream as a repetition, not as another one.',
    }),
  }),
});

const PROBLEMS = [
  NotFoundError,
  InvalidTransitionError,
  ForbiddenError,
  InvalidInputError,
  OutcomeUnknownError,
] as const;

/** Declares what a mutation answers: the success type with its one field, and the union with the errors. */
export function resultOf<T extends object>(
  mutation: string,
  success: { readonly field: string; readonly type: ObjectRef<SchemaTypes, T>; readonly description: string },
) {
  const name = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}`;
  // Pothos decides by the shape of a type whether a field is a list, which it cannot for a T that is still open.
  const type = success.type as ObjectRef<SchemaTypes, object>;
  const done = builder.objectRef<Success<T>>(`${name}Success`).implement({
    description: `What \`${mutation}\` answers when it was done.`,
    fields: (t) => ({
      [success.field]: t.field({
        type,
        description: success.description,
        resolve: ({ value }) => value,
      }),
    }),
  });
  return unionOf(mutation, name, done);
}

/** The union of a success type and the errors. */
export function unionOf<T>(mutation: string, name: string, done: ObjectRef<SchemaTypes, Success<T>>) {
  return builder.unionType(`${name}Result`, {
    description: `What \`${mutation}\` answers: what was done, or why it was not, or that nobody knows.`,
    types: [done, ...PROBLEMS],
    resolveType: (outcome: Outcome<T>) => (outcome.type === 'Success' ? done.name : outcome.type),
  });
}

/** The argument of every mutation. */
export const idempotencyArgs = builder.args((t) => ({
  idempotencyKey: t.string({
    description:
      'Names this mutation, so that sending it again after a lost answer does not do it twice: the upstream gets the key as `x-request-id`, and answers a repetition with what it answered first. 1 to 128 visible ASCII characters; made up when absent.',
  }),
}));
