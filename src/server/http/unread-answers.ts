/** `endUnread`: ends connections whose clients have stopped reading their answers. */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../clock.ts';

/** Destroys the connection when nothing of the answer was taken for so long. An answer that the system has taken whole needs no watch. */
export function endUnread(
  response: ServerResponse,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): void {
  // Without a socket it waits for an answer before it on the same connection.
  if (response.destroyed || response.socket?.writableLength === 0) return;
  let takenBefore = takenOf(response);
  const look = () => {
    const { socket } = response;
    const taken = takenOf(response);
    // Who waits is waited for with the one before it.
    if (socket && taken === takenBefore) {
      socket.destroy();
      return;
    }
    takenBefore = taken;
    cancel = clock.after(timeoutMs, look);
  };
  let cancel = clock.after(timeoutMs, look);
  response.once('close', () => {
    cancel();
  });
}

/** What the system has taken of all that was written to the connection, in bytes. */
function takenOf({ socket }: ServerResponse): number {
  return socket ? socket.bytesWritten - socket.writableLength : -1;
}
