/** `removeStaleSocket`: frees the path of a Unix socket that an earlier process has left behind, and nothing else. */
import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';

/** A Unix socket to listen on. */
export interface UnixSocket {
  readonly path: string;
  /** Of its file: whoever may write it may connect. */
  readonly mode: number;
}

/** What stands at the path of a socket is somebody else's. */
export class SocketPathTaken extends Error {
  readonly by: 'another program' | 'another file';

  constructor(by: SocketPathTaken['by']) {
    super(`The path of the socket is taken by ${by}`);
    this.name = 'SocketPathTaken';
    this.by = by;
  }
}

/** A process that was killed leaves its socket, on which nobody could listen any more. Rejects with a `SocketPathTaken`. */
export async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(absent);
  if (!found) return;
  if (!found.isSocket()) throw new SocketPathTaken('another file');
  if (await isListenedOn(path)) throw new SocketPathTaken('another program');
  // Another process that starts at this moment may have done the same.
  await unlink(path).catch(absent);
}

/** A connection is refused by a socket that nobody listens on; any other failure does not say so. */
function isListenedOn(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(path);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
    });
  });
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
