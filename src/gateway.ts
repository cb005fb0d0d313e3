/** The composition root: `createGateway(config)` wires every part and owns the disposal of each. */
import { randomUUID } from 'node:crypto';
import { validate } from 'graphql';
import { PAGE_SIZES } from '../schema/connections.ts';
import { schema } from '../schema/index.ts';
import { type Clock, createSystemClock, startDeadline } from './clock.ts';
import { type Config, ConfigError } from './config.ts';
import { GatewayError } from './errors.ts';
import { createMemoryEventLog } from './events/memory-event-log.ts';
import { createExecutor } from './execution/executor.ts';
import { CSV, type ExportFormat, NDJSON } from './export/formats.ts';
import { readExport } from './export/read-export.ts';
import { sealEventLog } from './events/sealed-event-log.ts';
import { createLive } from './live/live.ts';
import { LARGEST_PAGE } from './loaders/scan-size.ts';
import { SIDE_BY_SIDE } from './loaders/run-totals-loader.ts';
import { createLogger, type Logger } from './observability/logger.ts';
import { type Authenticator, createAuthenticator } from './security/authenticate.ts';
import { createCallerWatch } from './security/caller-watch.ts';
import { createSeal } from './security/seal.ts';
import { createKeyCheck } from './security/key-check.ts';
import { createTickets } from './security/tickets.ts';
import { parseBounded } from './security/document-bounds.ts';
import { ANY_DOCUMENT, readTrustedDocuments, type TrustedDocuments } from './security/trusted-documents.ts';
import { UnusableFile } from './security/watched-file.ts';
import { createAnswerMemory } from './server/answer-memory.ts';
import { createMemoryBudget } from './security/cost/budget.ts';
import { FIELD_COSTS } from './security/cost/field-costs.ts';
import { createPredictor } from './security/cost/predictor.ts';
import { createCallerSlots } from './security/caller-slots.ts';
import { type Admissions, createAdmission } from './server/admission.ts';
import { createCompression } from './server/compression.ts';
import { createEventStream } from './server/event-stream.ts';
import { exportFile, exportPath } from './server/export-file.ts';
import { createFileRoutes, type FileRequest } from './server/file-route.ts';
import { createGraphiql, GRAPHIQL_SCRIPT_PATH, wantsPage } from './server/graphiql.ts';
import { comparableRuns, graphiqlTabs } from './server/graphiql-tabs.ts';
import { createGraphql, GRAPHQL_PATH } from './server/graphql.ts';
import { createGraphqlRoute } from './server/graphql-route.ts';
import { createReadiness, health } from './server/health.ts';
import { createHttpServer, type Route } from './server/http.ts';
import type { Authenticate, OperationContext } from './server/operation-context.ts';
import { createOrigins } from './server/origins.ts';
import { createPresentErrors } from './server/present-error.ts';
import { createSharedExecutions } from './server/shared-executions.ts';
import { RUN_LOGS_PATH, runLogsFile } from './server/run-logs-file.ts';
import { createSubscriptions } from './server/subscriptions.ts';
import { createTicketEntrance, createTicketRoute, TICKET_PATH } from './server/ticket-route.ts';
import { createWebSocketEndpoint } from './server/websocket.ts';
import { createContexts } from './composition/contexts.ts';
import { logAuthentication, logPolls, logUpstream } from './composition/logged.ts';
import type { Simulator } from './simulator/simulator.ts';
import { asFresh, keepUpstream, type KeptUpstream } from './upstream/kept-upstream.ts';
import { createRestUpstream } from './upstream/rest.ts';
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
  readonly kept: Pick<KeptUpstream, 'kept' | 'counts'>;
  /** The embedded simulator, when it is the upstream. */
  readonly simulator: Simulator | null;
  /** Lets go of what is remembered of documents, requests and answers and was not asked for since the last time. */
  readonly forgetUnused: () => void;
  /** Starts to accept requests and answers where. Rejects when the port is taken. */
  listen(): Promise<{ readonly url: string }>;
}

/** What a test may put in the place of the real thing. */
export interface GatewayOverrides {
  readonly clock?: Clock;
  readonly log?: Logger;
  /** From 0 to below 1. */
  readonly random?: () => number;
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
  const trusted = await openTrustedDocuments(config);
  const authenticator = await openAuthenticator(config, { clock, log });
  const disposables: AsyncDisposable[] = [authenticator];

