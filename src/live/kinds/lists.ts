/** `benchmarkRunsKind`, `scenarioRunsKind`, `benchmarkJobsKind`: the lists whose newest page can be followed. */
import { BENCHMARK_RUNS, SCENARIO_RUNS, withConditions } from '../../loaders/filter-lists.ts';
import type { ListLoader } from '../../loaders/list-loader.ts';
import { meets } from '../../loaders/run-conditions.ts';
import { benchmarkJobKind } from './benchmark-job.ts';
import { benchmarkRunKind } from './benchmark-run.ts';
import { createListKind } from './list-kind.ts';
import type { ReadRows } from './list-source.ts';
import { scenarioRunKind } from './scenario-run.ts';

export const benchmarkRunsKind = createListKind<'benchmarkRuns'>({
  list: 'benchmarkRuns',
  rows: 'benchmarkRun',
  isSameRow: (a, b) => benchmarkRunKind.isSame(a, b),
  select: ({ listScan }, read, filter, range) =>
    withConditions(asLoader(read), BENCHMARK_RUNS, listScan).list(filter, range),
  matches: (filter, run) =>
    (filter.state ?? run.state) === run.state && meets(filter, BENCHMARK_RUNS.toMatchable(run)),
  // The score of a run is that of its scenario runs.
  touchedBy: ['benchmarkRun', 'scenarioRun'],
});

export const scenarioRunsKind = createListKind<'scenarioRuns'>({
  list: 'scenarioRuns',
  rows: 'scenarioRun',
  isSameRow: (a, b) => scenarioRunKind.isSame(a, b),
  select: ({ listScan }, read, filter, range) =>
    withConditions(asLoader(read), SCENARIO_RUNS, listScan).list(filter, range),
  matches: (filter, run) =>
    (filter.state ?? run.state) === run.state && meets(filter, SCENARIO_RUNS.toMatchable(run)),
  // What ends a benchmark run, or the devbox of one of its runs, ends scenario runs.
  touchedBy: ['scenarioRun', 'benchmarkRun', 'devbox'],
});

export const benchmarkJobsKind = createListKind<'benchmarkJobs'>({
  list: 'benchmarkJobs',
  rows: 'benchmarkJob',
  isSameRow: (a, b) => benchmarkJobKind.isSame(a, b),
  select: (_settings, read, filter, range) => asLoader(read).list(filter, range),
  matches: () => true,
  touchedBy: ['benchmarkJob', 'benchmarkRun'],
});

/** A page is read whole, and nobody counts what is behind it. */
function asLoader<Filter, T>(read: ReadRows<Filter, T>): ListLoader<Filter, T> {
  return {
    list: (filter, range) => ({
      rows: () => read(filter, range),
      totalCount: () => Promise.resolve(null),
    }),
  };
}
