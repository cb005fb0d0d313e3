/** `createTlsServer`: an HTTP server whose connections are encrypted, with the pair of certificate and key in force at the moment. */
import type { RequestListener, Server, ServerOptions } from 'node:http';
import { createServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { IncomingRequest } from './incoming-request.ts';
import type { Tls, TlsPair } from './tls.ts';

export interface TlsServer {
  readonly server: Server;
  /** Ends those that are not encrypted yet, too: the server knows only of the others. */
  readonly closeAllConnections: () => void;
}

export function createTlsServer(
  settings: ServerOptions<typeof IncomingRequest>,
  { tls, handshakeTimeoutMs }: { readonly tls: Tls; readonly handshakeTimeoutMs: number },
  onRequest: RequestListener,
): TlsServer {
  const server = createServer(
    { ...settings, ...contextOf(tls.current), handshakeTimeout: handshakeTimeoutMs },
    onRequest,
  );
  tls.onChange(() => {
    server.setSecureContext(contextOf(tls.current));
  });
  const connections = new Set<Duplex>();
  server.on('connection', (connection) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  return {
    server,
    closeAllConnections: () => {
      for (const connection of connections) connection.destroy();
    },
  };
}

function contextOf({ cert, key }: TlsPair) {
  // Whatever the options of Node.js or of OpenSSL on this machine say.
  return { cert, key, minVersion: 'TLSv1.2' } as const;
}
