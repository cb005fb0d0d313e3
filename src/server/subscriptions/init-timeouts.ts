/** `createInitTimeouts`: closes the sockets of clients who do not introduce themselves in time. */
import { CloseCode } from 'graphql-ws';
import type { Clock } from '../../clock.ts';
import type { SocketConnection } from './socket-connection.ts';

export interface InitTimeouts {
  /** Closes this one, with 4408 as the protocol says, when the time is up. It is gone then, whatever its client does. */
  readonly expect: (connection: SocketConnection) => void;
  /** It has introduced itself, or is gone. */
  readonly forget: (connection: SocketConnection) => void;
}

/** One timer for all, as long as there is anybody to wait for: one of each socket's own would stay with it for ever. */
export function createInitTimeouts(options: {
  readonly clock: Clock;
  /** How long a client may take, in milliseconds. */
  readonly timeoutMs: number;
}): InitTimeouts {
  const { clock, timeoutMs } = options;
  /** In the order in which they came. */
  const pending = new Set<SocketConnection>();
  let cancel: (() => void) | undefined;

  const look = () => {
    cancel = undefined;
    for (const connection of pending) {
      const dueInMs = connection.openedAtMs + timeoutMs - clock.now();
      if (dueInMs > 0) {
        cancel = clock.after(dueInMs, look);
        return;
      }
      pending.delete(connection);
      connection.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
      // The frame has been handed to the system: whether the client answers it is its own affair.
      connection.socket.terminate();
    }
  };

  return {
    expect: (connection) => {
      pending.add(connection);
      cancel ??= clock.after(timeoutMs, look);
    },
    forget: (connection) => {
      pending.delete(connection);
      if (pending.size > 0) return;
      cancel?.();
      cancel = undefined;
    },
  };
}
