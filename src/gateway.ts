/** The composition root: `createGateway(config)` wires every part and owns the disposal of each. */
import { randomUUID } from 'node:crypto';
import { PAGE_SIZES } from '../schema/connections.ts';
import { schema } from '../schema/index.ts';
import { type Clock, createSystemClock, startDeadline } from './clock.ts';
import type { Config } from './config.ts';
import { GatewayError } from './errors.ts';
import { createExecutor } from './execution/executor.ts';
import { createLogger, type Logger } from './observability/logger.ts';
import { createCallerWatch } from './security/caller-watch.ts';
import { createKeyCheck } from './security/key-check.ts';
import { createTickets } from './security/tickets.ts';
import { withoutBasePath } from './server/http/base-path.ts';
import { targetOf } from './server/http/http-request.ts';
import { createResponseCache } from './server/graphql/response-cache.ts';
import { createCallerSlots } from './security/caller-slots.ts';
import { createCompression } from './server/http/compression.ts';
import { createEventStream } from './server/subscriptions/event-stream.ts';
import { favicon, FAVICON_PATH } from './server/graphiql/favicon.ts';
import { createDoor, createGraphiql, GRAPHIQL_SCRIPT_PATH, wantsPage } from './server/graphiql/graphiql.ts';
import { graphiqlTabs, NO_EXAMPLES } from './server/graphiql/graphiql-tabs.ts';
import { createGraphql, GRAPHQL_PATH } from './server/graphql/graphql.ts';
import { createGraphqlRoute } from './server/graphql/graphql-route.ts';
import { createReadiness, health } from './server/http/health.ts';
import { createHttpServer, nothingHere } from './server/http/http.ts';
import type { Route } from './server/http/route.ts';
import type { OperationContext } from './server/graphql/operation-context.ts';
import { createOrigins } from './server/http/origins.ts';
import { createPresentErrors } from './server/graphql/present-error.ts';
import { createSharedExecutions } from './server/graphql/shared-executions.ts';
import { createSubscriptions } from './server/subscriptions/subscriptions.ts';
import { createTicketEntrance, createTicketRoute, TICKET_PATH } from './server/subscriptions/ticket-route.ts';
import { createRequestQueue } from './server/graphql/request-queue.ts';
import { createWebSocketEndpoint } from './server/subscriptions/websocket.ts';
import { createAdmissions } from './composition/admissions.ts';
import { createContexts } from './composition/contexts.ts';
import { createExamples } from './composition/examples.ts';
import { dangersOf } from './composition/dangers.ts';
import { createFiles } from './composition/files.ts';
import { createAudit } from './composition/audit.ts';
import { logDefects, logUpstream } from './composition/logged.ts';
import { openAuthenticator, openTrustedDocuments, startEmbedded } from './composition/opened.ts';
import { createWatching } from './composition/watching.ts';
import type { Simulator } from './simulator/simulator.ts';
import { createCachingUpstream, type CachingUpstream } from './upstream/cache/caching-upstream.ts';
import { createRestUpstream } from './upstream/rest/rest.ts';
import { VERSION } from './version.ts';

export interface Gateway extends AsyncDisposable {
  /** Where the REST API is that answers. */
  readonly upstreamUrl: string;
  /** What is followed at the moment. */
  readonly watches: {
    /** Subscriptions under way, whatever they came by. */
    readonly subscriptions: number;
    /** Things that are polled for them. */
    readonly watchers: number;
  };
  /** What is kept of the upstream, and how often a read of each kind was answered by it. */
  readonly kept: Pick<CachingUpstream, 'kept' | 'counts'>;
  /** Where the lines of the log go. */
  readonly log: Logger;
  /** The embedded simulator, when it is the upstream. */
  readonly simulator: Simulator | null;
  /** Lets go of what is remembered of documents, requests and answers and was not asked for since the last time. */
  readonly forgetUnused: () => void;
  /** Prepares what the first person who opens GraphiQL would have to wait for. Called when requests are answered already. */
  readonly prepare: () => Promise<void>;
  /** Starts to accept requests and answers where. Rejects when the port is taken. */
  listen(): Promise<{ readonly url: string }>;
}

/** What a test may put in the place of the real thing, and what only the process knows. */
export interface GatewayOverrides {
  readonly clock?: Clock;
  readonly log?: Logger;
  /** From 0 to below 1. */
  readonly random?: () => number;
  /** The file of settings that was read into the environment before. Looked at for who else may read or write it. */
  readonly environmentFile?: string | null;
}

