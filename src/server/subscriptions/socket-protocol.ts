/** graphql-transport-ws by graphql-ws: its hooks authenticate sockets, and read and execute documents. */
import {
  type ExecutionArgs,
  type FormattedExecutionResult,
  type GraphQLSchema,
  OperationTypeNode,
} from 'graphql';
import { type Context as ConnectionContext, CloseCode, makeServer, type Server } from 'graphql-ws';
import type { Clock } from '../../clock.ts';
import { ERROR_CODES, GatewayError } from '../../errors.ts';
import type { Admissions } from '../graphql/admission.ts';
import { clientGone } from '../http/client-gone.ts';
import { documentKey } from '../graphql/documents.ts';
import type { Graphql } from '../graphql/graphql.ts';
import type { WatchCaller } from '../../security/caller-watch.ts';
import type { Caller } from '../../security/caller.ts';
import type { CallerSlots } from '../../security/caller-slots.ts';
import { type Operation, operationHashOf } from '../graphql/operation.ts';
import type { Authenticate } from '../graphql/operation-context.ts';
import {
  type OperationObserver,
  type OperationRecord,
  UNOBSERVED_OPERATIONS,
} from '../graphql/operation-observer.ts';
import type { OperationStart, OperationSteps } from '../graphql/operation-steps.ts';
import { type PresentErrors, toAnswer } from '../graphql/present-error.ts';
import { resumeCursorOf } from './resume-cursor.ts';
import type { SocketConnection } from './socket-connection.ts';
import { SocketSink } from './socket-sink.ts';
import { checkSocketVariables } from './socket-variables.ts';
import type { Sink } from './subscriber.ts';
import type { SubscriptionRequest } from './subscription-request.ts';
import type { StartedSubscription, Subscriptions } from './subscriptions.ts';
import type { AcquireTurn } from '../graphql/request-queue.ts';

export interface SocketProtocolOptions {
  readonly schema: GraphQLSchema;
  readonly graphql: Graphql;
  readonly subscriptions: Subscriptions;
  readonly presentErrors: PresentErrors;
  readonly authenticate: Authenticate;
  readonly watchCaller: WatchCaller;
  readonly clock: Clock;
  /** Called at `connection_init`, before authentication. */
  readonly onInit: (connection: SocketConnection) => void;
  readonly newId: () => string;
  /** @default nothing is counted, logged and traced */
  readonly observer?: OperationObserver;
  /** Rejects when the caller's budget or a bound does not admit the subscription. */
  readonly admit: Admissions['admitSubscription'];
  /** Slots of open streams and sockets. */
  readonly connections: CallerSlots;
  /** The most operations under way at once on one socket. */
  readonly maxOperations: () => number;
  /** Called before a document is read that is not cached. */
  readonly acquireTurn: AcquireTurn;
}

export type SocketProtocol = Server<SocketConnection>;

type Connection = ConnectionContext<Readonly<Record<string, unknown>>, SocketConnection>;

/** A query or mutation on a socket. */
interface RunningOperation {
  readonly connection: SocketConnection;
  readonly operation: Omit<Operation, 'signal'> & { readonly record: OperationRecord };
  /** The steps of the operation, with the hooks of plugins around them. */
  readonly steps: OperationSteps;
}

/** What the hooks of one operation share: graphql-ws holds it until the operation ends. */
interface OperationArgs extends ExecutionArgs {
  readonly contextValue: RunningOperation | SocketSink;
}

