/** The query parameters that pages and filters become. Ids among them are checked as strictly as those in paths. */
import { GatewayError } from '../../errors.ts';
import type { Query } from './calls.ts';
import { assertId } from '../id.ts';
import type {
  BenchmarkJobsFilter,
  BenchmarkRunScenarioRunsFilter,
  BenchmarkRunsFilter,
  BenchmarksFilter,
  DevboxesFilter,
  DevboxLogsFilter,
  PageRequest,
  ScenarioRunsFilter,
  ScenariosFilter,
} from '../upstream.ts';

export function pageQuery({ limit, after, totalCount }: PageRequest): Query {
  return { limit, starting_after: checkedId(after), include_total_count: totalCount };
}

/** For the one list that cannot be asked not to count. */
export function uncountedPageQuery({ limit, after }: PageRequest): Query {
  return { limit, starting_after: checkedId(after) };
}

export function scenarioRunsQuery(filter: ScenarioRunsFilter): Query {
  return {
    name: filter.name,
    search: filter.search,
    state: knownWord(filter.state),
    benchmark_run_id: checkedId(filter.benchmarkRunId),
    scenario_id: checkedId(filter.scenarioId),
  };
}

export function benchmarkRunScenarioRunsQuery(filter: BenchmarkRunScenarioRunsFilter): Query {
  return { search: filter.search, state: knownWord(filter.state) };
}

export function benchmarkRunsQuery(filter: BenchmarkRunsFilter): Query {
  return {
    name: filter.name,
    search: filter.search,
    state: knownWord(filter.state),
    benchmark_id: checkedId(filter.benchmarkId),
  };
}

export function benchmarksQuery(filter: BenchmarksFilter): Query {
  return { name: filter.name, search: filter.search };
}

export function benchmarkJobsQuery(filter: BenchmarkJobsFilter): Query {
  return { name: filter.name, search: filter.search };
}

export function scenariosQuery(filter: ScenariosFilter): Query {
  const { name, search, isPublic, benchmarkId, validationType } = filter;
  if (isPublic !== true)
    return { name, search, benchmark_id: checkedId(benchmarkId), validation_type: knownWord(validationType) };
  if (benchmarkId === undefined && validationType === undefined) return { name, search };
  throw new GatewayError(
    'BAD_USER_INPUT',
    'Expected `filter.benchmarkId` and `filter.validationType` to be absent, as `filter.isPublic` is true',
  );
}

export function devboxesQuery(filter: DevboxesFilter): Query {
  return { status: knownWord(filter.status) };
}

export function devboxLogsQuery(filter: DevboxLogsFilter): Query {
  return { execution_id: checkedId(filter.executionId), shell_name: filter.shellName };
}

function checkedId(id: string | undefined): string | undefined {
  if (id !== undefined) assertId(id);
  return id;
}

/** `unknown` stands for every value that this version cannot name, so it cannot ask for them either. */
function knownWord(word: string | undefined): string | undefined {
  if (word !== 'unknown') return word;
  throw new GatewayError(
    'BAD_USER_INPUT',
    'Expected a value that Runloop can be asked for: UNKNOWN stands for all those that this version of the gateway does not know',
  );
}
