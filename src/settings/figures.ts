/** How far statistics count, and how readiness is found out. */
import { integer, MINUTE_MS, type Setting } from './setting.ts';

export const FIGURE_SETTINGS = {
  STATISTICS_MAX_SCENARIO_RUNS: integer({
    means: 'Scenario runs of one benchmark run that progress and statistics count: the newest ones.',
    default: 20_000,
    min: 1,
    max: 1_000_000,
  }),
  STATISTICS_CACHED_SCENARIO_RUNS: integer({
    means: 'Scenario runs of finished benchmark runs whose statistics are cached, in all.',
    default: 200_000,
    min: 0,
    max: 100_000_000,
  }),
  STATISTICS_MAX_BENCHMARK_RUNS: integer({
    means:
      'Benchmark runs that a leaderboard, or the attempts at a benchmark, count together: the newest ones.',
    default: 100,
    min: 1,
    max: 5_000,
  }),
  STATISTICS_MAX_POOLED_SCENARIO_RUNS: integer({
    means:
      'Scenario runs that a leaderboard, or the attempts at a benchmark, count together; once they are reached, no further benchmark run is read.',
    default: 200_000,
    min: 1,
    max: 100_000_000,
  }),
  READINESS_TIMEOUT_MS: integer({
    means: 'How long the upstream may take to tell `/ready` that it is there, in milliseconds.',
    default: 2_000,
    min: 1,
    max: MINUTE_MS,
  }),
  READINESS_FRESH_MS: integer({
    means: 'How long `/ready` trusts the last answer of the upstream before it asks again, in milliseconds.',
    default: 1_000,
    min: 0,
    max: MINUTE_MS,
  }),
} as const satisfies Record<string, Setting<unknown>>;
