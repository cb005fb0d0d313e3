/** How the process leaves: how long it is still asked, and over what time its streams and sockets are ended. */
import type { SettingName, SettingValues } from '../settings/settings.ts';

export interface DrainConfig {
  /** How long requests are still accepted after `/ready` says that the process is leaving, in milliseconds. */
  readonly delayMs: number;
  /** The time over which streams and sockets are ended, one after the other, in milliseconds. */
  readonly spreadMs: number;
}

/** In production a balancer has to notice first, and thousands of clients are not to come back at once. */
const IN_PRODUCTION: DrainConfig = { delayMs: 5_000, spreadMs: 10_000 };

export function drainConfig(
  read: <Name extends SettingName>(name: Name) => SettingValues[Name],
  { isProduction }: { readonly isProduction: boolean },
): DrainConfig {
  return {
    delayMs: read('SHUTDOWN_DELAY_MS') ?? (isProduction ? IN_PRODUCTION.delayMs : 0),
    spreadMs: read('SHUTDOWN_SPREAD_MS') ?? (isProduction ? IN_PRODUCTION.spreadMs : 0),
  };
}
