/** `createServers`: the gateway's own HTTP server, and what answers in the place of one where the gateway is mounted. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { LimitsConfig } from '../config/limits-config.ts';
import type { Current } from '../memory/current.ts';
import type { MetricsConfig } from '../config/metrics-config.ts';
import { isLoopback } from '../process/loopback.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import type { WorkerRole } from '../process/worker-role.ts';
import type { NextTurn } from '../process/paced-turns.ts';
import { wantsPage } from '../server/graphiql/graphiql.ts';
import { GRAPHQL_PATH } from '../server/graphql/graphql.ts';
import { withoutBasePath } from '../server/http/base-path.ts';
import type { Arrive } from '../server/http/arrivals.ts';
import type { Throttle } from '../server/http/connection-throttle.ts';
import { type ClientOf, createClientOf, LOCAL_PEER } from '../server/http/client.ts';
import { createCompression } from '../server/http/compression.ts';
import { createHttpServer, type HttpServer } from '../server/http/http.ts';
import { targetOf } from '../server/http/http-request.ts';
import { createMountedRequests, type MountedRequests } from '../server/http/mounted-requests.ts';
import { type CheckOrigin, createOrigins } from '../server/http/origins.ts';
import { createRequestListener } from '../server/http/request-listener.ts';
import type { Tls } from '../server/http/tls.ts';
import type { Route } from '../server/http/route.ts';
import { measureRequests } from './measured-requests.ts';
import { metricsRoutes } from './routes.ts';

export interface Servers extends AsyncDisposable {
  readonly server: HttpServer;
  /** Answers metrics on their own port; null when they have none. */
  readonly metricsServer: HttpServer | null;
  readonly mounted: MountedRequests;
}

export function createServers(given: {
  readonly routes: ReadonlyMap<string, Route>;
  readonly metrics: Metrics | null;
  /** Null for a process that is no worker. */
  readonly worker: Pick<WorkerRole, 'metricsOfAll'> | null;
  readonly checkOrigin: CheckOrigin;
  readonly clientOf: ClientOf;
  readonly arrive: Arrive;
  readonly throttle: Throttle;
  /** Null when connections are not encrypted. */
  readonly tls: Tls | null;
  readonly clock: Clock;
  /** In which turns requests that had to wait are taken up. */
  readonly nextTurn: NextTurn;
  readonly log: Logger;
  readonly config: Config;
  readonly limits: Current<LimitsConfig>;
}): Servers {
  const { config, limits, clock, metrics, tls } = given;
  const shutdownTimeoutMs = () => limits.current.shutdownTimeoutMs;
  const settings = {
    ...given,
    ...compressionOf(config),
    requestMaxBytes: () => limits.current.requestMaxBytes,
    newId: randomUUID,
    onAnswered: metrics ? measureRequests(metrics) : undefined,
  };
  const answer = createRequestListener({ ...settings, basePath: config.basePath });
  const { keepAliveTimeoutMs } = config;
  const server = createHttpServer({
    clock,
    answer,
    throttle: given.throttle,
    tls,
    keepAliveTimeoutMs,
    shutdownTimeoutMs,
  });
  const metricsServer =
    metrics && config.metrics && !given.worker ? createMetricsServer({ ...given, metrics }) : null;
  const mounted = createMountedRequests({ clock, answer, shutdownTimeoutMs });
  const parts = metricsServer ? [server, metricsServer, mounted] : [server, mounted];
  return {
    server,
    metricsServer,
    mounted,
    async [Symbol.asyncDispose]() {
      await Promise.all(parts.map((part) => part[Symbol.asyncDispose]()));
    },
  };
}

/** Answers metrics on a port of its own; null where they have none. */
export function createMetricsServer(given: {
  readonly metrics: Pick<Metrics, 'contentType' | 'text'>;
  /** Null when connections are not encrypted. */
  readonly tls: Tls | null;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: Config;
  readonly limits: Current<LimitsConfig>;
}): HttpServer | null {
  const { config, metrics } = given;
  if (!config.metrics?.listen) return null;
  const { limits } = given;
  const answer = createRequestListener({
    ...given,
    ...compressionOf(config),
    checkOrigin: createCheckMetricsOrigin(config.metrics),
    requestMaxBytes: () => limits.current.requestMaxBytes,
    clientOf: clientOfPeers(config),
    newId: randomUUID,
    routes: new Map(metricsRoutes(metrics, config.metrics)),
  });
  return createHttpServer({
    clock: given.clock,
    answer,
    tls: given.tls,
    keepAliveTimeoutMs: config.keepAliveTimeoutMs,
    shutdownTimeoutMs: () => limits.current.shutdownTimeoutMs,
  });
}

function compressionOf({ compression }: Config) {
  return compression ? { compress: createCompression(compression) } : {};
}

export function clientOfPeers({ trustProxy, unixSocket }: Config): ClientOf {
  return createClientOf({ trustProxy, peerWithoutAddress: unixSocket ? LOCAL_PEER : null });
}

export function createCheckOrigin(
  { origins, auth, exposure, basePath }: Config,
  clientOf: ClientOf,
): CheckOrigin {
  return createOrigins({
    ...origins,
    clientOf,
    isLoopbackOnly: auth.mode === 'service' && auth.callers === null,
    isForPage: (request) =>
      exposure.graphiql &&
      withoutBasePath(targetOf(request).path, basePath) === GRAPHQL_PATH &&
      wantsPage(request),
  });
}

/**
 * Names of this machine are expected only where everybody else is kept out by nothing but the address that is listened on: a
 * token keeps out pages of other sites, too, and whoever lets others reach the port lets them do so by any name.
 */
function createCheckMetricsOrigin({ listen, token }: MetricsConfig): CheckOrigin {
  return createOrigins({
    allowed: [],
    maxAgeSec: 0,
    clientOf: createClientOf({ trustProxy: [] }),
    isLoopbackOnly: token === null && (listen === null || isLoopback(listen.host)),
  });
}
