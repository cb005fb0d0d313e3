/** A graphql-transport-ws client that does nothing by itself: it sends what a test says and records what comes. */
import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import { deferred } from './deferred.ts';

export interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

export interface TestSocket extends Disposable {
  readonly socket: WebSocket;
  readonly messages: readonly SocketMessage[];
  /** The payloads of the `next` messages of an operation. */
  payloads(id: string): readonly unknown[];
  /** Resolves when so many messages have come. */
  received(messages: number): Promise<void>;
  say(message: unknown): void;
  /** Sends connection_init. Resolves when it is acknowledged. */
  init(payload?: Readonly<Record<string, unknown>>): Promise<void>;
  subscribe(id: string, query: string, variables?: Readonly<Record<string, unknown>>): void;
  /** Resolves with the code with which the socket was closed. */
  readonly closed: Promise<number>;
}

/** Resolves when the socket is open. `url` is the gateway's. Disposing of it cuts the connection. */
export async function openSocket(
  url: string,
  {
    protocols = ['graphql-transport-ws'],
    ...options
  }: ClientOptions & { readonly protocols?: string[] } = {},
): Promise<TestSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocols, options);
  const messages: SocketMessage[] = [];
  const acknowledged = deferred<undefined>();
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString('utf8')) as SocketMessage;
    messages.push(message);
    if (message.type === 'connection_ack') acknowledged.resolve(undefined);
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const say = (message: unknown) => {
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  };
  await once(socket, 'open');
  return {
    socket,
    messages,
    payloads: (id) =>
      messages
        .filter((message) => message.type === 'next' && message.id === id)
        .map(({ payload }) => payload),
    received: async (count) => {
      while (messages.length < count) await once(socket, 'message');
    },
    say,
    init: async (payload) => {
      say({ type: 'connection_init', ...(payload ? { payload } : {}) });
      await Promise.race([
        acknowledged.promise,
        closed.then((code) => Promise.reject(new Error(`Closed with ${String(code)}`))),
      ]);
    },
    subscribe: (id, query, variables = {}) => {
      say({ type: 'subscribe', id, payload: { query, variables } });
    },
    closed,
    [Symbol.dispose]: () => {
      socket.terminate();
    },
  };
}
