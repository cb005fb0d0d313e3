/** `createInitTimeouts`: closes sockets that send no `connection_init` in time. */
import { CloseCode } from 'graphql-ws';
import type { Clock } from '../../clock.ts';
import type { SocketConnection } from './socket-connection.ts';

export interface InitTimeouts {
  /** Starts the timeout of a socket: at its end the socket is closed with 4408, as the protocol says, and terminated. */
  readonly expect: (connection: SocketConnection) => void;
  /** The socket has sent `connection_init`, or is closed. */
  readonly cancel: (connection: SocketConnection) => void;
}

/** One timer for all pending sockets: graphql-ws would keep one for each socket until that closes. */
export function createInitTimeouts(options: {
  readonly clock: Clock;
  /** Time that a client has for `connection_init`, in milliseconds. */
  readonly timeoutMs: number;
}): InitTimeouts {
  const { clock, timeoutMs } = options;
  /** In the order of their opening, which is that of their timeouts. */
  const pending = new Set<SocketConnection>();
  let cancel: (() => void) | undefined;

  const closeOverdue = () => {
    cancel = undefined;
    for (const connection of pending) {
      const dueInMs = connection.openedAtMs + timeoutMs - clock.now();
      if (dueInMs > 0) {
        cancel = clock.after(dueInMs, closeOverdue);
        return;
      }
      pending.delete(connection);
      connection.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
      // The close frame has been written; the client's answer is not waited for.
      connection.socket.terminate();
    }
  };

  return {
    expect: (connection) => {
      pending.add(connection);
      cancel ??= clock.after(timeoutMs, closeOverdue);
    },
    cancel: (connection) => {
      pending.delete(connection);
      if (pending.size > 0) return;
      cancel?.();
      cancel = undefined;
    },
  };
}