  const simulator =
    config.upstream.kind === 'simulator' ? await startEmbedded(config.upstream, { clock, log }) : null;
  if (simulator) disposables.push(simulator);
  const upstreamUrl = config.upstream.kind === 'runloop' ? config.upstream.baseUrl : (simulator?.url ?? '');

  const rest = createRestUpstream({
    settings: { ...config.calls, baseUrl: upstreamUrl },
    clock,
    observer: logUpstream(log),
    random,
    version: VERSION,
  });
  const upstream = keepUpstream(rest, { clock, settings: config.cache });
  disposables.push(upstream);

  const live = createLive({
    upstream: asFresh(upstream),
    log: sealEventLog(
      createMemoryEventLog({
        clock,
        bounds: {
          maxEvents: config.live.logMaxEvents,
          maxBytes: config.live.logMaxBytes,
          maxAgeMs: config.live.logMaxAgeMs,
        },
        maxTopics: config.live.logMaxTopics,
        maxTotalBytes: config.live.logMaxTotalBytes,
        newId: randomUUID,
      }),
      createSeal(),
    ),
    clock,
    random,
    // Cursors of this process mean nothing to another one: each keeps a log of its own.
    cursorSecret: randomUUID(),
    settings: config.live,
    observer: logPolls(log),
  });
  disposables.push(live);

