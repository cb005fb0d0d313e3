/** `dangersOf`: what of a configuration works and lets somebody do what they should not. */
import { stat } from 'node:fs/promises';
import type { Config } from '../config.ts';
import { isLoopback } from '../process/loopback.ts';

export interface Danger {
  readonly setting: string;
  readonly danger: string;
}

/** Whoever is in the group of a file, or nobody in particular, may write it. */
const WRITABLE_BY_OTHERS = 0o022;

export const WRITABLE =
  'others than its owner may write the file, and let in or allow whom and what they like: expected chmod go-w';

export async function dangersOf({ auth, upstream, trustedDocuments }: Config): Promise<readonly Danger[]> {
  const callers = auth.mode === 'service' ? auth.callers : null;
  const keys = callers?.jwt?.keys;
  const files = {
    AUTH_TOKENS_FILE: callers?.tokensFile ?? null,
    AUTH_JWKS_FILE: keys?.kind === 'file' ? keys.path : null,
    TRUSTED_DOCUMENTS_FILE: trustedDocuments?.path ?? null,
  };
  const dangers: Danger[] = [];
  if (upstream.kind === 'runloop') {
    const { protocol, hostname } = new URL(upstream.baseUrl);
    if (protocol === 'http:' && !isLoopback(hostname)) {
      dangers.push({
        setting: 'RUNLOOP_BASE_URL',
        danger:
          'keys go to another machine by http, where everybody on the way can read them: expected https',
      });
    }
  }
  for (const [setting, path] of Object.entries(files)) {
    if (path === null || !(await isWritableByOthers(path))) continue;
    dangers.push({ setting, danger: WRITABLE });
  }
  return dangers;
}

export async function isWritableByOthers(path: string): Promise<boolean> {
  try {
    return ((await stat(path)).mode & WRITABLE_BY_OTHERS) !== 0;
  } catch {
    // Whoever reads the file says what is wrong with it.
    return false;
  }
}
