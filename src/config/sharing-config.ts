/** What several replicas share, and what has to be set together for it. */
import { availableParallelism } from 'node:os';
import type { RedisAddress, RedisHost, RedisSettings } from '../redis/redis-settings.ts';
import { SETTINGS, type SettingName, type SettingValues } from '../settings/settings.ts';
import type { ReadRequired } from './read-required.ts';

export interface SharingConfig {
  /** What all replicas derive their keys from, the newest first; null when this process makes up its own. */
  readonly secrets: readonly string[] | null;
  /** Null when one process serves alone. */
  readonly redis: RedisSettings | null;
  /** How many processes serve on the one port. */
  readonly workers: number;
}

const DEFAULT_PORT = 6379;

export function sharingConfig(given: {
  readonly read: <Name extends SettingName>(name: Name) => SettingValues[Name];
  readonly required: ReadRequired;
  /** Takes what is wrong, a line each. */
  readonly problems: string[];
}): SharingConfig {
  const { read, required, problems } = given;
  const secrets = read('GATEWAY_SECRET') ?? null;
  const url = read('REDIS_URL');
  const wanted = required('WORKERS');
  const workers = wanted === 'auto' ? availableParallelism() : wanted;
  if (url === undefined) {
    // What `auto` is on this machine does not decide whether it is refused.
    if (wanted !== 1 && !problems.some((problem) => /^(?:WORKERS|REDIS_URL) /.test(problem))) {
      problems.push(
        `WORKERS is "${String(wanted)}", expected REDIS_URL beside it: workers are replicas, and know of each other what they share on Redis`,
      );
    }
    return { secrets, redis: null, workers: 1 };
  }
  // Of one that is not usable that is said already.
  if (secrets === null && !problems.some((problem) => problem.startsWith('GATEWAY_SECRET'))) {
    problems.push(
      `GATEWAY_SECRET is not set, expected ${SETTINGS.GATEWAY_SECRET.expects}: with REDIS_URL all replicas need the same, to name accounts alike and to recognise what another one has signed`,
    );
  }
  return {
    secrets,
    workers,
    redis: {
      address: addressOf(url),
      sentinels: read('REDIS_SENTINELS')?.map(hostOf) ?? null,
      caFile: read('REDIS_CA_FILE') ?? null,
      keyPrefix: required('REDIS_KEY_PREFIX'),
      commandTimeoutMs: required('REDIS_COMMAND_TIMEOUT_MS'),
      isRequiredToStart: required('REDIS_REQUIRED_TO_START') === 'on',
      isRequiredToBeReady: required('REDIS_REQUIRED_TO_BE_READY') === 'on',
    },
  };
}

/** Of `host:port`, with an IPv6 address in brackets. */
function hostOf(text: string): RedisHost {
  const end = text.lastIndexOf(':');
  return { host: text.slice(0, end).replace(/^\[|\]$/g, ''), port: Number(text.slice(end + 1)) };
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