  const presentErrors = createPresentErrors({
    log,
    errorId: randomUUID,
    hasSuggestions: config.exposure.suggestions,
  });
  const checkKey = createKeyCheck({
    ping: async (account) => {
      using deadline = startDeadline(clock, config.readiness.timeoutMs, { reason: upstreamIsSilent });
      await upstream.ping(account, deadline.signal);
    },
    clock,
    ...config.keyCheck,
  });
  const authenticate: Authenticate = async (credentials) => {
    const caller = await authenticator.authenticate(credentials);
    // Who holds the gateway's own key is known without the upstream.
    if (!authenticator.ownAccount) await checkKey(caller.account);
    return caller;
  };
  const watchCaller = createCallerWatch({ clock, intervalMs: config.authCheckIntervalMs });
  const createContext = createContexts({ upstream, live, clock, config });
  const executor = createExecutor({
    schema,
    settings: config.execution,
    onAgain: (contextValue) => {
      // Questions about the schema are executed without one.
      (contextValue as Partial<OperationContext>).cost?.restart();
    },
  });
  const { execute } = executor;
  const admission = createAdmissions(config, clock);
  const connections = createCallerSlots({
    counts: 'streams and sockets',
    max: config.limits.callerConnections,
    setting: 'CALLER_MAX_CONNECTIONS',
  });
  const graphql = createGraphql({
    schema,
    execute,
    authenticate,
    createContext,
    presentErrors,
    reuse: config.reuse && {
      memory: createAnswerMemory(clock, config.reuse),
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
    onRendered: admission.spend,
    presentErrors,
    settings: { ...config.subscriptions, maxLag: config.live.followerMaxLag },
  });
  const tickets = createTickets(clock, config.tickets);
  const enterByTicket = createTicketEntrance(tickets, config.tickets);
  const endpoint = createGraphqlRoute({
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
    requests: config.requests,
  });
  const judgeOrigin = createOrigins({
    ...config.origins,
    isLoopbackOnly: config.auth.mode === 'service' && config.auth.callers === null,
  });
  const sockets = createWebSocketEndpoint({
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
    messageMaxBytes: config.limits.requestMaxBytes,
    pingMs: config.subscriptions.heartbeatMs,
    stallTimeoutMs: config.subscriptions.stallTimeoutMs,
    shutdownTimeoutMs: config.limits.shutdownTimeoutMs,
    initTimeoutMs: config.subscriptions.initTimeoutMs,
    newId: randomUUID,
  });
  const file = createFileRoutes({
    authenticate,
    enterByTicket,
    admit: admission.admitCaller,
    presentErrors,
    clock,
    log,
    settings: config.downloads,
  });
  const { spend } = admission;
  const exportOf = (format: ExportFormat) =>
    file(exportFile(format, { createContext, spend, read: readExport, bounds: config.exports }));
  const fileSession = ({ caller, signal, deadlineAt }: FileRequest) =>
    upstream.session({ account: caller.account, priority: 'interactive', signal, deadlineAt });
  const needsKey =
    config.auth.mode === 'passthrough' || (config.auth.mode === 'service' && config.auth.callers !== null);
  const example = comparableRuns(simulator?.world().benchmarkRuns.list({ state: 'completed' }) ?? []);
  const graphiql = config.exposure.graphiql
    ? createGraphiql({ tabs: graphiqlTabs(example), needsKey })
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
      ...(graphiql ? [[GRAPHIQL_SCRIPT_PATH, graphiql.script] as const] : []),
      [RUN_LOGS_PATH, file(runLogsFile({ session: fileSession, spend }))],
      [exportPath(CSV), exportOf(CSV)],
      [exportPath(NDJSON), exportOf(NDJSON)],
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
    shutdownTimeoutMs: config.limits.shutdownTimeoutMs,
    newId: randomUUID,
  });

  server.onUpgrade(sockets.upgrade);
  // Subscriptions end first: a server that drains would wait for them. Nobody is let in while the others are closed.
  disposables.push(together(server, sockets), subscriptions);

  return {
    upstreamUrl,
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

/** Reads the file of documents, each of which has to be one that can be executed. */
async function openTrustedDocuments({ trustedDocumentsFile, limits }: Config): Promise<TrustedDocuments> {
  if (trustedDocumentsFile === null) return ANY_DOCUMENT;
  try {
    return await readTrustedDocuments(trustedDocumentsFile, (text) => {
      const [error] = validate(schema, parseBounded(text, limits.documents));
      if (error) throw error;
    });
  } catch (error) {
    throw error instanceof UnusableFile ? new ConfigError(error.problems) : error;
  }
}

/** Reads the files of tokens and keys; what is wrong with them is wrong with the configuration. */
async function openAuthenticator(
  { auth, authCheckIntervalMs }: Config,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<Authenticator> {
  const observer = logAuthentication(log);
  try {
    return await createAuthenticator({
      settings: auth,
      clock,
      checkIntervalMs: authCheckIntervalMs,
      observer,
    });
  } catch (error) {
    throw error instanceof UnusableFile ? new ConfigError(error.problems) : error;
  }
}

/** Decides what callers may ask for, by what it costs. */
function createAdmissions({ limits, filters, statistics }: Config, clock: Clock): Admissions {
  return createAdmission({
    predict: createPredictor({
      schema,
      costs: FIELD_COSTS,
      bounds: {
        defaultPageSize: PAGE_SIZES.default,
        maxPageSize: PAGE_SIZES.max,
        maxScanCalls: filters.maxCalls,
        ...statisticsCosts(statistics),
      },
    }),
    bounds: limits.operations,
    budget: createMemoryBudget({ clock, ...limits.budget }),
    operations: createCallerSlots({
      counts: 'operations',
      max: limits.callerOperations,
      setting: 'CALLER_MAX_OPERATIONS',
    }),
  });
}

/** What statistics cost that are worked out over many scenario runs, which are read in the largest pages there are. */
function statisticsCosts(statistics: Config['statistics']) {
  const maxWholeListCalls = Math.ceil(statistics.maxScenarioRuns / LARGEST_PAGE);
  return {
    maxWholeListCalls,
    maxPooledRuns: statistics.maxBenchmarkRuns,
    // Some are read side by side, so that one more of each may be under way when there are enough.
    maxPooledExtraCalls:
      Math.ceil(statistics.maxPooledScenarioRuns / LARGEST_PAGE) + SIDE_BY_SIDE * maxWholeListCalls,
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

async function startEmbedded(
  { port, seed, speed, scenarioRuns, maxScenarioRuns }: Extract<Config['upstream'], { kind: 'simulator' }>,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<Simulator> {
  const { startSimulator } = await import('./simulator/simulator.ts');
  const start = (wanted: number) =>
    startSimulator({
      host: '127.0.0.1',
      port: wanted,
      clock,
      seed,
      speed,
      size: { scenarioRuns },
      maxScenarioRuns,
    });
  try {
    return await start(port);
  } catch (error) {
    if (!isPortTaken(error)) throw error;
    const simulator = await start(0);
    log.warn('simulator.port_taken', { wanted: port, taken: simulator.port });
    return simulator;
  }
}

/** Whether an error says that somebody else listens on the port. */
export function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
