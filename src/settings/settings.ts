/** The one table of settings: every environment variable the gateway reads, with its default, its form and its meaning. */
import type { z } from 'zod';
import { ACCESS_SETTINGS } from './access.ts';
import { ANSWER_SETTINGS } from './answers.ts';
import { CALL_SETTINGS } from './calls.ts';
import { FIGURE_SETTINGS } from './figures.ts';
import { LIMIT_SETTINGS } from './limits.ts';
import { LOG_SETTINGS } from './logs.ts';
import { METRICS_SETTINGS } from './metrics.ts';
import { PROCESS_SETTINGS } from './process.ts';
import { SHARING_SETTINGS } from './sharing.ts';
import { TRACING_SETTINGS } from './tracing.ts';
import { WATCHING_SETTINGS } from './watching.ts';
import { WORLD_SETTINGS } from './world.ts';

/** In the order in which they are documented. */
export const SETTINGS = {
  ...PROCESS_SETTINGS,
  ...ACCESS_SETTINGS,
  ...SHARING_SETTINGS,
  ...CALL_SETTINGS,
  ...LIMIT_SETTINGS,
  ...ANSWER_SETTINGS,
  ...WATCHING_SETTINGS,
  ...FIGURE_SETTINGS,
  ...LOG_SETTINGS,
  ...METRICS_SETTINGS,
  ...TRACING_SETTINGS,
  ...WORLD_SETTINGS,
} as const;

export type SettingName = keyof typeof SETTINGS;

export type SettingValues = {
  readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> | undefined;
};
