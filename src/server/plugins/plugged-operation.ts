/** `PluggedOperation`: one operation with the hooks of plugins around each of its steps, and the gateway's caches within them. */
import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  print,
  type Source,
  specifiedRules,
  validate,
  type ValidationRule,
} from 'graphql';
import { type Answer, FreshAnswer } from '../graphql/answer.ts';
import { InvalidDocument, parsedDocumentOf } from '../graphql/invalid-document.ts';
import { type Operation, operationHashOf, type ReadDocument } from '../graphql/operation.ts';
import type { OperationSteps, SourceArgs } from '../graphql/operation-steps.ts';
import { RequestedOperation } from '../graphql/requested-operation.ts';
import type { PresentErrors } from '../graphql/present-error.ts';
import type { Hooks, OperationArgs } from './hooks.ts';
import type { PluginContext } from './plugin-context.ts';
import { PluggedSource } from './plugged-source.ts';
import { ResultView } from './result-view.ts';

/** What an operation is read and answered by when no plugin does it. */
export interface UnpluggedSteps extends OperationSteps {
  readonly schema: GraphQLSchema;
  readonly presentErrors: PresentErrors;
}

/** What reading a text has come to. The document is there also where it is refused for what it says. */
type Outcome =
  | { readonly kind: 'read'; readonly read: ReadDocument; readonly document: DocumentNode }
  | { readonly kind: 'refused'; readonly reason: unknown; readonly document: DocumentNode | null };

export class PluggedOperation implements OperationSteps {
  readonly #hooks: Hooks;
  readonly #context: PluginContext;
  readonly #steps: UnpluggedSteps;
  readonly #outcomes = new Map<string, Outcome>();
  #operationName: string | null = null;
  #key: string | undefined;
  #text = '';
  #operation: Operation | undefined;
  #view: ResultView | undefined;
  #source: PluggedSource | undefined;

  constructor(hooks: Hooks, context: PluginContext, steps: UnpluggedSteps) {
    this.#hooks = hooks;
    this.#context = context;
    this.#steps = steps;
  }

  read(text: string, operationName: string | null, key?: string): ReadDocument {
    this.#operationName = operationName;
    this.#text = text;
    this.#key = key;
    const { schema } = this.#steps;
    const parsed = this.#hooks.parse(text);
    const outcome = this.#outcomeOf(parsed);
    const errors = this.#hooks.validate(schema, outcome.document ?? parsed, []);
    if (errors.length > 0) throw new InvalidDocument(errors, outcome.document ?? parsed);
    // Whatever plugins think of it: what the gateway refuses is refused.
    if (outcome.kind === 'refused') throw outcome.reason;
    return outcome.read;
  }

  async answer(operation: Operation): Promise<Answer> {
    const { presentErrors, schema } = this.#steps;
    const { read, variables: variableValues, requestId } = operation;
    this.#operation = operation;
    try {
      await this.#hooks.contextFactory();
      const { document, operationName } = read;
      const result = await this.#hooks.execute({
        schema,
        document,
        contextValue: this.#context,
        variableValues,
        operationName,
      });
      if (Symbol.asyncIterator in result) throw new Error('A plugin answers a query or mutation by a stream');
      if (this.#view) return this.#view.answerOf(result, presentErrors, requestId);
      return new ResultView(new FreshAnswer({})).answerOf(result, presentErrors, requestId);
    } catch (error) {
      return new FreshAnswer({ errors: presentErrors([error], requestId) });
    }
  }

  async subscribe(args: SourceArgs): Promise<PluggedSource> {
    await this.#hooks.contextFactory();
    this.#source = new PluggedSource(args, this.#context);
    const result = await this.#hooks.subscribe({ ...args, contextValue: this.#context });
    return this.#source.opened(result);
  }

  /** Innermost of parsing: the cached document, or one that is parsed now. */
  onParse(source: string | Source): DocumentNode {
    const outcome = this.#outcomeOfText(typeof source === 'string' ? source : source.body);
    if (outcome.document) return outcome.document;
    throw outcome.kind === 'refused' ? outcome.reason : new Error('Expected a document');
  }

  /** Innermost of validation: the cached result of the gateway's rules, then the rules that plugins have added. */
  onValidate(
    schema: GraphQLSchema,
    document: DocumentNode,
    rules: readonly ValidationRule[] = [],
  ): readonly GraphQLError[] {
    const outcome = this.#outcomeOf(document);
    if (outcome.kind === 'refused')
      return outcome.reason instanceof InvalidDocument ? outcome.reason.graphqlErrors : [];
    const added = rules.filter((rule) => !specifiedRules.includes(rule));
    return added.length === 0 ? [] : validate(schema, document, added);
  }

  /** Innermost of execution: the response cache, an execution under way, or one of its own. */
  async onExecute(args: OperationArgs): Promise<ExecutionResult> {
    const answer = await this.#steps.answer(this.#operationOf(args));
    this.#view = new ResultView(answer);
    return this.#view.result;
  }

  /** Innermost of subscribing: finds what is followed. */
  onSubscribe(args: OperationArgs): Promise<AsyncIterable<unknown> | ExecutionResult> {
    if (!this.#source) throw new Error('Expected a subscription to be opened by the gateway');
    return this.#source.open(args);
  }

  /** The operation as plugins have left it. */
  #operationOf({ document, operationName = null, variableValues, contextValue }: OperationArgs): Operation {
    const operation = this.#operation;
    if (!operation) throw new Error('Expected an operation to be executed by the gateway');
    const { caller, requestId, isFreshOnly, extensions, record } = operation;
    const outcome = document === operation.read.document ? null : this.#outcomeOf(document);
    if (outcome?.kind === 'refused') throw outcome.reason;
    const read = outcome?.read ?? operation.read;
    if (read.operation !== operation.read.operation || operationName !== operation.read.operationName)
      throw new Error('A plugin executes another operation than the one that was asked for');
    const variables = variableValues ?? {};
    const extension = contextValue as PluginContext;
    const isSame = read === operation.read && variables === operation.variables;
    const hash = isSame ? operation.hash : operationHashOf(read, variables);
    return new RequestedOperation(operation, {
      read,
      variables,
      extensions,
      hash: extension.cacheKey === undefined ? hash : `${hash} ${extension.cacheKey}`,
      isFreshOnly,
      caller,
      requestId,
      record,
      extension,
    });
  }

  /** What a plugin has put in the place of a document is read as if its client had sent it. */
  #outcomeOf(document: DocumentNode): Outcome {
    for (const outcome of this.#outcomes.values()) if (outcome.document === document) return outcome;
    return this.#outcomeOfText(print(document));
  }

  #outcomeOfText(text: string): Outcome {
    const known = this.#outcomes.get(text);
    if (known) return known;
    const outcome = this.#readAnew(text);
    this.#outcomes.set(text, outcome);
    return outcome;
  }

  #readAnew(text: string): Outcome {
    try {
      const read = this.#steps.read(text, this.#operationName, text === this.#text ? this.#key : undefined);
      return { kind: 'read', read, document: read.document };
    } catch (reason) {
      return { kind: 'refused', reason, document: parsedDocumentOf(reason) };
    }
  }
}
