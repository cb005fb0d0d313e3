/** The world of the embedded simulator. */
import { integer, type Setting } from './setting.ts';

export const WORLD_SETTINGS = {
  SIMULATOR_PORT: integer({
    means: 'Port of the embedded simulator; another free one is taken when it is busy.',
    default: 4010,
    min: 0,
    max: 65_535,
  }),
  SIMULATOR_SEED: integer({
    means: 'Which world the simulator plays: the same seed gives the same one.',
    default: 1,
    min: 0,
    max: 2 ** 31 - 1,
  }),
  SIMULATOR_SPEED: integer({
    means: 'How many times faster than life the simulator plays runs; 0 stands still.',
    default: 1,
    min: 0,
    max: 10_000,
  }),
  SIMULATOR_SCENARIO_RUNS: integer({
    means:
      'Scenario runs in the history that the simulator starts with, roughly; 0 starts with an empty account.',
    default: 1200,
    min: 0,
    max: 200_000,
  }),
  SIMULATOR_MAX_SCENARIO_RUNS: integer({
    means: 'Scenario runs that the simulator keeps; beyond it the oldest history is dropped.',
    default: 5000,
    min: 100,
    max: 1_000_000,
  }),
} as const satisfies Record<string, Setting<unknown>>;
