/** The composition root: `createGateway(config)` wires every part and owns the disposal of each. */
import { PAGE_SIZES } from '../schema/connections.ts';
import { createOwnSchema, schema as sharedSchema } from '../schema/index.ts';
import { type Clock, createSystemClock } from './clock.ts';
import { createDrain } from './composition/drain.ts';
import { openAccess } from './composition/access.ts';
import { openCertificates } from './composition/certificates.ts';
import { warnOfSettings } from './composition/dangers.ts';
import { type Listening, startListening } from './composition/listening.ts';
import { createLoggerOf } from './composition/logged.ts';
import { openTrustedDocuments } from './composition/opened.ts';
import { openPlugins, startPlugins } from './composition/plugins.ts';
import { measureState } from './composition/measured-upstream.ts';
import { openShared } from './composition/shared.ts';
import { createOperationSlots } from './composition/admissions.ts';
import { createPipeline } from './composition/pipeline.ts';
import { createReload, type Reload } from './composition/reloading.ts';
import { createRoutes, OPEN_PATHS } from './composition/routes.ts';
import { clientOfPeers, createCheckOrigin, createServers } from './composition/servers.ts';
import { openTracing } from './composition/tracing.ts';
import { createTurns } from './composition/turns.ts';
import { createTransports } from './composition/transports.ts';
import { createWatching } from './composition/watching.ts';
import type { Config } from './config.ts';
import type { Gateway as MountableGateway, GatewayOptions as LibraryOptions } from './library/library.ts';
import type { LimitsConfig } from './config/limits-config.ts';
import type { Replaceable } from './memory/current.ts';
import type { Logger } from './observability/logger.ts';
import { createSecrets } from './security/secrets.ts';
import { createArrivals } from './server/http/arrivals.ts';
import type { MetricSnapshot } from './observability/metrics/merge-metrics.ts';
import { createMetrics } from './observability/metrics/metrics.ts';
import type { WorkerRole } from './process/worker-role.ts';
import type { CheckOrigin } from './server/http/origins.ts';
import { createThrottle } from './server/http/connection-throttle.ts';
import type { Simulator } from './simulator/simulator.ts';
import type { CachingUpstream } from './upstream/cache/caching-upstream.ts';
import { VERSION } from './version.ts';

/** With what the process and tests look at beside what a library shows. */
export interface Gateway extends MountableGateway {
  /** What is cached of the upstream, and how often a read of each kind was answered by it. */
  readonly cache: Pick<CachingUpstream, 'cached' | 'counts'>;
  /** Where the lines of the log go. */
  readonly log: Logger;
  listen(): Promise<Listening>;
  /** Puts into force what may change of its configuration, and the files that it reads; the log names what needs a restart. */
  readonly reload: Reload;
  /** The embedded simulator, when it is the upstream and of this process. */
  readonly simulator: Simulator | null;
  /** What is measured, as values; nothing when nothing is. */
  readonly measured: () => Promise<readonly MetricSnapshot[]>;
}

export interface GatewayOptions extends LibraryOptions {
  /** @default that of the machine */
  readonly clock?: Clock;
  /** Where lines of the log go. @default the standard output, from the level of the configuration on */
  readonly log?: Logger;
  /** What it knows as one of several workers. @default null, it is none */
  readonly worker?: Pick<WorkerRole, 'number' | 'simulatorUrl' | 'metricsOfAll'> | null;
}

/** Rejects with a `ConfigError` when what the configuration names cannot be used; nothing of it stays open then. */
export async function createGateway(config: Config, options: GatewayOptions = {}): Promise<Gateway> {
  const opened: AsyncDisposable[] = [];
  try {
    return await open(config, options, opened);
  } catch (error) {
    await disposeAll(opened);
    throw error;
  }
}

