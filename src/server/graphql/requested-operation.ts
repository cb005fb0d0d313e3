/** `RequestedOperation`: an operation whose signal is made when it is used. */
import type { Operation } from './operation.ts';

/**
 * A class instead of an object literal with a getter: with the literal, 2.4 kB of the 16 kB that a request allocates survived until the next
 * major collection, the request itself among them; with the class, nothing does.
 */
export class RequestedOperation implements Operation {
  readonly read: Operation['read'];
  readonly hash: string;
  readonly variables: Operation['variables'];
  readonly extensions: Operation['extensions'];
  readonly isFreshOnly: boolean;
  readonly caller: Operation['caller'];
  readonly requestId: string;
  readonly record: Operation['record'];
  readonly extension?: NonNullable<Operation['extension']>;
  readonly #request: Pick<Operation, 'signal'>;

  constructor(request: Pick<Operation, 'signal'>, of: Omit<Operation, 'signal'>) {
    this.read = of.read;
    this.hash = of.hash;
    this.variables = of.variables;
    this.extensions = of.extensions;
    this.isFreshOnly = of.isFreshOnly;
    this.caller = of.caller;
    this.requestId = of.requestId;
    this.record = of.record;
    if (of.extension) this.extension = of.extension;
    this.#request = request;
  }

  /** Making it costs something, and a cached answer does not need it. */
  get signal(): AbortSignal {
    return this.#request.signal;
  }
}
