/** `createReconnectingConnection`: opens a connection, and another one whenever it is lost, until it is disposed. */
import { type Clock, reasonOf } from '../clock.ts';
import type { Connection } from './connection.ts';

export interface ReconnectingConnection extends Disposable {
  /** Null while there is none. */
  readonly current: Connection | null;
  /** Resolves when the first attempt to connect has succeeded; rejects with why it has not. Attempts go on either way. */
  readonly firstAttempt: Promise<void>;
}

export interface ReconnectingConnectionOptions {
  /** Opens a connection and makes it ready for use; `onClose` is called when it ends after that. */
  readonly open: (onClose: (reason: string) => void) => Promise<Connection>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onReady: () => void;
  /** The connection was lost. */
  readonly onLost: (reason: string) => void;
  /** An attempt to connect has failed. Another one follows. */
  readonly onFailed: (error: unknown) => void;
}

/** The longest wait before the next attempt to connect doubles from the one to the other, in milliseconds. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;

export function createReconnectingConnection(options: ReconnectingConnectionOptions): ReconnectingConnection {
  const { open, clock, random, onReady, onLost, onFailed } = options;
  const stopped = new AbortController();
  const { signal } = stopped;
  const isStopped = () => signal.aborted;
  let current: Connection | null = null;

  /** One connection, up to its end. */
  const connect = async (onOpen: () => void): Promise<void> => {
    let close: (reason: string) => void = () => undefined;
    const closed = new Promise<string>((resolve) => {
      close = resolve;
    });
    const connection = await open(close);
    if (isStopped()) {
      connection.close('it is not needed any more');
      return;
    }
    current = connection;
    onOpen();
    onReady();
    const reason = await closed;
    current = null;
    if (!isStopped()) onLost(reason);
  };

  const run = async (onFirst: (error: Error | null) => void): Promise<void> => {
    for (let failures = 0; !isStopped(); failures++) {
      try {
        await connect(() => {
          failures = 0;
          onFirst(null);
        });
      } catch (error) {
        onFirst(error instanceof Error ? error : new Error('Redis is away', { cause: error }));
        if (!isStopped()) onFailed(error);
      }
      // Many replicas lose their connection at the same time: they do not come back at the same time.
      const longestMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
      await clock.sleep(longestMs * (0.5 + random() / 2), signal).catch(() => undefined);
    }
    onFirst(reasonOf(signal));
  };

  const firstAttempt = new Promise<void>((resolve, reject) => {
    void run((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  // Whoever does not ask for it is told by `onFailed`.
  firstAttempt.catch(() => undefined);

  return {
    get current() {
      return current;
    },
    firstAttempt,
    [Symbol.dispose]: () => {
      stopped.abort(new Error('The connection to Redis is not needed any more'));
      current?.close('it is not needed any more');
      current = null;
    },
  };
}
