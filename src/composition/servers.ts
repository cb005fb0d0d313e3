/** `createServers`: the gateway's own HTTP server, and what answers in the place of one where the gateway is mounted. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../observability/logger.ts';
import { wantsPage } from '../server/graphiql/graphiql.ts';
import { GRAPHQL_PATH } from '../server/graphql/graphql.ts';
import { withoutBasePath } from '../server/http/base-path.ts';
import type { Arrive } from '../server/http/arrivals.ts';
import { createCompression } from '../server/http/compression.ts';
import { createHttpServer, type HttpServer } from '../server/http/http.ts';
import { targetOf } from '../server/http/http-request.ts';
import { createMountedRequests, type MountedRequests } from '../server/http/mounted-requests.ts';
import { type CheckOrigin, createOrigins } from '../server/http/origins.ts';
import { createRequestListener } from '../server/http/request-listener.ts';
import type { Route } from '../server/http/route.ts';

export interface Servers extends AsyncDisposable {
  readonly server: HttpServer;
  readonly mounted: MountedRequests;
}

export function createServers(given: {
  readonly routes: ReadonlyMap<string, Route>;
  readonly checkOrigin: CheckOrigin;
  readonly arrive: Arrive;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: Config;
}): Servers {
  const { config, clock } = given;
  const { shutdownTimeoutMs, requestMaxBytes } = config.limits;
  const answer = createRequestListener({
    ...given,
    ...(config.compression ? { compress: createCompression(config.compression) } : {}),
    requestMaxBytes,
    basePath: config.basePath,
    newId: randomUUID,
  });
  const { idleTimeoutMs } = config;
  const server = createHttpServer({ clock, answer, idleTimeoutMs, shutdownTimeoutMs });
  const mounted = createMountedRequests({ clock, answer, shutdownTimeoutMs });
  return {
    server,
    mounted,
    async [Symbol.asyncDispose]() {
      await Promise.all([server[Symbol.asyncDispose](), mounted[Symbol.asyncDispose]()]);
    },
  };
}

export function createCheckOrigin({ origins, auth, exposure, basePath }: Config): CheckOrigin {
  return createOrigins({
    ...origins,
    isLoopbackOnly: auth.mode === 'service' && auth.callers === null,
    isForPage: (request) =>
      exposure.graphiql &&
      withoutBasePath(targetOf(request).path, basePath) === GRAPHQL_PATH &&
      wantsPage(request),
  });
}
