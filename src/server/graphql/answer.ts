/** `Answer`: the answer to an operation with its errors presented, serialised once for all who receive it. */
import type { ExecutionResult, GraphQLError } from 'graphql';
import { toAnswer } from './present-error.ts';

export interface Answer {
  readonly result: ExecutionResult;
  readonly errors: readonly GraphQLError[];
  readonly json: string;
}

/** The answer of an execution, not of the response cache. */
export class FreshAnswer implements Answer {
  readonly result: ExecutionResult;
  readonly #stringify: (result: ExecutionResult) => string;
  #json: string | undefined;

  /** The errors of `result` are presented ones. */
  constructor(result: ExecutionResult, stringify: (result: ExecutionResult) => string = JSON.stringify) {
    this.result = result;
    this.#stringify = stringify;
  }

  get errors(): readonly GraphQLError[] {
    return this.result.errors ?? [];
  }

  get json(): string {
    return (this.#json ??= this.#write());
  }

  #write(): string {
    const { errors, data, extensions } = this.result;
    if (!errors) return this.#stringify(this.result);
    return JSON.stringify({ data, errors: toAnswer(errors), extensions });
  }
}
