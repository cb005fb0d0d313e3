/** `createPipeline`: what reads, admits and executes operations, whatever transport they come by. */
import { randomUUID } from 'node:crypto';
import type { GraphQLSchema } from 'graphql';
import type { Clock } from '../clock.ts';
import type { CallerSlots } from '../security/caller-slots.ts';
import type { Turns } from './turns.ts';
import type { Config } from '../config.ts';
import type { LimitsConfig } from '../config/limits-config.ts';
import { createExecutor } from '../execution/executor.ts';
import type { Live } from '../live/live.ts';
import type { Current } from '../memory/current.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import type { Tracing } from '../observability/tracing/tracing.ts';
import type { Secrets } from '../security/secrets.ts';
import { createCallerWatch, type WatchCaller } from '../security/caller-watch.ts';
import type { Admissions } from '../server/graphql/admission.ts';
import type { Answer } from '../server/graphql/answer.ts';
import { createGraphql, type Graphql } from '../server/graphql/graphql.ts';
import type { CreateContext, OperationContext } from '../server/graphql/operation-context.ts';
import type { OperationObserver } from '../server/graphql/operation-observer.ts';
import { createPresentErrors, type PresentErrors } from '../server/graphql/present-error.ts';
import { createRefreshAhead, type RefreshAhead } from '../server/graphql/refresh-ahead.ts';
import { type AcquireTurn, createRequestQueue } from '../server/graphql/request-queue.ts';
import { createResponseCache } from '../server/graphql/response-cache.ts';
import { createSharedExecutions } from '../server/graphql/shared-executions.ts';
import type { PluginEngine } from '../server/plugins/plugin-engine.ts';
import { createSubscriptions, type Subscriptions } from '../server/subscriptions/subscriptions.ts';
import type { Access } from './access.ts';
import { createAdmissions } from './admissions.ts';
import { createContexts } from './contexts.ts';
import { logDefects } from './logged.ts';
import { measureSubscriptions } from './measured-live.ts';
import { measureErrors, measureRefreshes } from './measured-requests.ts';
import { createOperationObserver } from './operations.ts';
import type { Shared } from './shared.ts';
import type { OpenedDocuments } from './opened.ts';

/** The maximum age of an answer about something that may change, in milliseconds. */
const FRESH_MS = 1_000;

export interface PipelineParts {
  readonly schema: GraphQLSchema;
  /** Of lists of the graph. */
  readonly pageSizes: { readonly default: number; readonly max: number };
  readonly access: Pick<Access, 'authenticate' | 'audit' | 'upstream'>;
  readonly live: Live;
  readonly trusted: OpenedDocuments;
  /** What calls the hooks of plugins; null where there are none. */
  readonly plugins: PluginEngine | null;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly turns: Turns;
  /** Of queries and mutations under way. */
  readonly operations: CallerSlots;
  readonly secrets: Secrets;
  /** Null when one process serves alone. */
  readonly shared: Shared | null;
  readonly log: Logger;
  /** Null when nothing is measured. */
  readonly metrics: Metrics | null;
  /** Null when nothing is traced. */
  readonly tracing: Tracing | null;
  readonly config: Config;
  /** Those in force: what the configuration says of them may be from before. */
  readonly limits: Current<LimitsConfig>;
}

export interface Pipeline {
  readonly schema: GraphQLSchema;
  readonly graphql: Graphql;
  readonly subscriptions: Subscriptions;
  readonly admission: Admissions;
  readonly createContext: CreateContext;
  readonly presentErrors: PresentErrors;
  readonly watchCaller: WatchCaller;
  readonly acquireTurn: AcquireTurn;
  /** Null where no answer is refreshed before it is too old. */
  readonly refreshAhead: RefreshAhead | null;
  readonly operations: OperationObserver;
}

/** Puts what has to be disposed into `opened`. */
export function createPipeline(parts: PipelineParts, opened: AsyncDisposable[]): Pipeline {
  const { schema, access, live, trusted, clock, log, metrics, tracing, config, limits } = parts;
  const { authenticate, audit, upstream } = access;
  const presentUnmeasured = createPresentErrors({
    log,
    errorId: randomUUID,
    hasSuggestions: config.exposure.suggestions,
  });
  const presentErrors = metrics ? measureErrors(metrics, presentUnmeasured) : presentUnmeasured;
  const watchCaller = createCallerWatch({
    clock,
    intervalMs: config.authCheckIntervalMs,
    onDefect: logDefects(log, 'watch callers'),
  });
  const createContext = createContexts({
    upstream,
    live,
    clock,
    audit,
    config,
    limits,
    shared: parts.shared,
    metrics,
  });
  const executor = createExecutor({
    schema,
    settings: config.execution,
    onAgain: (contextValue) => {
      // Operations that ask about the schema alone are executed without a context.
      (contextValue as Partial<OperationContext>).cost?.restart();
    },
  });
  const { execute } = executor;
  const admission = createAdmissions(parts);
  const acquireTurn = createRequestQueue({
    nextTurn: parts.turns.ofKnown,
    maxBytes: () => limits.current.callerWaitingBytes,
  });
  const reuse = config.reuse && {
    responses: createResponseCache(clock, config.reuse),
    executions: createSharedExecutions<Answer>({ clock, joinMs: FRESH_MS }),
  };
  const refreshAhead = config.refreshAhead
    ? createRefreshAhead({
        clock,
        random: parts.random,
        ...config.refreshAhead,
        hasSpareSlots: (account) => upstream.hasSpareSlots(account),
        onEnd: metrics ? measureRefreshes(metrics) : () => undefined,
        onDefect: logDefects(log, 'refresh answers'),
      })
    : null;
  const generations = parts.shared?.generations ?? null;
  generations?.onMoved((accountId) => {
    upstream.invalidate(accountId);
    reuse?.executions.detach(accountId);
  });
  const graphql = createGraphql({
    acquireTurnToExecute: ({ read, caller }) =>
      caller && executor.isAboutToCompile(read.document)
        ? acquireTurn(caller.boundId, read.text.length)
        : undefined,
    schema,
    execute,
    authenticate,
    createContext,
    presentErrors,
    reuse,
    generations,
    hasIntrospection: config.exposure.introspection,
    admit: admission.admit,
    admitRefresh: admission.admitRefresh,
    refreshAhead,
    documentBounds: () => limits.current.documents,
    documentCache: config.limits.documentCache,
    trusted,
    plugins: parts.plugins,
  });
  const operations = createOperationObserver(parts, opened);
  const subscriptions = createSubscriptions({
    schema,
    execute,
    clock,
    createContext,
    watchCaller,
    onSpent: admission.spend,
    presentErrors,
    settings: { ...config.subscriptions, maxLag: config.live.followerMaxLag },
    onDefect: logDefects(log, 'send heartbeats'),
    operations,
    traceEvent: tracing && ((event) => tracing.event(event)),
    ...(metrics ? { observer: measureSubscriptions(metrics) } : {}),
  });
  return {
    schema,
    graphql,
    subscriptions,
    admission,
    createContext,
    presentErrors,
    watchCaller,
    acquireTurn,
    refreshAhead,
    operations,
  };
}
