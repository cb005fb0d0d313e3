/** The composition root: `createGateway(config)` wires every part and owns the disposal of each. */
import { PAGE_SIZES } from '../schema/connections.ts';
import { createOwnSchema, schema as sharedSchema } from '../schema/index.ts';
import { type Clock, createSystemClock } from './clock.ts';
import { createDrain } from './composition/drain.ts';
import { openAccess } from './composition/access.ts';
import { dangersOf } from './composition/dangers.ts';
import { openTrustedDocuments } from './composition/opened.ts';
import { openPlugins, startPlugins } from './composition/plugins.ts';
import { measureState } from './composition/measured.ts';
import { openShared } from './composition/shared.ts';
import { createPipeline } from './composition/pipeline.ts';
import { createRoutes, OPEN_PATHS } from './composition/routes.ts';
import { createCheckOrigin, createServers } from './composition/servers.ts';
import { createTransports } from './composition/transports.ts';
import { createWatching } from './composition/watching.ts';
import type { Config } from './config.ts';
import type { Gateway as MountableGateway, GatewayOptions as LibraryOptions } from './library/library.ts';
import { createLogger, type Logger } from './observability/logger.ts';
import { createSecrets } from './security/secrets.ts';
import { createArrivals } from './server/http/arrivals.ts';
import type { HttpServer } from './server/http/http.ts';
import { createMetrics } from './observability/metrics/metrics.ts';
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
  listen(): Promise<{
    readonly url: string;
    /** Where metrics are answered on their own port; null when they have none. */
    readonly metricsUrl: string | null;
  }>;
  /** The embedded simulator, when it is the upstream. */
  readonly simulator: Simulator | null;
}

export interface GatewayOptions extends LibraryOptions {
  /** @default that of the machine */
  readonly clock?: Clock;
  /** Where lines of the log go. @default the standard output, from the level of the configuration on */
  readonly log?: Logger;
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
  const log = options.log ?? createLogger({ level: config.logLevel, secrets: secretsOf(config) });
  for (const { of, danger } of await dangersOf(config, options.environmentFile ?? null))
    log.warn('config.dangerous', { ...of, danger });
  for (const name of config.unknownNames) log.warn('config.unknown_name', { name });
  for (const { name, now, removedIn } of config.deprecatedNames)
    log.warn('config.deprecated_name', { name, now, removedIn });
  const secrets = createSecrets(config.secrets);
  const shared = await openShared({ config, clock, log, random, secrets }, opened);
  const metrics = config.metrics && createMetrics({ version: VERSION });
  const system = { config, clock, log, random, secrets, shared, metrics };
  const loaded = await openPlugins(config.plugins, options.plugins ?? []);
  const schema = loaded.length > 0 ? createOwnSchema() : sharedSchema;
  const plugins = await startPlugins(schema, loaded);
  if (plugins) opened.push(plugins);
  const trusted = await openTrustedDocuments(schema, config, { clock, log });
  opened.push(trusted);
  const access = await openAccess(system, opened);
  const { upstream, upstreamUrl, simulator } = access;
  const live = createWatching({ ...system, upstream }, opened);
  const pipeline = createPipeline({
    ...system,
    schema,
    plugins,
    pageSizes: PAGE_SIZES,
    access,
    live,
    trusted,
  });
  const { graphql, subscriptions } = pipeline;
  const checkOrigin = createCheckOrigin(config);
  const { isKnown } = access.authenticator;
  const throttle = createThrottle({ clock, isKnown, openPaths: OPEN_PATHS });
  const arrive = createArrivals({
    clock,
    isKnown,
    requestMaxBytes: config.limits.requestMaxBytes,
    openPaths: OPEN_PATHS,
  });
  const transports = createTransports({ ...system, pipeline, access, checkOrigin, arrive });
  const { endpoint, sockets } = transports;
  const { routes, prepare, readiness } = createRoutes({ ...system, pipeline, transports, access });
  const servers = createServers({ ...system, routes, checkOrigin, arrive, throttle });
  const { server, metricsServer, mounted } = servers;
  if (metrics) measureState(metrics, { live, upstream });
  server.onUpgrade(sockets.upgrade);
  trusted.onChange(() => {
    graphql.clear();
    endpoint.clear();
  });
  // Subscriptions end first: a server that drains would wait for them. Nobody comes in while the others are closed.
  opened.push(live, together(servers, sockets), subscriptions);

  return {
    upstreamUrl,
    log,
    simulator,
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
    drain: createDrain({ ...system, readiness, sockets, subscriptions }),
    listen: async () => {
      const metricsUrl =
        metricsServer && config.metrics?.listen ? await listenOn(metricsServer, config.metrics.listen) : null;
      return { url: await listenOn(server, config), metricsUrl };
    },
    handler: mounted.handler,
    upgrade: sockets.upgrade,
    [Symbol.asyncDispose]: () => disposeAll(opened),
  };
}

/** What must stand in no line of the log. */
function secretsOf({ auth, redis, secrets }: Config): readonly string[] {
  return [auth.mode === 'service' ? auth.apiKey : '', redis?.address.password ?? '', ...(secrets ?? [])];
}

async function listenOn(
  server: HttpServer,
  wanted: { readonly host: string; readonly port: number },
): Promise<string> {
  const { port } = await server.listen(wanted.host, wanted.port);
  const host = wanted.host.includes(':') ? `[${wanted.host}]` : wanted.host;
  return `http://${host}:${String(port)}`;
}

/** In the reverse order of their making: what still runs needs what was made before it. */
async function disposeAll(opened: AsyncDisposable[]): Promise<void> {
  for (const part of opened.splice(0).reverse()) await part[Symbol.asyncDispose]();
}

/** Ends all of them at the same time. */
function together(...parts: readonly AsyncDisposable[]): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(parts.map((part) => part[Symbol.asyncDispose]()));
    },
  };
}