/** How old what is told of something that moves may be, in milliseconds. */
const FRESH_MS = 1_000;

export async function createGateway(config: Config, overrides: GatewayOverrides = {}): Promise<Gateway> {
  const clock = overrides.clock ?? createSystemClock();
  const log =
    overrides.log ??
    createLogger({
      level: config.logLevel,
      secrets: config.auth.mode === 'service' ? [config.auth.apiKey] : [],
    });
  const random = overrides.random ?? Math.random;
  for (const { of, danger } of await dangersOf(config, overrides.environmentFile ?? null))
    log.warn('config.dangerous', { ...of, danger });
  const trusted = await openTrustedDocuments(schema, config, { clock, log });
  const keyCheck = createKeyCheck({
    ping: async (account) => {
      using deadline = startDeadline(clock, config.readiness.timeoutMs, { reason: upstreamIsSilent });
      await upstream.ping(account, deadline.signal);
    },
    clock,
    ...config.keyCheck,
  });
  const authenticator = await openAuthenticator(config, { clock, log, keyCheck });
  const audit = createAudit({ clock, log });
  const disposables: AsyncDisposable[] = [trusted, authenticator, audit];

  const simulator =
    config.upstream.kind === 'simulator' ? await startEmbedded(config.upstream, { clock, log }) : null;
  if (simulator) disposables.push(simulator);
  const upstreamUrl = config.upstream.kind === 'runloop' ? config.upstream.baseUrl : (simulator?.url ?? '');

  const rest = createRestUpstream({
    settings: { ...config.calls, baseUrl: upstreamUrl },
    clock,
    observer: logUpstream(log, {
      noteCall: (call) => {
        keyCheck.noteCall(call);
        audit.noteCall(call);
      },
    }),
    random,
    version: VERSION,
  });
  const upstream = createCachingUpstream(rest, { clock, settings: config.cache });
  disposables.push(upstream);

  const live = createWatching({ upstream, clock, random, log, config });
  disposables.push(live);

  const presentErrors = createPresentErrors({
    log,
    errorId: randomUUID,
    hasSuggestions: config.exposure.suggestions,
  });
  const authenticate = audit.authenticate((credentials) => authenticator.authenticate(credentials));
  const watchCaller = createCallerWatch({
    clock,
    intervalMs: config.authCheckIntervalMs,
    onDefect: logDefects(log, 'watch callers'),
  });
  const createContext = createContexts({ upstream, live, clock, audit, config });
  const executor = createExecutor({
    schema,
    settings: config.execution,
    onAgain: (contextValue) => {
      // Questions about the schema are executed without one.
      (contextValue as Partial<OperationContext>).cost?.restart();
    },
  });
  const { execute } = executor;
  const admission = createAdmissions({ schema, pageSizes: PAGE_SIZES, clock, config });
  const connections = createCallerSlots({
    counts: 'streams and sockets',
    max: config.limits.callerConnections,
    setting: 'CALLER_MAX_CONNECTIONS',
  });
  const takeTurn = createRequestQueue({ clock, maxBytes: config.limits.callerWaitingBytes });
  const graphql = createGraphql({
    takeTurnToExecute: ({ read, caller }) =>
      caller && executor.isAboutToCompile(read.document)
        ? takeTurn(caller.boundId, read.text.length)
        : undefined,
    schema,
    execute,
    authenticate,
    createContext,
    presentErrors,
    reuse: config.reuse && {
      memory: createResponseCache(clock, config.reuse),
      executions: createSharedExecutions({ clock, joinMs: FRESH_MS }),
    },
    hasIntrospection: config.exposure.introspection,
    admit: admission.admit,
    documentBounds: config.limits.documents,
    documentCache: config.limits.documentCache,
    trusted,
  });
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
  });
  const graphqlPath = config.basePath + GRAPHQL_PATH;
  const tickets = createTickets(clock, config.tickets);
  const enterByTicket = audit.enterByTicket(
    createTicketEntrance(tickets, { resumeMs: config.tickets.resumeMs, cookiePath: graphqlPath }),
  );
  const endpoint = createGraphqlRoute({
    takeTurn,
    graphql,
    presentErrors,
    subscribe: createEventStream({
      subscriptions,
      presentErrors,
      random,
      admit: admission.admitSubscription,
      connections,
    }),
    enterByTicket,
    isPublic: config.exposure.introspection,
    requests: config.requests,
  });
  trusted.onChange(() => {
    graphql.clear();
    endpoint.clear();
  });
  const judgeOrigin = createOrigins({
    ...config.origins,
    isLoopbackOnly: config.auth.mode === 'service' && config.auth.callers === null,
    isForPage: (request) =>
      config.exposure.graphiql &&
      withoutBasePath(targetOf(request).path, config.basePath) === GRAPHQL_PATH &&
      wantsPage(request),
  });
  const sockets = createWebSocketEndpoint({
    takeTurn,
    schema,
    graphql,
    subscriptions,
    presentErrors,
    authenticate,
    watchCaller,
    admit: admission.admitSubscription,
    connections,
    maxOperations: config.limits.socketOperations,
    clock,
    judgeOrigin,
    basePath: config.basePath,
    messageMaxBytes: config.limits.requestMaxBytes,
    pingMs: config.subscriptions.heartbeatMs,
    stallTimeoutMs: config.subscriptions.stallTimeoutMs,
    shutdownTimeoutMs: config.limits.shutdownTimeoutMs,
    initTimeoutMs: config.subscriptions.initTimeoutMs,
    onDefect: logDefects(log, 'ping sockets'),
    newId: randomUUID,
  });
  const files = createFiles({
    upstream,
    authenticate,
    enterByTicket,
    admission,
    createContext,
    presentErrors,
    clock,
    log,
    config,
  });
  const needsKey =
    config.auth.mode === 'passthrough' || (config.auth.mode === 'service' && config.auth.callers !== null);
  const examples = needsKey ? null : createExamples({ authenticate, createContext, clock });
  const graphiql = config.exposure.graphiql
    ? createGraphiql({ tabs: async () => graphiqlTabs((await examples?.()) ?? NO_EXAMPLES), needsKey })
    : null;
  const server = createHttpServer({
    clock,
    log,
    judgeOrigin,
    ...(config.compression ? { compress: createCompression(config.compression) } : {}),
    routes: new Map<string, Route>([
      [
        GRAPHQL_PATH,
        (request) => (graphiql && wantsPage(request) ? graphiql.page(request) : endpoint.route(request)),
      ],
      [TICKET_PATH, createTicketRoute({ tickets, authenticate, presentErrors })],
      ...(graphiql
        ? ([
            [GRAPHIQL_SCRIPT_PATH, graphiql.script],
            [FAVICON_PATH, favicon],
            // A proxy may show it under a path that the gateway does not know, unless there is a setting.
            [
              '/',
              createDoor(
                config.basePath === '' ? GRAPHQL_PATH.slice(1) : graphqlPath,
                nothingHere(graphqlPath),
              ),
            ],
          ] as const)
        : []),
      ...files,
      ['/health', health],
      [
        '/ready',
        createReadiness({
          clock,
          ping: (signal) => upstream.ping(authenticator.ownAccount, signal),
          ...config.readiness,
        }),
      ],
    ]),
    requestMaxBytes: config.limits.requestMaxBytes,
    basePath: config.basePath,
    idleTimeoutMs: config.idleTimeoutMs,
    shutdownTimeoutMs: config.limits.shutdownTimeoutMs,
    newId: randomUUID,
  });

  server.onUpgrade(sockets.upgrade);
  // Subscriptions end first: a server that drains would wait for them. Nobody is let in while the others are closed.
  disposables.push(together(server, sockets), subscriptions);

  return {
    upstreamUrl,
    log,
    simulator,
    kept: upstream,
    watches: {
      get subscriptions() {
        return subscriptions.size;
      },
      get watchers() {
        return live.watcherCount;
      },
    },
    forgetUnused: () => {
      graphql.forgetUnused();
      endpoint.forgetUnused();
    },
    prepare: async () => {
      await graphiql?.prepare();
    },
    listen: async () => {
      const { port } = await server.listen(config.host, config.port);
      const host = config.host.includes(':') ? `[${config.host}]` : config.host;
      return { url: `http://${host}:${String(port)}` };
    },
    async [Symbol.asyncDispose]() {
      // In the reverse order of their making: what still runs needs what was made before it.
      for (const part of disposables.splice(0).reverse()) await part[Symbol.asyncDispose]();
    },
  };
}

function upstreamIsSilent(): GatewayError {
  return new GatewayError('UPSTREAM_TIMEOUT', 'The upstream does not say whether the key is good');
}

/** Ends all of them at the same time. */
function together(...parts: readonly AsyncDisposable[]): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(parts.map((part) => part[Symbol.asyncDispose]()));
    },
  };
}
