/** `createRoutes`: which path is answered by what. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { MetricsConfig } from '../config/metrics-config.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import type { WorkerRole } from '../process/worker-role.ts';
import { GRAPHQL_PATH } from '../server/graphql/graphql.ts';
import { favicon, FAVICON_PATH } from '../server/graphiql/favicon.ts';
import {
  createDoor,
  createGraphiql,
  GRAPHIQL_SCRIPT_PATH,
  type Graphiql,
  wantsPage,
} from '../server/graphiql/graphiql.ts';
import { graphiqlTabs, NO_EXAMPLES } from '../server/graphiql/graphiql-tabs.ts';
import { nothingHere } from '../server/http/error-answer.ts';
import { createMetricsRoute, METRICS_PATH } from '../server/http/metrics-route.ts';
import { createReadiness, health, type Readiness } from '../server/http/health.ts';
import type { Route } from '../server/http/route.ts';
import { TICKET_PATH } from '../server/subscriptions/ticket-route.ts';
import type { Access } from './access.ts';
import { createExamples } from './examples.ts';
import { createFiles } from './files.ts';
import type { Shared } from './shared.ts';
import type { Pipeline } from './pipeline.ts';
import type { Transports } from './transports.ts';

export interface Routes {
  /** By their path, or its pattern. The first is that of the graph. */
  readonly routes: ReadonlyMap<string, Route>;
  /** Prepares what the first person who opens GraphiQL would have to wait for. */
  readonly prepare: () => Promise<void>;
  readonly readiness: Pick<Readiness, 'leave'>;
}

const HEALTH_PATH = '/health';
const READY_PATH = '/ready';

/** Paths that ask nothing of the upstream in the name of a caller. */
export const OPEN_PATHS: ReadonlySet<string> = new Set([HEALTH_PATH, READY_PATH, METRICS_PATH]);

export function createRoutes(given: {
  readonly pipeline: Pipeline;
  readonly transports: Transports;
  readonly access: Access;
  readonly clock: Clock;
  /** Null when one process serves alone. */
  readonly shared: Shared | null;
  readonly log: Logger;
  readonly metrics: Metrics | null;
  /** Null for a process that is no worker. */
  readonly worker: Pick<WorkerRole, 'metricsOfAll'> | null;
  readonly config: Config;
}): Routes {
  const { pipeline, transports, access, clock, shared, metrics, worker, config } = given;
  const { endpoint, ticketRoute, enterByTicket } = transports;
  const { upstream, authenticator, authenticate } = access;
  const files = createFiles({ ...given, ...pipeline, upstream, authenticate, enterByTicket });
  const graphiql = openGraphiql(given);
  const readiness = createReadiness({
    clock,
    ping: (signal) => upstream.ping(authenticator.ownAccount, signal),
    ...config.readiness,
    redis: shared && {
      isAvailable: () => shared.redis.isReady,
      isRequired: config.redis?.isRequiredToBeReady ?? false,
    },
  });
  return {
    readiness,
    prepare: async () => {
      await graphiql?.prepare();
    },
    routes: new Map<string, Route>([
      [
        GRAPHQL_PATH,
        (request) => (graphiql && wantsPage(request) ? graphiql.page(request) : endpoint.route(request)),
      ],
      [TICKET_PATH, ticketRoute],
      ...(graphiql ? graphiqlRoutes(graphiql, config.basePath) : []),
      ...files,
      ...(metrics && config.metrics?.listen === null
        ? metricsRoutes(worker ? { ...metrics, text: worker.metricsOfAll } : metrics, config.metrics)
        : []),
      [HEALTH_PATH, health],
      [READY_PATH, readiness.route],
    ]),
  };
}

export function metricsRoutes(
  metrics: Pick<Metrics, 'contentType' | 'text'>,
  { token }: MetricsConfig,
): readonly (readonly [string, Route])[] {
  return [[METRICS_PATH, createMetricsRoute({ metrics, token })]];
}

function openGraphiql({
  pipeline: { createContext },
  access: { authenticate },
  clock,
  config: { auth, exposure },
}: Parameters<typeof createRoutes>[0]): Graphiql | null {
  if (!exposure.graphiql) return null;
  const needsKey = auth.mode === 'passthrough' || (auth.mode === 'service' && auth.callers !== null);
  const examples = needsKey ? null : createExamples({ authenticate, createContext, clock });
  return createGraphiql({ tabs: async () => graphiqlTabs((await examples?.()) ?? NO_EXAMPLES), needsKey });
}

function graphiqlRoutes(graphiql: Graphiql, basePath: string): readonly (readonly [string, Route])[] {
  const graphqlPath = basePath + GRAPHQL_PATH;
  return [
    [GRAPHIQL_SCRIPT_PATH, graphiql.script],
    [FAVICON_PATH, favicon],
    // A proxy may show it under a path that the gateway does not know, unless there is a setting.
    ['/', createDoor(basePath === '' ? GRAPHQL_PATH.slice(1) : graphqlPath, nothingHere(graphqlPath))],
  ];
}
