/** Where the gateway listens, and what has to be set together for it. */
import { isLoopback } from '../process/loopback.ts';
import type { TlsPaths } from '../server/http/tls.ts';
import type { UnixSocket } from '../server/http/unix-socket.ts';
import type { SettingName, SettingValues } from '../settings/settings.ts';
import type { ReadRequired } from './read-required.ts';

export interface ListenConfig {
  readonly host: string;
  readonly port: number;
  /** Listened on instead of `host` and `port`; null when there is none. */
  readonly unixSocket: UnixSocket | null;
  /** Null when connections are not encrypted. */
  readonly tls: TlsPaths | null;
  /** Path under which a proxy shows the gateway; empty when it is shown as it is. */
  readonly basePath: string;
  /** Names, addresses and ranges of proxies whose headers count. */
  readonly trustProxy: readonly string[];
  /** How long a connection stays open between two requests, in milliseconds. */
  readonly keepAliveTimeoutMs: number;
}

export function listenConfig(given: {
  readonly read: <Name extends SettingName>(name: Name) => SettingValues[Name];
  readonly required: ReadRequired;
  /** Takes what is wrong, a line each. */
  readonly problems: string[];
}): ListenConfig {
  const { read, required } = given;
  const path = read('UNIX_SOCKET_PATH');
  return {
    host: required('HOST'),
    port: required('PORT'),
    unixSocket: path === undefined ? null : { path, mode: required('UNIX_SOCKET_MODE') },
    tls: tlsPaths(given),
    basePath: read('BASE_PATH') ?? '',
    trustProxy: required('TRUST_PROXY'),
    keepAliveTimeoutMs: required('KEEP_ALIVE_TIMEOUT_MS'),
  };
}

/** Whether nobody but this machine reaches it. */
export function isLocal({ host, unixSocket }: Pick<ListenConfig, 'host' | 'unixSocket'>): boolean {
  return unixSocket !== null || isLoopback(host);
}

function tlsPaths({ read, problems }: Parameters<typeof listenConfig>[0]): TlsPaths | null {
  const [cert, key] = [read('TLS_CERT_FILE'), read('TLS_KEY_FILE')];
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined) problems.push('TLS_CERT_FILE is not set, expected the certificate of TLS_KEY_FILE');
  if (key === undefined) problems.push('TLS_KEY_FILE is not set, expected the private key of TLS_CERT_FILE');
  return { cert: cert ?? '', key: key ?? '' };
}
