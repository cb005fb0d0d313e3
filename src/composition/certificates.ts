/** `openCertificates`: the certificate and key that the configuration names, and what the log says of them. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Logger } from '../observability/logger.ts';
import { UnusableFile } from '../security/watched-file.ts';
import { openTls, type Tls } from '../server/http/tls.ts';
import { writeInstant } from '../values/instants.ts';
import { logDefects } from './logged.ts';

/** Null when connections are not encrypted. Rejects with a `ConfigError` when the files cannot be used. */
export async function openCertificates(
  { tls, authCheckIntervalMs }: Config,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
  opened: AsyncDisposable[],
): Promise<Tls | null> {
  if (tls === null) return null;
  const warnOfExpired = ({ current: { validUntilMs } }: Tls) => {
    if (validUntilMs === null || validUntilMs > clock.now()) return;
    const danger = `the certificate has expired at ${writeInstant(validUntilMs)}, and clients refuse it: expected a new one`;
    log.warn('config.dangerous', { setting: 'TLS_CERT_FILE', danger });
  };
  try {
    const files: Tls = await openTls(tls, {
      clock,
      intervalMs: authCheckIntervalMs,
      observer: {
        reloaded: (path) => {
          const { validUntilMs } = files.current;
          log.info('tls.reloaded', {
            path,
            validUntil: validUntilMs === null ? null : writeInstant(validUntilMs),
          });
          warnOfExpired(files);
        },
        broken: (problems) => {
          log.error('tls.files_broken', { problems: problems.join('; ') });
        },
        onDefect: logDefects(log, 'read certificates'),
      },
    });
    warnOfExpired(files);
    opened.push({
      [Symbol.asyncDispose]: () => {
        files[Symbol.dispose]();
        return Promise.resolve();
      },
    });
    return files;
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    throw new ConfigError(error.problems.map((problem) => `TLS_CERT_FILE and TLS_KEY_FILE: ${problem}`));
  }
}
