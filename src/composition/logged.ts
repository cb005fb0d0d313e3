/** What parts observe, as log lines: which event each of them is, and what of it is written down. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { LiveObserver } from '../live/live-options.ts';
import { createLogger, type Logger } from '../observability/logger.ts';
import type { OnDefect } from '../process/repeat.ts';
import type { RedisObserver } from '../redis/open-redis.ts';
import type { AuthenticatorOptions } from '../security/authenticate.ts';
import type { KeyCheck } from '../security/key-check.ts';
import type { FileObserver } from '../security/watched-file.ts';
import type { UpstreamObserver } from '../upstream/observer.ts';
import type { CallFailure } from '../upstream/purpose.ts';
import { isWritableByOthers, WRITABLE } from './dangers.ts';
import { createSampled } from './sampled.ts';

/** The log as the configuration wants it, in which none of its secrets stands. `worker` is the number of one of several. */
export function createLoggerOf({ logging, auth, redis, secrets, tracing }: Config, worker?: number): Logger {
  const apiKey = auth.mode === 'service' ? auth.apiKey : '';
  const ofTraces = Object.values(tracing?.headers ?? {});
  return createLogger({
    level: logging.level,
    format: logging.format,
    secrets: [apiKey, redis?.address.password ?? '', ...(secrets ?? []), ...ofTraces],
    worker,
  });
}

/** Of something that is done again and again, in a word. */
export function logDefects(log: Logger, task: string): OnDefect {
  return (error) => {
    log.error('process.task_failed', { task }, error);
  };
}

/** While the issuer is away, everybody who presents a token finds that its keys cannot be fetched. */
export function logAuthentication(log: Logger, clock: Clock): AuthenticatorOptions['observer'] {
  const tellUnavailable = createSampled(clock, (code, count) => {
    log.error('auth.keys_unavailable', { code, count });
  });
  return {
    reloaded: (path) => {
      log.info('auth.file_reloaded', { path });
      // Who may write it may have been changed with it.
      void warnOfWritable(log, path);
    },
    broken: (problems) => {
      log.error('auth.file_broken', { problems: problems.join('; ') });
    },
    onDefect: logDefects(log, 'read tokens and keys'),
    keysUnavailable: tellUnavailable,
    tokensChanged: ({ added, revoked }) => {
      log.info('auth.tokens_changed', { added: added.join(' '), revoked: revoked.join(' ') });
    },
    keysChanged: ({ added, withdrawn }) => {
      log.info('auth.keys_changed', { added: added.join(' '), withdrawn: withdrawn.join(' ') });
    },
  };
}

async function warnOfWritable(log: Logger, path: string): Promise<void> {
  if (await isWritableByOthers(path)) log.warn('config.dangerous', { path, danger: WRITABLE });
}

export function logDocuments(log: Logger, onReloaded: () => void): FileObserver {
  return {
    reloaded: (path) => {
      log.info('documents.reloaded', { path });
      void warnOfWritable(log, path);
      onReloaded();
    },
    broken: (problems) => {
      log.error('documents.file_broken', summaryOf(problems));
    },
    onDefect: logDefects(log, 'read trusted documents'),
  };
}

/** The most problems in one log line: a broken build has one for each document. */
const LISTED_PROBLEMS = 10;

/** How many problems there are, and what the first of them are. */
export function summaryOf(problems: readonly string[]) {
  return { count: problems.length, problems: problems.slice(0, LISTED_PROBLEMS).join('; ') };
}

/** While Redis is away every attempt to reach it fails alike: the first one is told. */
export function logRedis(log: Logger): RedisObserver {
  let told: string | null = null;
  return {
    connected: () => {
      told = null;
      log.info('redis.connected');
    },
    lost: (reason) => {
      log.warn('redis.lost', { reason });
    },
    failed: (error) => {
      const reason = error instanceof Error ? error.message : 'unknown reason';
      if (reason !== told) log.warn('redis.unavailable', { reason });
      told = reason;
    },
    warn: (danger) => {
      log.warn('config.dangerous', { setting: 'REDIS_URL', danger });
    },
    onDefect: logDefects(log, 'listen to Redis'),
  };
}

export function logPolls(log: Logger): LiveObserver {
  return {
    pollFailed: ({ accountId, kind, code, failures }) => {
      log.warn('live.poll_failed', { accountId, kind, code, failures });
    },
  };
}

const GIVEN_UP: ReadonlySet<string> = new Set<CallFailure>(['aborted', 'closed']);

/** `noteCall` hears of each call, which says whether its key is good. */
export function logUpstream(
  log: Logger,
  { noteCall }: { readonly noteCall: KeyCheck['noteCall'] },
): UpstreamObserver {
  return {
    call: ({ method, route, result, durationMs, attempt, accountId, cause, requestId }) => {
      if ('status' in result) noteCall({ accountId, route, status: result.status });
      const attributes = { method, route, cause, durationMs, attempt, accountId, requestId };
      // What the gateway gives up itself, when it ends or nobody waits, is no failure of the upstream.
      if ('failure' in result && GIVEN_UP.has(result.failure)) log.debug('upstream.call_aborted', attributes);
      else if ('failure' in result)
        log.warn('upstream.call_failed', { ...attributes, failure: result.failure });
      else if (result.status >= 500 || result.status === 429) {
        log.warn('upstream.call_failed', { ...attributes, status: result.status });
      }
    },
    unknownValue: ({ field, value, isFirst }) => {
      // A new enum value is logged. Anything that is not shaped like one may be confidential, and is left out.
      const word = /^[A-Za-z][\w-]*$/.test(value) ? value : 'not a word';
      if (isFirst) log.warn('upstream.unknown_value', { field, value: word });
    },
  };
}
