/** `dangersOf`: warnings about settings that work but are insecure. */
import { readFile, stat } from 'node:fs/promises';
import { platform } from 'node:os';
import { parseEnv } from 'node:util';
import type { Config } from '../config.ts';
import type { Logger } from '../observability/logger.ts';
import { isLoopback } from '../process/loopback.ts';
import { SETTINGS } from '../settings/settings.ts';
import { isSet, settingNames } from '../settings/environment.ts';

export interface Danger {
  /** The setting, or the path of the file, that is dangerous. */
  readonly of: { readonly setting: string } | { readonly path: string };
  readonly danger: string;
}

/** Whoever is in the group of a file, or nobody in particular, may write it. */
const WRITABLE_BY_OTHERS = 0o022;
const READABLE_BY_OTHERS = 0o044;
/** A group may be one that exists for reading keys. */
const READABLE_BY_ALL = 0o004;

export const WRITABLE =
  'others than its owner may write the file, and authenticate or allow whom and what they like: expected chmod go-w';

const KEY_FOR_OTHERS =
  'others than its owner may read or write the file, which holds a key: expected the mode 600, by chmod 600';

const TLS_KEY_FOR_ALL =
  'everybody on this machine may read the file, which is a private key: expected chmod o-r';

/** Says what of the settings is dangerous, or means nothing. */
export async function warnOfSettings(
  config: Config,
  { log, environmentFile }: { readonly log: Logger; readonly environmentFile: string | null },
): Promise<void> {
  for (const { of, danger } of await dangersOf(config, environmentFile))
    log.warn('config.dangerous', { ...of, danger });
  for (const name of config.unknownNames) log.warn('config.unknown_name', { name });
  for (const { name, now, removedIn } of config.deprecatedNames)
    log.warn('config.deprecated_name', { name, now, removedIn });
}

/** `environmentFile` is the file of settings that was read into the environment; null when there is none. */
export async function dangersOf(
  { auth, upstream, redis, workers, trustedDocuments, tls }: Config,
  environmentFile: string | null,
): Promise<readonly Danger[]> {
  const callers = auth.mode === 'service' ? auth.callers : null;
  const keys = callers?.jwt?.keys;
  const files = {
    AUTH_TOKENS_FILE: callers?.tokensFile ?? null,
    AUTH_JWKS_FILE: keys?.kind === 'file' ? keys.path : null,
    TRUSTED_DOCUMENTS_FILE: trustedDocuments?.path ?? null,
    TLS_CERT_FILE: tls?.cert ?? null,
    TLS_KEY_FILE: tls?.key ?? null,
  };
  const dangers: Danger[] = [];
  if (upstream.kind === 'runloop') {
    const { protocol, hostname } = new URL(upstream.baseUrl);
    if (protocol === 'http:' && !isLoopback(hostname)) {
      dangers.push({
        of: { setting: 'RUNLOOP_BASE_URL' },
        danger:
          'keys go to another machine by http, where everybody on the way can read them: expected https',
      });
    }
  }
  if (redis !== null && workers === 1 && upstream.kind === 'simulator') {
    dangers.push({
      of: { setting: 'REDIS_URL' },
      danger:
        'each replica plays an embedded simulator of its own, and they show different worlds: expected one upstream for all, by RUNLOOP_BASE_URL',
    });
  }
  for (const [setting, path] of Object.entries(files)) {
    if (path === null || !(await isWritableByOthers(path))) continue;
    dangers.push({ of: { setting }, danger: WRITABLE });
  }
  if (tls !== null && ((await modeForOthers(tls.key)) & READABLE_BY_ALL) !== 0)
    dangers.push({ of: { setting: 'TLS_KEY_FILE' }, danger: TLS_KEY_FOR_ALL });
  const danger = environmentFile === null ? null : await dangerOfEnvironment(environmentFile);
  if (environmentFile !== null && danger !== null) dangers.push({ of: { path: environmentFile }, danger });
  return dangers;
}

export async function isWritableByOthers(path: string): Promise<boolean> {
  return ((await modeForOthers(path)) & WRITABLE_BY_OTHERS) !== 0;
}

/** Whoever may write it chooses the settings of the next start, who is authenticated among them. */
async function dangerOfEnvironment(path: string): Promise<string | null> {
  const mode = await modeForOthers(path);
  if ((mode & (READABLE_BY_OTHERS | WRITABLE_BY_OTHERS)) !== 0 && (await holdsKey(path)))
    return KEY_FOR_OTHERS;
  return (mode & WRITABLE_BY_OTHERS) === 0 ? null : WRITABLE;
}

async function holdsKey(path: string): Promise<boolean> {
  const values = parseEnv(await readFile(path, 'utf8'));
  return settingNames().some((name) => SETTINGS[name].isSecret && isSet(values, name));
}

/** The mode of a file; 0 where there are no modes, and for a file that cannot be read: who reads it says what is wrong. */
async function modeForOthers(path: string): Promise<number> {
  if (platform() === 'win32') return 0;
  try {
    return (await stat(path)).mode;
  } catch {
    return 0;
  }
}
