/** The query parameters that pages and filters become. Ids among them are checked as strictly as those in paths. */
import { GatewayError } from '../../errors.ts';
import type {
  BenchmarkJobsFilter,
  BenchmarkRunScenarioRunsFilter,
  BenchmarkRunsFilter,
  BenchmarkScenariosFilter,
  BenchmarksFilter,
  DevboxesFilter,
  DevboxLogsFilter,
  ScenarioRunsFilter,
  ScenariosFilter,
} from '../filters.ts';
import { assertId } from '../id.ts';
import type { PageRequest } from '../page-request.ts';
import type { Query } from './query.ts';

export function pageQuery({ limit, after, totalCount }: PageRequest): Query {
  return { limit, starting_after: checkedId(after), include_total_count: totalCount };
}

/** For the one list that cannot be asked not to count. */
export function uncountedPageQuery({ limit, after }: PageRequest): Query {
  return { limit, starting_after: checkedId(after) };
}

export function scenarioRuns(filter: ScenarioRunsFilter): Query {
  return {
    name: filter.name,
    search: filter.search,
    state: knownValue(filter.state),
    benchmark_run_id: checkedId(filter.benchmarkRunId),
    scenario_id: checkedId(filter.scenarioId),
  };
}

export function benchmarkRunScenarioRuns(filter: BenchmarkRunScenarioRunsFilter): Query {
  return { search: filter.search, state: knownValue(filter.state) };
}

export function benchmarkRuns(filter: BenchmarkRunsFilter): Query {
  return {
    name: filter.name,
    search: filter.search,
    state: knownValue(filter.state),
    benchmark_id: checkedId(filter.benchmarkId),
  };
}

export function benchmarks(filter: BenchmarksFilter): Query {
  return { name: filter.name, search: filter.search };
}

export function benchmarkJobs(filter: BenchmarkJobsFilter): Query {
  return { name: filter.name, search: filter.search };
}

export function scenarios(filter: ScenariosFilter): Query {
  const { name, search, isPublic, benchmarkId, validationType } = filter;
  if (isPublic !== true)
    return {
      name,
      search,
      benchmark_id: checkedId(benchmarkId),
      validation_type: knownValue(validationType),
    };
  if (benchmarkId === undefined && validationType === undefined) return { name, search };
  throw new GatewayError(
    'BAD_USER_INPUT',
    'Expected `filter.benchmarkId` and `filter.validationType` to be absent, as `filter.isPublic` is true',
  );
}

/** The id stands in the path, and there is nothing else that this list can be filtered by. */
export function benchmarkScenarios(_filter: BenchmarkScenariosFilter): Query {
  return {};
}

export function devboxes(filter: DevboxesFilter): Query {
  return { status: knownValue(filter.status) };
}

export function devboxLogs(filter: DevboxLogsFilter & { readonly id: string }): Query {
  return { execution_id: checkedId(filter.executionId), shell_name: filter.shellName };
}

function checkedId(id: string | undefined): string | undefined {
  if (id !== undefined) assertId(id);
  return id;
}

/** `unknown` stands for every value that this version cannot name, so it cannot ask for them either. */
function knownValue(value: string | undefined): string | undefined {
  if (value !== 'unknown') return value;
  throw new GatewayError(
    'BAD_USER_INPUT',
    'Expected a value that Runloop can be asked for: UNKNOWN stands for all those that this version of the gateway does not know',
  );
}
