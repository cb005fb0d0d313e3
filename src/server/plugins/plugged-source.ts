/** `PluggedSource`: what a subscription follows, and its events on their way through the hooks of plugins. */
import { createSourceEventStream, type ExecutionResult } from 'graphql';
import type { SourceArgs, SubscriptionSource } from '../graphql/operation-steps.ts';
import type { OperationArgs } from './hooks.ts';
import { extendContext } from './create-plugin-context.ts';
import type { PluginContext } from './plugin-context.ts';

/**
 * An event is executed and written once for all who follow alike. Hooks that are called for each event of one subscription
 * (`onNext`) may change it, so that who has any gets each event executed and written for themselves.
 */
export class PluggedSource implements SubscriptionSource {
  readonly #args: SourceArgs;
  readonly #context: PluginContext;
  #stream: ExecutionResult | AsyncIterable<unknown> | undefined;
  #variables: SourceArgs['variableValues'];
  #event: ExecutionResult = {};
  /** What the hooks have made of the events; null where there are none. */
  #hooked: AsyncIterator<unknown> | null = null;
  readonly #events: AsyncIterableIterator<ExecutionResult> = {
    next: () => Promise.resolve({ done: false, value: this.#event }),
    return: () => Promise.resolve({ done: true, value: undefined }),
    [Symbol.asyncIterator]: () => this.#events,
  };

  constructor(args: SourceArgs, context: PluginContext) {
    this.#args = args;
    this.#context = context;
    this.#variables = args.variableValues;
  }

  /** What its resolver answers: what to follow. */
  get stream(): AsyncIterable<unknown> {
    if (!this.#stream || !(Symbol.asyncIterator in this.#stream))
      throw new Error('Expected something to follow');
    return this.#stream;
  }

  /** As plugins have left them. */
  get variables(): SourceArgs['variableValues'] {
    return this.#variables;
  }

  /** Equal for subscriptions that may share events, as far as plugins decide it: what they follow is compared separately. */
  get sharingKey(): string {
    return this.#context.cacheKey ?? '';
  }

  /** Called by the hooks: asks the resolver. */
  async open({
    document,
    variableValues,
    contextValue,
  }: OperationArgs): Promise<AsyncIterable<unknown> | ExecutionResult> {
    const { schema, operationName } = this.#args;
    if (document !== this.#args.document)
      throw new Error('A plugin replaces the document of a subscription when it starts');
    this.#variables = variableValues ?? {};
    extendContext(this.#args.contextValue, contextValue as PluginContext);
    this.#stream = await createSourceEventStream({
      schema,
      document,
      operationName,
      variableValues: this.#variables,
      contextValue: this.#args.contextValue,
    });
    return Symbol.asyncIterator in this.#stream ? this.#events : this.#stream;
  }

  /** `result` is what the hooks answer when all of them were asked. */
  opened(result: AsyncIterable<unknown> | ExecutionResult): this {
    if (!(Symbol.asyncIterator in result)) throw new AggregateError(result.errors ?? []);
    if (!this.#stream) throw new Error('A plugin answers a subscription by a stream of its own');
    if (result !== this.#events) this.#hooked = result[Symbol.asyncIterator]();
    return this;
  }

  /** What takes an event through the hooks of this subscription alone; null when none is called for events. */
  get onEvent(): ((event: ExecutionResult) => Promise<ExecutionResult>) | null {
    const hooked = this.#hooked;
    if (!hooked) return null;
    return async (event) => {
      this.#event = event;
      const { value } = (await hooked.next()) as { readonly value?: ExecutionResult };
      return value ?? event;
    };
  }

  /** The subscription is over. */
  readonly end = (): void => {
    void this.#hooked?.return?.();
  };
}
