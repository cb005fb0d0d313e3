/** `createTransports`: what operations come by: GraphQL over HTTP with event streams, WebSockets, and tickets for both. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { LimitsConfig } from '../config/limits-config.ts';
import type { Current } from '../memory/current.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import type { Logger } from '../observability/logger.ts';
import { createCallerSlots } from '../security/caller-slots.ts';
import type { Secrets } from '../security/secrets.ts';
import { createSharedTickets } from '../security/shared-tickets.ts';
import { createTickets } from '../security/tickets.ts';
import { GRAPHQL_PATH } from '../server/graphql/graphql.ts';
import { createGraphqlRoute, type GraphqlRoute } from '../server/graphql/graphql-route.ts';
import type { Arrive } from '../server/http/arrivals.ts';
import type { ClientOf } from '../server/http/client.ts';
import type { CheckOrigin } from '../server/http/origins.ts';
import type { Route } from '../server/http/route.ts';
import { createEventStream } from '../server/subscriptions/event-stream.ts';
import {
  createTicketEntrance,
  createTicketRoute,
  type EnterByTicket,
} from '../server/subscriptions/ticket-route.ts';
import { createWebSocketEndpoint, type WebSocketEndpoint } from '../server/subscriptions/websocket.ts';
import type { Access } from './access.ts';
import { logDefects } from './logged.ts';
import { measureRefusals } from './measured-requests.ts';
import type { Shared } from './shared.ts';
import type { Turns } from './turns.ts';
import type { Pipeline } from './pipeline.ts';

export interface Transports {
  readonly endpoint: GraphqlRoute;
  readonly sockets: WebSocketEndpoint;
  readonly ticketRoute: Route;
  readonly enterByTicket: EnterByTicket;
}

export function createTransports(given: {
  readonly pipeline: Pipeline;
  readonly access: Pick<Access, 'authenticate' | 'audit'>;
  readonly checkOrigin: CheckOrigin;
  readonly clientOf: ClientOf;
  readonly arrive: Arrive;
  readonly clock: Clock;
  readonly turns: Turns;
  readonly random: () => number;
  readonly secrets: Secrets;
  /** Null when one process serves alone. */
  readonly shared: Shared | null;
  readonly log: Logger;
  /** Null when nothing is measured. */
  readonly metrics: Metrics | null;
  readonly config: Config;
  readonly limits: Current<LimitsConfig>;
}): Transports {
  const { pipeline, checkOrigin, clientOf, arrive, clock, random, secrets, shared, log, config, limits } =
    given;
  const { authenticate, audit } = given.access;
  const { graphql, subscriptions, admission, presentErrors, acquireTurn, operations } = pipeline;
  const connections = createCallerSlots({
    counts: 'streams and sockets',
    max: () => limits.current.callerConnections,
    setting: 'CALLER_MAX_CONNECTIONS',
    onRefused: measureRefusals(given.metrics, 'CALLER_MAX_CONNECTIONS'),
  });
  const tickets = shared
    ? createSharedTickets(config.tickets, {
        ...{ redis: shared.redis, secrets, clock },
        authenticate: (authorization) => authenticate({ authorization, waitingBytes: 0 }),
      })
    : createTickets(config.tickets, { clock, keys: secrets.ring('tickets') });
  const enterByTicket = audit.enterByTicket(
    createTicketEntrance(tickets, {
      resumeMs: config.tickets.resumeMs,
      cookiePath: config.basePath + GRAPHQL_PATH,
    }),
  );
  const endpoint = createGraphqlRoute({
    acquireTurn,
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
    observer: operations,
    isPublic: config.exposure.introspection,
    requests: config.requests,
  });
  const sockets = createWebSocketEndpoint({
    acquireTurn,
    schema: pipeline.schema,
    graphql,
    subscriptions,
    presentErrors,
    authenticate,
    watchCaller: pipeline.watchCaller,
    admit: admission.admitSubscription,
    connections,
    maxOperations: () => limits.current.socketOperations,
    clock,
    turns: given.turns,
    checkOrigin,
    clientOf,
    arrive,
    basePath: config.basePath,
    messageMaxBytes: () => limits.current.requestMaxBytes,
    pingMs: config.subscriptions.heartbeatMs,
    stallTimeoutMs: config.subscriptions.stallTimeoutMs,
    shutdownTimeoutMs: () => limits.current.shutdownTimeoutMs,
    initTimeoutMs: config.subscriptions.initTimeoutMs,
    onDefect: logDefects(log, 'ping sockets'),
    newId: randomUUID,
    observer: operations,
  });
  return {
    endpoint,
    sockets,
    ticketRoute: createTicketRoute({ tickets, authenticate, presentErrors }),
    enterByTicket,
  };
}
