/** graphql-transport-ws as graphql-ws speaks it: who is let in, how documents are read, and what executes them. */
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
import type { OperationStart, OperationSteps } from '../graphql/operation-steps.ts';
import { type PresentErrors, toAnswer } from '../graphql/present-error.ts';
import type { SocketConnection } from './socket-connection.ts';
import { SocketSink } from './socket-sink.ts';
import { checkSocketVariables } from './socket-variables.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { AcquireTurn } from '../graphql/request-queue.ts';

export interface SocketProtocolOptions {
  readonly schema: GraphQLSchema;
  readonly graphql: Graphql;
  readonly subscriptions: Subscriptions;
  readonly presentErrors: PresentErrors;
  readonly authenticate: Authenticate;
  readonly watchCaller: WatchCaller;
  readonly clock: Clock;
  /** Told when a client introduces itself, before it is let in. Whoever does not is closed by others. */
  readonly onIntroduced: (connection: SocketConnection) => void;
  readonly newId: () => string;
  /** Rejects when its caller may not follow this. */
  readonly admit: Admissions['admitSubscription'];
  /** Streams and sockets that are open. */
  readonly connections: CallerSlots;
  /** Operations under way at once on one socket. */
  readonly maxOperations: number;
  /** Asked before a document is read that is not remembered. */
  readonly acquireTurn: AcquireTurn;
}

export type SocketProtocol = Server<SocketConnection>;

type Connection = ConnectionContext<Readonly<Record<string, unknown>>, SocketConnection>;

/** A query or mutation that is about to be executed. */
interface RunningOperation {
  readonly connection: SocketConnection;
  readonly operation: Omit<Operation, 'signal'>;
  /** What answers it. */
  readonly steps: OperationSteps;
}

/** What the hooks of one operation share: graphql-ws keeps it for as long as the operation lasts. */
interface OperationArgs extends ExecutionArgs {
  readonly contextValue: RunningOperation | SocketSink;
}

export function createSocketProtocol(options: SocketProtocolOptions): SocketProtocol {
  const { schema, graphql, subscriptions, presentErrors, admit } = options;

  const stepsOf = (
    start: Omit<OperationStart, 'transport'>,
    { transport }: SocketConnection,
  ): OperationSteps => (graphql.begin && transport ? graphql.begin({ ...start, transport }) : graphql);

  const sinkOf = ({ socket, stream }: SocketConnection, asked: Asked & { readonly id: string }) => {
    const { id, read, variables, caller, requestId, steps } = asked;
    const { text, document, operationName } = read;
    return new SocketSink({
      socket,
      stream,
      id,
      requestId,
      presentErrors,
      start: async (sink, signal) => {
        const request = { text, document, operationName, variables, caller, requestId, signal, steps };
        try {
          await admit(request);
        } catch (error) {
          return { kind: 'refused', errors: presentErrors([error], requestId) };
        }
        return subscriptions.start({ ...request, lastEventId: undefined }, sink);
      },
    });
  };

  return makeServer<Readonly<Record<string, unknown>>, SocketConnection>({
    // A timer of its own for each socket would stay with it for ever.
    connectionInitWaitTimeout: 0,
    onConnect: async (connection) => {
      options.onIntroduced(connection.extra);
      try {
        const caller = await options.authenticate({
          authorization: authorizationOf(connection),
          waitingBytes: 0,
        });
        await caller.confirm();
        const { extra } = connection;
        // Who is gone by now would be watched for ever.
        if (extra.socket.readyState === extra.socket.CLOSED) return false;
        const leave = options.connections.take(caller.boundId);
        // Until now it was one of nobody's.
        extra.leave();
        extra.leave = leave;
        extra.caller = caller;
        extra.stopWatching = options.watchCaller(caller, (why) => {
          // Its subscriptions are told in the same turn, and say it in the words of the graph.
          void Promise.resolve().then(() => {
            // The code after which clients come back with fresh credentials: those of graphql-ws take 4401 for the end.
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
      try {
        const { caller } = connection.extra;
        if (!caller) throw new GatewayError('UNAUTHENTICATED', 'Expected a `connection_init` first');
        if (id.length > MAX_ID_LENGTH) throw idIsTooLong(connection.extra);
        const end = caller.endAt(options.clock.now());
        if (end) throw end;
        if (Object.keys(connection.subscriptions).length > options.maxOperations)
          throw tooManyOperations(options);
        await caller.confirm();
        const text = graphql.textOf(payload) ?? '';
        const key = documentKey(text, operationName);
        if (!graphql.isCached(key)) {
          await options.acquireTurn(caller.boundId, text.length);
          // Who has left meanwhile is not worth the work.
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
        checkSocketVariables(params.variables);
        const { document } = read;
        const asked = {
          read,
          variables: params.variables,
          extensions: params.extensions,
          caller,
          requestId,
          steps,
        };
        const contextValue =
          read.operation === OperationTypeNode.SUBSCRIPTION
            ? sinkOf(connection.extra, { ...asked, id })
            : { connection: connection.extra, operation: operationOf(asked), steps };
        return { schema, document, operationName: read.operationName, contextValue } satisfies OperationArgs;
      } catch (error) {
        return presentErrors([error], requestId);
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
      }
    },
    subscribe: (args) => (args as OperationArgs).contextValue as SocketSink,
    // Without errors the protocol's own form will do.
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

/** An operation as it was asked for. */
interface Asked extends Pick<Operation, 'read' | 'variables' | 'extensions' | 'requestId'> {
  readonly caller: Caller;
  readonly steps: OperationSteps;
}

function operationOf({ steps: _, ...asked }: Asked): Omit<Operation, 'signal'> {
  return { ...asked, hash: operationHashOf(asked.read, asked.variables), isFreshOnly: false };
}

/** The close code that tells a client to come back later, which those of graphql-ws do. */
const TRY_AGAIN_LATER = 1013;

/** Characters of a client's name for an operation, which is held with it, and written with each of its events. */
const MAX_ID_LENGTH = 128;

/** The name is not repeated to who has sent it: the socket closes. */
function idIsTooLong({ socket }: SocketConnection): GatewayError {
  const message = `Expected an id of at most ${String(MAX_ID_LENGTH)} characters`;
  socket.close(CloseCode.BadRequest, message);
  return new GatewayError('BAD_USER_INPUT', message);
}

/** What a refused client is told to wait: by then an operation may well have ended. */
const RETRY_AFTER_MS = 1_000;

function tooManyOperations({ maxOperations }: SocketProtocolOptions): GatewayError {
  return new GatewayError(
    'RATE_LIMITED',
    `Expected at most ${String(maxOperations)} operations at once on one socket (SOCKET_MAX_OPERATIONS), got one more: complete one first, or open another socket`,
    { retryAfterMs: RETRY_AFTER_MS },
  );
}

/** The same text in one piece: a UUID is made of twenty, which take ten times the memory for as long as it is kept. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}

/** The token of `connection_init`, or the header of the request that opened the socket. */
function authorizationOf({ connectionParams, extra }: Connection): string | null {
  const given = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
  return typeof given === 'string' ? given : extra.authorization;
}
