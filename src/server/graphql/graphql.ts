/** `createGraphql`: the one pipeline that every query and mutation takes, whatever transport it came by. */
import type { Credentials } from '../../security/authenticate.ts';
import type { Caller } from '../../security/caller.ts';
import { ANY_DOCUMENT, type TrustedDocuments } from '../../security/trusted-documents.ts';
import type { SharedGenerations } from '../../upstream/cache/shared-generations.ts';
import type { PluginEngine } from '../plugins/plugin-engine.ts';
import { type Answer, FreshAnswer } from './answer.ts';
import { ClientGone } from '../http/client-gone.ts';
import { createDocuments, type DocumentCacheBounds, type Documents } from './documents.ts';
import { createEngine, type EngineOptions } from './engine.ts';
import {
  type AnswerReuse,
  cacheKeyOf,
  createExecution,
  type ExecutionOptions,
  isReusable,
} from './execution.ts';
import type { Admission, Admit, AnsweredBy, Operation, ReadDocument } from './operation.ts';
import type { Authenticate } from './operation-context.ts';
import type { OperationStart, OperationSteps } from './operation-steps.ts';

export const GRAPHQL_PATH = '/graphql';

export interface GraphqlOptions extends EngineOptions, Omit<ExecutionOptions, 'schema' | 'execute'> {
  readonly authenticate: Authenticate;
  /** Admits each operation before its execution, and charges it after. @default everything is admitted */
  readonly admit?: Admit;
  readonly documentCache: DocumentCacheBounds;
  /** The only documents that are executed. @default any */
  readonly trusted?: TrustedDocuments;
  /** How other replicas and this one learn of each other's changes. @default null, there are none */
  readonly generations?: Pick<SharedGenerations, 'catchUp' | 'advance'> | null;
  /** What calls the hooks of plugins. @default null, there are none */
  readonly plugins?: PluginEngine | null;
}

export interface Graphql extends Documents, OperationSteps {
  /** The document that a request means; null when it means none. Throws when it means one that is not known. */
  readonly textOf: TrustedDocuments['textOf'];
  /** Authenticates. Never rejects: whoever presents no valid credentials is anonymous, which is refused where a caller is needed. */
  readonly identify: (credentials: Credentials) => Promise<Identity>;
  /** Starts an operation that the hooks of plugins are called for. Absent when there are none. */
  readonly begin?: (start: OperationStart) => OperationSteps;
}

/** An authenticated caller, or the error why the client is anonymous. */
export type Identity =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | { readonly kind: 'anonymous'; readonly error: unknown };

export function createGraphql(options: GraphqlOptions): Graphql {
  const { schema, authenticate, admit = admitAll, reuse = null, presentErrors } = options;
  const { trusted = ANY_DOCUMENT, generations = null } = options;
  const { parse, validate, execute } = createEngine(options);
  const documents = createDocuments({
    parse,
    validate,
    cache: options.documentCache,
    check: trusted.check,
  });

  const execution = createExecution({ ...options, execute });

  /** Joins a running execution of an equal operation, or starts one that others may join. */
  const shared = async (
    operation: Operation,
    admission: Admission,
    executions: AnswerReuse['executions'],
  ): Promise<Answer> => {
    const key = cacheKeyOf(operation);
    const own = { isExecuting: false };
    try {
      const accountId = operation.caller?.account.id ?? '';
      return await executions.run({ key, accountId }, operation.signal, (running) => {
        own.isExecuting = true;
        return execution({ ...operation, signal: running.signal }, admission, running);
      });
    } finally {
      if (!own.isExecuting) admission.settle(null);
    }
  };

  const note = ({ record }: Operation, answer: Answer, answeredBy: AnsweredBy): Answer => {
    if (record) {
      record.answeredBy = answeredBy;
      record.errors = answer.errors;
    }
    return answer;
  };

  const steps = {
    read: documents.read,
    isCached: documents.isCached,
    clear: documents.clear,
    evictUnused: () => {
      documents.evictUnused();
      reuse?.responses.evictUnused();
    },
    textOf: trusted.textOf,
    identify: (credentials) =>
      authenticate(credentials).then(
        (caller) => ({ kind: 'caller', caller }),
        (error: unknown) => ({ kind: 'anonymous', error }),
      ),
    answer: async (operation) => {
      try {
        // What is in memory may be older than what another replica has shown before this was asked.
        if (generations && operation.caller) await generations.catchUp(operation.caller.account.id);
        const reusing = isReusable(operation) && !operation.isFreshOnly ? reuse : null;
        // A cached answer sends no upstream call: it needs no admission.
        const known = reusing?.responses.get(cacheKeyOf(operation));
        if (known) {
          if (operation.caller) known.use?.hit(operation.caller);
          return note(operation, known, 'cache');
        }
        const admission = await admit(operation);
        if (operation.record) operation.record.predictedCalls = admission.predictedCalls ?? null;
        const answer =
          reusing && !admission.report
            ? await shared(operation, admission, reusing.executions)
            : await execution(operation, admission);
        return note(operation, answer, 'execution');
      } catch (error) {
        if (operation.record && error instanceof ClientGone) operation.record.isAbandoned = true;
        const refusal = new FreshAnswer({ errors: presentErrors([error], operation.requestId) });
        return note(operation, refusal, 'execution');
      }
    },
  } satisfies Graphql;
  const { plugins = null } = options;
  if (!plugins) return steps;
  const unplugged = { read: steps.read, answer: steps.answer, schema, presentErrors };
  return { ...steps, begin: (start) => plugins.begin(start, unplugged) };
}

/** The caller of an operation; null for anonymous introspection. Throws when an anonymous client asks for anything else. */
export function callerOf(identity: Identity, { isIntrospection }: ReadDocument): Caller | null {
  if (identity.kind === 'caller') return identity.caller;
  if (isIntrospection) return null;
  throw identity.error;
}

const admitAll: Admit = () => ({ settle: () => undefined });
