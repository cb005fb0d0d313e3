/** A TCP port that speaks HTTP/1.1 and HTTP/2 with prior knowledge, told apart by the first bytes of a connection. */
import { createServer as createHttp1Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import { type Exchange, http1Exchange, http2Exchange } from './exchange.ts';

export interface Port extends AsyncDisposable {
  readonly port: number;
}

/** HTTP/2 connections begin with `PRI * HTTP/2.0`; no HTTP/1.1 method begins with these letters. */
const PREFACE = Buffer.from('PRI');
/** Longer than clients keep idle connections, so that none is closed under a request. */
const KEEP_ALIVE_MS = 120_000;

/** Port 0 takes any free one. Rejects with the error of `listen`, `EADDRINUSE` for a busy port. */
export async function openPort(
  host: string,
  port: number,
  onExchange: (exchange: Exchange) => void,
): Promise<Port> {
  const http1 = createHttp1Server({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    onExchange(http1Exchange(request, response));
  });
  http1.on('clientError', (_error, socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });
  const http2 = createHttp2Server();
  http2.on('stream', (stream, headers) => {
    onExchange(http2Exchange(stream, headers));
  });
  // Sessions fail when clients disconnect; their streams have reported it already.
  http2.on('sessionError', () => undefined);

  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    peek(socket, (isHttp2) => {
      (isHttp2 ? http2 : http1).emit('connection', socket);
    });
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The port has no number');
  return {
    port: address.port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        // Also ends long polls and stalled bodies: their exchanges abort with the socket.
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Reads just enough to tell the protocols apart, and puts it back. */
function peek(socket: Socket, onKnown: (isHttp2: boolean) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const onReadable = () => {
    const chunk: unknown = socket.read();
    // Also called at the end of a connection that never said anything.
    if (!Buffer.isBuffer(chunk)) return;
    seen = Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, PREFACE.length);
    const mayBeHttp2 = seen.subarray(0, length).equals(PREFACE.subarray(0, length));
    if (mayBeHttp2 && length < PREFACE.length) return;
    socket.off('readable', onReadable);
    socket.unshift(seen);
    onKnown(mayBeHttp2);
  };
  socket.on('readable', onReadable);
}
