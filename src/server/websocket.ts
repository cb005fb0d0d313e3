/** graphql-transport-ws on the GraphQL path: the protocol by graphql-ws, the events straight to the socket. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs, ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import { CloseCode, type Context as ConnectionContext, handleProtocols, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../clock.ts';
import { GRAPHQL_PATH, type Graphql } from './graphql.ts';
import { type PresentErrors, toAnswer } from './present-error.ts';
import { SocketSink } from './socket-sink.ts';
import type { SubscriptionRequest, Subscriptions } from './subscriptions.ts';

export interface WebSocketOptions {
  readonly schema: GraphQLSchema;
  readonly graphql: Graphql;
  readonly subscriptions: Subscriptions;
  readonly presentErrors: PresentErrors;
  /** Throws when these credentials are none. */
  readonly authenticate: (authorization: string | null) => unknown;
  readonly clock: Clock;
  /** Largest message that is read, in bytes; at one more the socket is closed. */
  readonly messageMaxBytes: number;
  /** Time between two pings, in milliseconds; who has not answered one by the next is gone. */
  readonly pingMs: number;
  /** How long a client may take to introduce itself, in milliseconds. */
  readonly initTimeoutMs: number;
  readonly newId: () => string;
}

export interface WebSocketEndpoint extends AsyncDisposable {
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

type Connection = ConnectionContext<
  Readonly<Record<string, unknown>>,
  { readonly socket: WebSocket; readonly request: IncomingMessage }
>;

/** What the hooks of one operation share. */
interface OperationArgs extends ExecutionArgs {
  readonly contextValue: {
    readonly id: string;
    readonly socket: WebSocket;
    readonly request: Omit<SubscriptionRequest, 'signal'>;
  };
}

export function createWebSocketEndpoint(options: WebSocketOptions): WebSocketEndpoint {
  const { clock, messageMaxBytes, pingMs } = options;
  const protocol = createProtocol(options);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageMaxBytes,
    perMessageDeflate: false,
    handleProtocols,
  });
  const silent = new WeakSet<WebSocket>();
  const stopped = new AbortController();

  /** One timer for all: whoever has not answered the last ping is gone. */
  const ping = async () => {
    for (;;) {
      await clock.sleep(pingMs, stopped.signal);
      for (const socket of sockets.clients) {
        if (silent.has(socket)) {
          socket.terminate();
          continue;
        }
        silent.add(socket);
        socket.ping();
      }
    }
  };
  // It ends with the endpoint.
  ping().catch(() => undefined);

  sockets.on('connection', (socket, request) => {
    socket.on('pong', () => silent.delete(socket));
    // A broken frame: ws closes the socket with the code that says how.
    socket.on('error', () => undefined);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) =>
          new Promise((resolve) => {
            // A message for a socket that is closing is for nobody.
            socket.send(text, () => {
              resolve();
            });
          }),
        close: (code, reason) => {
          socket.close(code, reason);
        },
        onMessage: (receive) => {
          socket.on('message', (message: Buffer) => {
            receive(message.toString('utf8')).catch(() => {
              socket.close(CloseCode.BadRequest, 'Unexpected message received');
            });
          });
        },
      },
      { socket, request },
    );
    socket.once('close', (code, reason) => {
      void closed(code, reason.toString('utf8'));
    });
  });

  return {
    upgrade: (request, socket, head) => {
      if ((request.url ?? '').split('?')[0] !== GRAPHQL_PATH) {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (accepted) => {
        sockets.emit('connection', accepted, request);
      });
    },
    async [Symbol.asyncDispose]() {
      stopped.abort();
      for (const socket of sockets.clients) socket.close(GOING_AWAY, 'Going away');
      await new Promise<void>((resolve) => {
        sockets.close(() => {
          resolve();
        });
      });
    },
  };
}

/** The close code of a server that shuts down: clients come back, to another one. */
const GOING_AWAY = 1001;

function createProtocol({
  schema,
  graphql,
  subscriptions,
  presentErrors,
  authenticate,
  initTimeoutMs,
  newId,
}: WebSocketOptions) {
  return makeServer<Readonly<Record<string, unknown>>, Connection['extra']>({
    connectionInitWaitTimeout: initTimeoutMs,
    onConnect: (connection) => {
      try {
        authenticate(authorizationOf(connection));
        return true;
      } catch {
        return false;
      }
    },
    onSubscribe: (connection, id, { query, variables, operationName }) => {
      const requestId = newId();
      try {
        const { document } = graphql.read(query, operationName ?? null);
        const request = {
          document,
          text: query,
          variables: variables ?? {},
          operationName: operationName ?? null,
          authorization: authorizationOf(connection),
          lastEventId: undefined,
          requestId,
        };
        const contextValue = { id, socket: connection.extra.socket, request };
        return {
          schema,
          document,
          operationName: request.operationName,
          contextValue,
        } satisfies OperationArgs;
      } catch (error) {
        return presentErrors([error], requestId);
      }
    },
    execute: async (args) => {
      const { request, socket } = (args as OperationArgs).contextValue;
      const gone = new AbortController();
      socket.once('close', () => {
        gone.abort();
      });
      return graphql.execute({ ...request, query: request.text, signal: gone.signal });
    },
    subscribe: async (args) => {
      const { request, socket, id } = (args as OperationArgs).contextValue;
      const gone = new AbortController();
      const sink = new SocketSink({
        socket,
        id,
        presentErrors: (errors) => presentErrors(errors, request.requestId),
      });
      socket.once('close', () => {
        gone.abort();
      });
      const started = await subscriptions.start({ ...request, signal: gone.signal }, sink);
      if (started.kind === 'refused') return { errors: started.errors };
      return sink.operation(started.subscriber);
    },
    onNext: (_connection, _id, _payload, _args, result) => answerOf(result as ExecutionResult),
    onError: (_connection, _id, _payload, errors) => toAnswer(errors),
  });
}

/** The token of `connection_init`, or the header of the request that opened the socket. */
function authorizationOf({ connectionParams, extra }: Connection): string | null {
  const given = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
  return typeof given === 'string' ? given : (extra.request.headers.authorization ?? null);
}

function answerOf({ errors, ...result }: ExecutionResult) {
  return errors ? { ...result, errors: toAnswer(errors as readonly GraphQLError[]) } : result;
}
