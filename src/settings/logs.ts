/** What is logged, how, and how much of it. */
import { integer, oneOf, type Setting } from './setting.ts';

export const LOG_SETTINGS = {
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    means: 'The least severe log line that is written.',
    default: 'info',
  }),
  LOG_FORMAT: oneOf(['json', 'pretty'], {
    means:
      'Whether a log line is an object of JSON, or is written for people. By default `pretty` on a terminal, else `json`.',
    default: null,
  }),
  ACCESS_LOG: oneOf(['off', 'debug', 'info'], {
    means:
      'The level of the line that each operation leaves when it has been answered, and each subscription when it has ended.',
    default: 'info',
  }),
  ACCESS_LOG_SAMPLE_PERCENT: integer({
    means: 'Share of the operations without errors that leave their line. Those with errors all do.',
    default: 100,
    min: 0,
    max: 100,
  }),
  ACCESS_LOG_MAX_PER_SEC: integer({
    means:
      'Lines of operations within a second. What is beyond it is counted instead, and told by one line afterwards.',
    default: 500,
    min: 1,
    max: 100_000,
  }),
} as const satisfies Record<string, Setting<unknown>>;
