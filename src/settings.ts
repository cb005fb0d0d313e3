/** The one table of settings: every environment variable the gateway reads, with its default, its form and its meaning. */
import type { z } from 'zod';
import { ACCESS_SETTINGS } from './settings/access.ts';
import { ANSWER_SETTINGS } from './settings/answers.ts';
import { CALL_SETTINGS } from './settings/calls.ts';
import { FIGURE_SETTINGS } from './settings/figures.ts';
import { LIMIT_SETTINGS } from './settings/limits.ts';
import { PROCESS_SETTINGS } from './settings/process.ts';
import { WATCHING_SETTINGS } from './settings/watching.ts';
import { WORLD_SETTINGS } from './settings/world.ts';

/** In the order in which they are documented. */
export const SETTINGS = {
  ...PROCESS_SETTINGS,
  ...ACCESS_SETTINGS,
  ...CALL_SETTINGS,
  ...LIMIT_SETTINGS,
  ...ANSWER_SETTINGS,
  ...WATCHING_SETTINGS,
  ...FIGURE_SETTINGS,
  ...WORLD_SETTINGS,
} as const;

export type SettingName = keyof typeof SETTINGS;

export type SettingValues = {
  readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> | undefined;
};

/** A variable whose name starts like this is meant for the gateway: when it is not in the table it is a mistake. */
export const OWN_PREFIXES = [
  'QUERY_',
  'CALLER_',
  'UPSTREAM_',
  'RUNLOOP_',
  'SIMULATOR_',
  'LIVE_',
  'STATISTICS_',
] as const;

/** Variables of Runloop's own tools, which may well be set beside ours. */
export const FOREIGN_NAMES: readonly string[] = ['RUNLOOP_CUSTOM_HEADERS', 'RUNLOOP_ENV'];
