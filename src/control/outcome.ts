/** `Outcome`: how a mutation of the graph ends: with what came of it, or with one of the problems that can be expected. */
import type { Entity } from '../upstream/types.ts';

export type Outcome<T> = Success<T> | Problem;

export interface Success<T> {
  readonly type: 'Success';
  readonly value: T;
}

export type Problem =
  NotFoundProblem | InvalidTransitionProblem | ForbiddenProblem | InvalidInputProblem | OutcomeUnknownProblem;

interface WithMessage {
  /** Written for clients. */
  readonly message: string;
}

export interface NotFoundProblem extends WithMessage {
  readonly type: 'NotFoundError';
  readonly code: 'NOT_FOUND';
  /** What nothing has. */
  readonly missingId: string;
}

/** A thing whose state forbids what was asked. */
export type Subject = Entity;

export interface InvalidTransitionProblem extends WithMessage {
  readonly type: 'InvalidTransitionError';
  readonly code: 'CONFLICT';
  /** How it was right after the refusal; null when it could not be read. */
  readonly subject: Subject | null;
  /** Its state, in the words of the graph. */
  readonly currentState: string | null;
}

export interface ForbiddenProblem extends WithMessage {
  readonly type: 'ForbiddenError';
  readonly code: 'FORBIDDEN';
}

/** One thing that is wrong with the input. */
export interface InputIssue extends WithMessage {
  /** Where it is, such as `input.mounts[0].path`; null when only the upstream knows. */
  readonly field: string | null;
}

export interface InvalidInputProblem extends WithMessage {
  readonly type: 'InvalidInputError';
  readonly code: 'BAD_USER_INPUT';
  /** Everything that is wrong, at least one; the message and the field are those of the first. */
  readonly issues: readonly [InputIssue, ...InputIssue[]];
}

export interface OutcomeUnknownProblem extends WithMessage {
  readonly type: 'OutcomeUnknownError';
  readonly code: 'OUTCOME_UNKNOWN';
  /** A query whose answer shows what became of it. */
  readonly query: string;
  /** What it was sent under. */
  readonly idempotencyKey: string;
}

/** `noun` cannot be what was asked: `refusal` ends the sentence. */
export function invalidTransition(subject: Subject | null, noun: string, refusal: string): Problem {
  const currentState =
    subject === null ? null : ('state' in subject ? subject.state : subject.status).toUpperCase();
  const how = currentState === null ? 'refuses this in its current state' : `is ${currentState}`;
  return {
    type: 'InvalidTransitionError',
    code: 'CONFLICT',
    subject,
    currentState,
    message: `The ${noun} ${how} and ${refusal}`,
  };
}

export function invalidInput(first: InputIssue, ...others: readonly InputIssue[]): InvalidInputProblem {
  return {
    type: 'InvalidInputError',
    code: 'BAD_USER_INPUT',
    message: first.message,
    issues: [first, ...others],
  };
}
