/** `createExecution`: executes admitted operations, each in a context of its own, and puts their answers into the response cache. */
import { type ExecutionResult, type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { Caller } from '../../security/caller.ts';
import type { SharedGenerations } from '../../upstream/cache/shared-generations.ts';
import { extendContext } from '../plugins/create-plugin-context.ts';
import { type Answer, FreshAnswer } from './answer.ts';
import type { Admission, ExecutedResult, ExecuteOperation, Operation, ReadDocument } from './operation.ts';
import type { CreateContext, OperationContext } from './operation-context.ts';
import type { PresentErrors } from './present-error.ts';
import type { RefreshAhead, Refreshed, RefreshRequest } from './refresh-ahead.ts';
import type { CacheValidity, ResponseCache } from './response-cache.ts';
import type { RunningExecution, SharedExecutions } from './shared-executions.ts';

/** Executes without looking into the response cache. `running` is absent where nobody else may join. */
export type RunExecution = (
  operation: Operation,
  admission: Admission,
  running?: RunningExecution,
) => Promise<Answer>;

export interface ExecutionOptions {
  readonly schema: GraphQLSchema;
  readonly execute: ExecuteOperation;
  readonly createContext: CreateContext;
  readonly presentErrors: PresentErrors;
  /** The response cache and shared executions of queries. @default null, every query is executed by itself */
  readonly reuse?: AnswerReuse | null;
  /** What refreshes cached answers before they are too old. @default null, nothing does */
  readonly refreshAhead?: RefreshAhead | null;
  /** Admits what is executed before anybody asks for it: rejects with a `GatewayError`. @default everything is admitted */
  readonly admitRefresh?: (caller: Caller) => Promise<Pick<Admission, 'settle'>>;
  /** Called before each execution; makes one wait that has expensive preparation, such as compiling. @default none waits */
  readonly acquireTurnToExecute?: (operation: Operation) => Promise<void> | undefined;
  /** How other replicas learn of changes. @default null, there are none */
  readonly generations?: Pick<SharedGenerations, 'advance'> | null;
}

export interface AnswerReuse {
  readonly responses: ResponseCache;
  readonly executions: SharedExecutions<Answer>;
}

export function createExecution(options: ExecutionOptions): RunExecution {
  const { schema, execute, createContext, presentErrors, reuse = null, generations = null } = options;
  const { refreshAhead = null, admitRefresh = admitAnyRefresh } = options;

  const executeIn = async (
    context: OperationContext | null,
    operation: Operation,
  ): Promise<ExecutedResult> => {
    if (context && operation.extension) extendContext(context, operation.extension);
    const turn = options.acquireTurnToExecute?.(operation);
    if (turn) await turn;
    const { read, variables: variableValues, extension } = operation;
    const { document, operationName } = read;
    const contextValue = context ?? extension ?? {};
    return execute({ schema, document, contextValue, variableValues, operationName, read });
  };

  /** Puts an answer into the response cache. Null when it must not be sent again. */
  const store = (operation: Operation, answer: Answer, made: Made): Answer | null => {
    const { context, startedAtMs } = made;
    const known =
      reuse?.responses.set(cacheKeyOf(operation), answer, validityOf(operation.read, context)) ?? null;
    // What plugins have added is of one request.
    if (known && context?.reads && !operation.extension) {
      const { read, variables, extensions, hash, requestId } = operation;
      const again = { read, variables, extensions, hash, requestId, isFreshOnly: false };
      const execute = (request: RefreshRequest) => refresh({ ...again, ...request }, request);
      refreshAhead?.watch(known, { reads: context.reads, startedAtMs, execute });
    }
    return known;
  };

  /** Executes a query that nobody waits for. Its error is nobody's, and is met again by whoever asks next. */
  const refresh = async (operation: Operation, { caller, freshAtMs }: RefreshRequest): Promise<Refreshed> => {
    const admission = await admitRefresh(caller);
    const { signal, requestId } = operation;
    using context = createContext({ caller, signal, requestId, freshAtMs });
    const startedAtMs = refreshAhead?.now() ?? 0;
    try {
      const result = await executeIn(context, operation);
      if (result.errors) return { isCached: false, calls: context.cost.sent };
      const answer = answerOf(result, { presentErrors, requestId, report: undefined });
      const isCached = store(operation, answer, { context, startedAtMs }) !== null;
      return { isCached, calls: context.cost.sent };
    } finally {
      admission.settle(context);
    }
  };

  return async (operation, admission, running) => {
    if (admission.instead) return new FreshAnswer(admission.instead);
    const { read, caller, signal, requestId, isFreshOnly, record } = operation;
    const calls = record?.trace?.calls ?? null;
    const isMetered = admission.report !== undefined;
    using context =
      caller && !read.isIntrospection
        ? createContext({ caller, signal, requestId, calls, isFreshOnly, isMetered })
        : null;
    const reads = context?.reads;
    if (record) record.tally = reads?.tally ?? null;
    if (reads) running?.joinableWhile((nowMs) => reads.isValid(nowMs));
    const startedAtMs = refreshAhead?.now() ?? 0;
    try {
      const result = await executeIn(context, operation);
      const report = await admission.report?.(context);
      const answer = answerOf(result, { presentErrors, requestId, report });
      if (!isReusable(operation) || report) return answer;
      return store(operation, answer, { context, startedAtMs }) ?? answer;
    } finally {
      admission.settle(context);
      // Executions that began before this mutation must not answer operations that come after it.
      if (caller && read.operation === OperationTypeNode.MUTATION) {
        reuse?.executions.detach(caller.account.id);
        if (generations) await generations.advance(caller.account.id);
      }
    }
  };
}

/** How an answer was made. */
interface Made {
  readonly context: OperationContext | null;
  readonly startedAtMs: number;
}

/** Whether equal operations may share an answer. Each mutation has to be sent, and a cost report is about one execution. */
export function isReusable({ read, extensions }: Operation): boolean {
  return read.operation === OperationTypeNode.QUERY && !('cost' in extensions);
}

/** The hash of the operation together with the view of its caller: the account and the scopes. */
export function cacheKeyOf({ caller, hash }: Operation): string {
  return `${caller?.viewKey ?? ''} ${hash}`;
}

/** The schema does not change while the process lives. */
const ALWAYS: CacheValidity = { isValid: () => true };
const NEVER: CacheValidity = { isValid: () => false };

function validityOf({ isIntrospection }: ReadDocument, context: OperationContext | null): CacheValidity {
  return isIntrospection ? ALWAYS : (context?.reads ?? NEVER);
}

const admitAnyRefresh = () => Promise.resolve({ settle: () => undefined });

function answerOf(
  { stringify, ...result }: ExecutedResult,
  given: {
    readonly presentErrors: PresentErrors;
    readonly requestId: string;
    readonly report: Readonly<Record<string, unknown>> | undefined;
  },
): Answer {
  const shown: ExecutionResult = {
    ...result,
    ...(result.errors ? { errors: given.presentErrors(result.errors, given.requestId) } : {}),
    ...(given.report ? { extensions: { ...result.extensions, ...given.report } } : {}),
  };
  return new FreshAnswer(shown, given.report ? undefined : stringify);
}