export function createSocketProtocol(options: SocketProtocolOptions): SocketProtocol {
  const { schema, graphql, subscriptions, presentErrors, admit } = options;
  const { observer = UNOBSERVED_OPERATIONS } = options;

  const stepsOf = (
    start: Omit<OperationStart, 'transport'>,
    { transport }: SocketConnection,
  ): OperationSteps => (graphql.begin && transport ? graphql.begin({ ...start, transport }) : graphql);

  const sinkOf = ({ socket, stream }: SocketConnection, asked: Asked & { readonly id: string }) => {
    const { id, read, variables, extensions, caller, requestId, record, steps } = asked;
    const { text, document, operationName } = read;
    const lastEventId = resumeCursorOf(extensions);
    return new SocketSink({
      socket,
      stream,
      id,
      requestId,
      presentErrors,
      start: async (sink, signal) => {
        const asking = { text, document, operationName, variables, caller, requestId, signal, steps };
        const started = await startAdmitted({ ...asking, lastEventId, record }, sink);
        if (started.kind === 'refused') record.errors = started.errors;
        if (!record.isSubscribed) observer.ended(record);
        return started;
      },
    });
  };

  const startAdmitted = async (request: SubscriptionRequest, sink: Sink): Promise<StartedSubscription> => {
    try {
      await admit(request);
    } catch (error) {
      return { kind: 'refused', errors: presentErrors([error], request.requestId) };
    }
    return subscriptions.start(request, sink);
  };

  return makeServer<Readonly<Record<string, unknown>>, SocketConnection>({
    // Off: graphql-ws would keep a timer for each socket until that closes. See `createInitTimeouts`.
    connectionInitWaitTimeout: 0,
    onConnect: async (connection) => {
      options.onInit(connection.extra);
      try {
        const caller = await options.authenticate({
          authorization: authorizationOf(connection),
          waitingBytes: 0,
          from: { client: { address: connection.extra.address } },
        });
        await caller.confirm();
        const { extra } = connection;
        // `onClose` has run already when the socket closed meanwhile: the caller would be watched for ever.
        if (extra.socket.readyState === extra.socket.CLOSED) return false;
        const leave = options.connections.take(caller.boundId);
        // Until now the socket took an anonymous slot.
        extra.leave();
        extra.leave = leave;
        extra.caller = caller;
        extra.address = null;
        extra.stopWatching = options.watchCaller(caller, (why) => {
          // After this turn, in which each subscription sends the error to its client.
          void Promise.resolve().then(() => {
            // Clients of graphql-ws reconnect after 4403, with fresh credentials, and treat 4401 as fatal.
            extra.socket.close(CloseCode.Forbidden, why.message);
          });
        });
        return true;
      } catch (error) {
        if (error instanceof GatewayError && ERROR_CODES[error.code].retryable)
          connection.extra.socket.close(TRY_AGAIN_LATER, error.message);
        return false;
      }
    },
    onSubscribe: async (connection, id, payload) => {
      const { variables, extensions } = payload;
      // Some clients send an empty one for none.
      const operationName = payload.operationName === '' ? null : (payload.operationName ?? null);
      const requestId = flat(options.newId());
      const record = observer.begin({ requestId, method: null, headers: NO_HEADERS, transport: 'websocket' });
      try {
        const { caller } = connection.extra;
        if (!caller) throw new GatewayError('UNAUTHENTICATED', 'Expected a `connection_init` first');
        record.caller = caller;
        if (id.length > MAX_ID_LENGTH) throw idIsTooLong(connection.extra);
        const end = caller.endAt(options.clock.now());
        if (end) throw end;
        if (Object.keys(connection.subscriptions).length > options.maxOperations())
          throw tooManyOperations(options);
        await caller.confirm();
        const text = graphql.textOf(payload) ?? '';
        const key = documentKey(text, operationName);
        if (!graphql.isCached(key)) {
          await options.acquireTurn(caller.boundId, text.length);
          // The client may have left meanwhile.
          const { socket } = connection.extra;
          if (socket.readyState === socket.CLOSED) throw clientGone();
        }
        const params = {
          query: text,
          operationName,
          variables: variables ?? {},
          extensions: extensions ?? {},
        };
        const steps = stepsOf({ params, caller, requestId }, connection.extra);
        const read = steps.read(text, operationName, key);
        record.read = read;
        checkSocketVariables(params.variables);
        const { document } = read;
        const asked = {
          read,
          variables: params.variables,
          extensions: params.extensions,
          caller,
          requestId,
          record,
          steps,
        };
        const contextValue =
          read.operation === OperationTypeNode.SUBSCRIPTION
            ? sinkOf(connection.extra, { ...asked, id })
            : { connection: connection.extra, operation: operationOf(asked), steps };
        return { schema, document, operationName: read.operationName, contextValue } satisfies OperationArgs;
      } catch (error) {
        const errors = presentErrors([error], requestId);
        record.errors = errors;
        observer.ended(record);
        return errors;
      }
    },
    execute: async (args) => {
      const { connection, operation, steps } = (args as OperationArgs).contextValue as RunningOperation;
      const client = new AbortController();
      connection.running.add(client);
      try {
        return (await steps.answer({ ...operation, signal: client.signal })).result;
      } finally {
        connection.running.delete(client);
        observer.ended(operation.record);
      }
    },
    subscribe: (args) => (args as OperationArgs).contextValue as SocketSink,
    // Without errors the result is sent as it is.
    onNext: (...[, , , , { errors, ...result }]) =>
      errors ? ({ ...result, errors: toAnswer(errors) } as FormattedExecutionResult) : undefined,
    onError: (_connection, _id, _payload, errors) => toAnswer(errors),
    onClose: ({ extra }) => {
      extra.stopWatching();
      extra.leave();
      for (const client of extra.running) client.abort(clientGone());
    },
  });
}

/** An operation that has been read. */
interface Asked extends Pick<Operation, 'read' | 'variables' | 'extensions' | 'requestId'> {
  readonly caller: Caller;
  readonly record: OperationRecord;
  readonly steps: OperationSteps;
}

function operationOf({ steps: _, ...asked }: Asked): RunningOperation['operation'] {
  return { ...asked, hash: operationHashOf(asked.read, asked.variables), isFreshOnly: false };
}

/** A message of a socket has none. */
const NO_HEADERS = {};

/** The close code "Try Again Later", after which clients of graphql-ws reconnect. */
const TRY_AGAIN_LATER = 1013;

/** The longest id of an operation, in characters: it is held with the operation, and sent with each of its events. */
const MAX_ID_LENGTH = 128;

/** Closes the socket: the protocol's error message would have to repeat the id. */
function idIsTooLong({ socket }: SocketConnection): GatewayError {
  const message = `Expected an id of at most ${String(MAX_ID_LENGTH)} characters`;
  socket.close(CloseCode.BadRequest, message);
  return new GatewayError('BAD_USER_INPUT', message);
}

/** `retryAfterMs` of a refusal: by then an operation has probably ended. */
const RETRY_AFTER_MS = 1_000;

function tooManyOperations({ maxOperations }: SocketProtocolOptions): GatewayError {
  return new GatewayError(
    'RATE_LIMITED',
    `Expected at most ${String(maxOperations())} operations at once on one socket (SOCKET_MAX_OPERATIONS), got one more: complete one first, or open another socket`,
    { retryAfterMs: RETRY_AFTER_MS },
  );
}

/** The same text as a flat string: a UUID is a rope of twenty pieces, which takes ten times the memory while it is held. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}

/** The token of `connection_init`, or the header of the request that opened the socket. */
function authorizationOf({ connectionParams, extra }: Connection): string | null {
  const given = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
  return typeof given === 'string' ? given : extra.authorization;
}