/** Puts what has to be disposed into `opened` as soon as it is there, each after what it needs. */
async function open(config: Config, options: GatewayOptions, opened: AsyncDisposable[]): Promise<Gateway> {
  const { clock = createSystemClock(), random = Math.random } = options;
  const { worker = null, environmentFile = null } = options;
  const log = options.log ?? createLoggerOf(config, worker?.number);
  if (!worker) await warnOfSettings(config, { log, environmentFile });
  const secrets = createSecrets(config.secrets);
  const metrics = config.metrics && createMetrics({ version: VERSION });
  const shared = await openShared({ config, clock, log, random, secrets, metrics }, opened);
  const limits: Replaceable<LimitsConfig> = { current: config.limits };
  const operations = createOperationSlots({ limits, metrics });
  const turns = createTurns(clock, operations);
  const system = {
    ...{ config, limits, clock, log, random, secrets, shared, metrics, worker },
    ...{ operations, turns },
  };
  const loaded = await openPlugins(config.plugins, options.plugins ?? []);
  const schema = loaded.length > 0 ? createOwnSchema() : sharedSchema;
  const plugins = await startPlugins(schema, loaded);
  if (plugins) opened.push(plugins);
  const trusted = await openTrustedDocuments(schema, config, { clock, log, limits });
  opened.push(trusted);
  const tls = await openCertificates(config, { clock, log }, opened);
  const access = await openAccess(system, opened);
  const { upstream, upstreamUrl, simulator } = access;
  const tracing = await openTracing(
    { config, provider: options.tracerProvider ?? null, upstreamUrl },
    opened,
  );
  const observed = { ...system, tracing };
  const live = createWatching({ ...observed, upstream }, opened);
  const pipeline = createPipeline(
    { ...observed, schema, plugins, pageSizes: PAGE_SIZES, access, live, trusted },
    opened,
  );
  const { graphql, subscriptions, refreshAhead } = pipeline;
  const clientOf = clientOfPeers(config);
  const origins: Replaceable<CheckOrigin> = { current: createCheckOrigin(config, clientOf) };
  const checkOrigin: CheckOrigin = (request) => origins.current(request);
  const { isKnown } = access.authenticator;
  const throttle = createThrottle({ clock, pacedTurn: turns.ofUnknown, isKnown, openPaths: OPEN_PATHS });
  const arrive = createArrivals({
    nextTurn: turns.ofUnknown,
    isKnown,
    requestMaxBytes: () => limits.current.requestMaxBytes,
    openPaths: OPEN_PATHS,
  });
  const transports = createTransports({ ...system, pipeline, access, checkOrigin, clientOf, arrive });
  const { endpoint, sockets } = transports;
  const { routes, prepare, readiness } = createRoutes({ ...system, pipeline, transports, access });
  const servers = createServers({
    ...system,
    nextTurn: turns.ofUnknown,
    routes,
    checkOrigin,
    clientOf,
    arrive,
    throttle,
    tls,
  });
  const { server, mounted } = servers;
  if (metrics) measureState(metrics, { live, upstream, rest: access.rest, sockets });
  server.onUpgrade(sockets.upgrade);
  const forgetRead = () => {
    graphql.clear();
    endpoint.clear();
  };
  trusted.onChange(forgetRead);
  // Subscriptions end first: a server that drains would wait for them. Nobody comes in while the others are closed.
  opened.push(live, together(servers, sockets), subscriptions, ending(refreshAhead));

  return {
    upstreamUrl,
    log,
    simulator,
    measured: metrics?.snapshot ?? (() => Promise.resolve([])),
    cache: upstream,
    watches: {
      get subscriptions() {
        return subscriptions.size;
      },
      get watchers() {
        return live.watcherCount;
      },
    },
    forgetUnused: () => {
      graphql.evictUnused();
      endpoint.evictUnused();
    },
    prepare,
    drain: createDrain({ ...system, readiness, live, sockets, subscriptions }),
    reload: createReload({
      ...system,
      origins,
      createCheckOrigin: (next) => createCheckOrigin(next, clientOf),
      forgetRead,
      lookAtFiles: async () => {
        await Promise.all([trusted.read(), access.authenticator.look(), tls?.look()]);
      },
    }),
    listen: () => startListening(servers, { config, isWorker: worker !== null }),
    handler: mounted.handler,
    upgrade: sockets.upgrade,
    [Symbol.asyncDispose]: () => disposeAll(opened),
  };
}

/** In the reverse order of their making: what still runs needs what was made before it. */
async function disposeAll(opened: AsyncDisposable[]): Promise<void> {
  for (const part of opened.splice(0).reverse()) await part[Symbol.asyncDispose]();
}

function ending(part: Disposable | null): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: () => {
      part?.[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

/** Ends all of them at the same time. */
function together(...parts: readonly AsyncDisposable[]): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(parts.map((part) => part[Symbol.asyncDispose]()));
    },
  };
}
