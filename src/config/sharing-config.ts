/** What several replicas share, and what has to be set together for it. */
import type { RedisAddress, RedisSettings } from '../redis/redis-settings.ts';
import type { SettingName, SettingValues } from '../settings/settings.ts';
import type { ReadRequired } from './read-required.ts';

export interface SharingConfig {
  /** What keys are derived from: texts, a file that holds them, or null for what this process makes up. */
  readonly secret:
    | { readonly kind: 'texts'; readonly texts: readonly string[] }
    | { readonly kind: 'file'; readonly path: string }
    | null;
  /** Null when one process serves alone. */
  readonly redis: RedisSettings | null;
}

const DEFAULT_PORT = 6379;

export function sharingConfig(given: {
  readonly read: <Name extends SettingName>(name: Name) => SettingValues[Name];
  readonly required: ReadRequired;
  /** Takes what is wrong, a line each. */
  readonly problems: string[];
}): SharingConfig {
  const { read, required, problems } = given;
  const [texts, path, url] = [read('GATEWAY_SECRET'), read('GATEWAY_SECRET_FILE'), read('REDIS_URL')];
  if (texts && path !== undefined)
    problems.push('GATEWAY_SECRET_FILE is set beside GATEWAY_SECRET, expected one of them');
  const secret = texts
    ? ({ kind: 'texts', texts } as const)
    : path === undefined
      ? null
      : ({ kind: 'file', path } as const);
  if (url === undefined) return { secret, redis: null };
  if (!secret) {
    problems.push(
      'GATEWAY_SECRET is not set, nor is GATEWAY_SECRET_FILE: with REDIS_URL all replicas need the same secret, to name accounts alike and to recognise what another one has signed',
    );
  }
  return {
    secret,
    redis: {
      address: addressOf(url),
      keyPrefix: required('REDIS_KEY_PREFIX'),
      commandTimeoutMs: required('REDIS_COMMAND_TIMEOUT_MS'),
      isRequiredToStart: required('REDIS_REQUIRED_TO_START') === 'on',
      isRequiredToBeReady: required('REDIS_REQUIRED_TO_BE_READY') === 'on',
    },
  };
}

function addressOf(text: string): RedisAddress {
  const { protocol, hostname, port, username, password, pathname } = new URL(text);
  return {
    // An IPv6 address stands in brackets in a URL, and nowhere else.
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? DEFAULT_PORT : Number(port),
    isEncrypted: protocol === 'rediss:',
    username: username === '' ? undefined : decodeURIComponent(username),
    password: password === '' ? undefined : decodeURIComponent(password),
    database: Number(pathname.slice(1)),
  };
}
