/** `RELOADED_SETTINGS`: what comes into force while the gateway runs, at a signal. Every other setting needs a restart. */
import type { SettingName } from './settings.ts';

export const RELOADED_SETTINGS = [
  'LOG_LEVEL',
  'CORS_ORIGINS',
  'CORS_MAX_AGE_SEC',
  'REQUEST_MAX_BYTES',
  'OPERATION_TIMEOUT_MS',
  'SHUTDOWN_TIMEOUT_MS',
  'QUERY_MAX_BYTES',
  'QUERY_MAX_TOKENS',
  'QUERY_MAX_DEPTH',
  'QUERY_MAX_SELECTIONS',
  'QUERY_MAX_ALIASES',
  'QUERY_MAX_ROOT_FIELDS',
  'QUERY_MAX_DIRECTIVES',
  'QUERY_MAX_REPEATS',
  'QUERY_MAX_PAGE_SIZE',
  'QUERY_MAX_ROWS',
  'QUERY_MAX_VALUES',
  'QUERY_MAX_CALLS',
  'CALLER_CALLS_PER_MINUTE',
  'CALLER_MAX_OPERATIONS',
  'CALLER_WAITING_MAX_BYTES',
  'CALLER_MAX_CONNECTIONS',
  'SOCKET_MAX_OPERATIONS',
] as const satisfies readonly SettingName[];

export type ReloadedSetting = (typeof RELOADED_SETTINGS)[number];

export function isReloaded(name: SettingName): name is ReloadedSetting {
  return (RELOADED_SETTINGS as readonly SettingName[]).includes(name);
}
