/** `startListening`: has the servers listen where the configuration says, and answers how they are reached. */
import type { Config } from '../config.ts';
import { ConfigError } from '../config/config-error.ts';
import type { HttpServer } from '../server/http/http.ts';
import { removeStaleSocket, SocketPathTaken } from '../server/http/unix-socket.ts';
import type { Servers } from './servers.ts';

export interface Listening {
  /** Such as `https://127.0.0.1:4000`, or `unix:` and the path of a socket. */
  readonly url: string;
  /** Where metrics are answered on their own port; null when they have none. */
  readonly metricsUrl: string | null;
}

/** Rejects with a `ConfigError` when it cannot be listened there. */
export async function startListening(
  { server, metricsServer }: Pick<Servers, 'server' | 'metricsServer'>,
  { config, isWorker }: { readonly config: Config; readonly isWorker: boolean },
): Promise<Listening> {
  const { unixSocket } = config;
  const metricsUrl = await listenForMetrics(metricsServer, config);
  if (!unixSocket) {
    const settings = { host: 'HOST', port: 'PORT' };
    return { metricsUrl, url: await listenAt(server, { ...config, scheme: schemeOf(config), settings }) };
  }
  // Workers listen on one socket together.
  if (!isWorker) await freeSocketPath(config);
  return { metricsUrl, url: await listenOnSocket(server, unixSocket) };
}

/** Null where metrics have no port of their own. Rejects with a `ConfigError` when it cannot be listened there. */
export async function listenForMetrics(server: HttpServer | null, config: Config): Promise<string | null> {
  const at = config.metrics?.listen;
  if (!server || !at) return null;
  const settings = { host: 'METRICS_HOST', port: 'METRICS_PORT' };
  return listenAt(server, { ...at, scheme: schemeOf(config), settings });
}

/** Removes a socket that an earlier process has left. Rejects with a `ConfigError` when its path is somebody else's. */
export async function freeSocketPath({ unixSocket }: Config): Promise<void> {
  if (!unixSocket) return;
  const { path } = unixSocket;
  await removeStaleSocket(path).catch((error: unknown) => {
    throw refused(socketProblemOf(error, path), error);
  });
}

function schemeOf({ tls }: Config): string {
  return tls ? 'https' : 'http';
}

interface Address {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** The settings that they are. */
  readonly settings: { readonly host: string; readonly port: string };
}

async function listenAt(server: HttpServer, at: Address): Promise<string> {
  try {
    const { address, port } = await server.listen(at.host, at.port);
    return `${at.scheme}://${reachableHost(address) ?? inUrl(at.host)}:${String(port)}`;
  } catch (error) {
    throw refused(problemOf(error, at), error);
  }
}

async function listenOnSocket(
  server: HttpServer,
  socket: NonNullable<Config['unixSocket']>,
): Promise<string> {
  try {
    await server.listenOnSocket(socket);
    return `unix:${socket.path}`;
  } catch (error) {
    throw refused(socketProblemOf(error, socket.path), error);
  }
}

/** All addresses of a machine are none that can be asked, but its own loopback address is among them. */
function reachableHost(address: string): string | null {
  if (address === '::') return '[::1]';
  return address === '0.0.0.0' ? '127.0.0.1' : null;
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function problemOf(error: unknown, { host, port, settings }: Address): string | null {
  const hostIs = `${settings.host} is ${JSON.stringify(host)}`;
  const portIs = `${settings.port} is ${String(port)}`;
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `${portIs}, which another program listens on: expected a free port (0 takes any)`;
    case 'EACCES':
      return `${portIs}, which this user may not listen on: expected a port from 1024 on`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${hostIs}, a name without an address: expected one of this machine`;
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      return `${hostIs}, which is no address of this machine: expected one that is`;
    default:
      return null;
  }
}

function socketProblemOf(error: unknown, path: string): string | null {
  const pathIs = `UNIX_SOCKET_PATH is ${JSON.stringify(path)}`;
  if (error instanceof SocketPathTaken) {
    return error.by === 'another program'
      ? `${pathIs}, which another program listens on: expected a path of its own`
      : `${pathIs}, where there is a file that is no socket: expected a path that is free`;
  }
  const code = codeOf(error);
  return code === null
    ? null
    : `${pathIs}, where no socket can be made (${code}): expected an existing folder that this user may write`;
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}

function refused(problem: string | null, error: unknown): unknown {
  return problem === null ? error : new ConfigError([problem]);
}
