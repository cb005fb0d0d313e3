/** `createReload`: puts into force what may change while the gateway runs: files that it reads, limits, allowed origins, the level of the log. */
import type { Config } from '../config.ts';
import type { LimitsConfig } from '../config/limits-config.ts';
import type { Replaceable } from '../memory/current.ts';
import type { Logger } from '../observability/logger.ts';
import type { ReloadedSettings } from '../process/worker-messages.ts';
import type { CheckOrigin } from '../server/http/origins.ts';
import { isReloaded, RELOADED_SETTINGS } from '../settings/reloaded.ts';
import type { SettingName } from '../settings/settings.ts';

/** Takes a whole configuration that is usable. Resolves when all of it is in force that can be. */
export type Reload = (next: Config) => Promise<void>;

export interface ReloadOptions {
  /** That of the start. */
  readonly config: Config;
  readonly limits: Replaceable<LimitsConfig>;
  readonly origins: Replaceable<CheckOrigin>;
  readonly createCheckOrigin: (config: Config) => CheckOrigin;
  /** Forgets what was read by the limits from before. */
  readonly forgetRead: () => void;
  /** Looks at the files of tokens, keys, certificates and documents, which are in force or told to be broken then. */
  readonly lookAtFiles: () => Promise<void>;
  readonly log: Logger;
}

export function createReload(options: ReloadOptions): Reload {
  const { config: started, limits, origins, log } = options;
  let latest = started;
  return async (next) => {
    const changed = differences(latest, next).filter(isReloaded);
    // In one turn: no request sees some limits of before and some of now.
    limits.current = next.limits;
    origins.current = options.createCheckOrigin(next);
    latest = next;
    if (changed.includes('LOG_LEVEL')) log.setLevel(next.logging.level);
    if (changed.length > 0) options.forgetRead();
    await options.lookAtFiles();
    log.info('config.reloaded', { changed: changed.join(' ') });
    warnOfRestart({ started, next }, log);
  };
}

/** Names the settings that say something else now, and come into force when the process starts again. */
export function warnOfRestart(
  { started, next }: { readonly started: Config; readonly next: Config },
  log: Logger,
): void {
  const waiting = differences(started, next).filter((name) => !isReloaded(name));
  if (waiting.length > 0) log.warn('config.restart_needed', { settings: waiting.join(' ') });
}

/** The settings that workers may not have been started with. */
export function reloadedSettings({ given }: Config): ReloadedSettings {
  return Object.fromEntries(RELOADED_SETTINGS.map((name) => [name, given.get(name) ?? null]));
}

/** Settings that say something else in the one than in the other. */
function differences({ given: a }: Config, { given: b }: Config): readonly SettingName[] {
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names].filter((name) => a.get(name) !== b.get(name));
}
