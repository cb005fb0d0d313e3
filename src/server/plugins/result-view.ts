/** `ResultView`: an answer as the hooks of plugins see it, parsed only when one of them looks at it. */
import type { ExecutionResult } from 'graphql';
import { type Answer, FreshAnswer } from '../graphql/answer.ts';
import type { PresentErrors } from '../graphql/present-error.ts';
import { CachedResponse } from '../graphql/response-cache.ts';

/**
 * Many operations may be answered with the same bytes, so each has a view of its own: whatever a hook writes into it stays with
 * its operation. Errors are the presented ones, whose `originalError` is what was thrown.
 */
export class ResultView {
  readonly result: ExecutionResult;
  readonly #answer: Answer;
  readonly #names: number;
  #parsed: ExecutionResult | undefined;

  constructor(answer: Answer) {
    this.#answer = answer;
    const view = answer.errors.length > 0 ? { errors: [...answer.errors] } : {};
    // What is cached is data and nothing else.
    const names =
      answer instanceof CachedResponse ? (['data'] as const) : LAZY.filter((name) => name in answer.result);
    for (const name of names) this.#addLazy(view, name);
    this.result = view;
    this.#names = Object.keys(view).length;
  }

  /** The bytes as they are, unless a hook has looked into them, has added something, or answers something else. */
  answerOf(result: ExecutionResult, present: PresentErrors, requestId: string): Answer {
    if (result === this.result && this.#isUntouched) return this.#answer;
    return new FreshAnswer({
      ...result,
      ...(result.errors ? { errors: present(result.errors, requestId) } : {}),
    });
  }

  get #isUntouched(): boolean {
    const { errors = [] } = this.result;
    return (
      this.#parsed === undefined &&
      Object.keys(this.result).length === this.#names &&
      errors.length === this.#answer.errors.length &&
      errors.every((error, index) => error === this.#answer.errors[index])
    );
  }

  /** An own property, so that a copy of the result has it, too. */
  #addLazy(view: object, name: (typeof LAZY)[number]): void {
    // Parsed anew, also where an object is at hand: others may share that object.
    const parsed = () => (this.#parsed ??= JSON.parse(this.#answer.json) as ExecutionResult);
    Object.defineProperty(view, name, {
      enumerable: true,
      configurable: true,
      get: () => parsed()[name],
      set: (value: unknown) => {
        Object.assign(parsed(), { [name]: value });
      },
    });
  }
}

const LAZY = ['data', 'extensions'] as const;
