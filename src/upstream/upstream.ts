/** The `Upstream` interface: what the gateway needs from the REST API, in our words. */
import type { Account } from './account.ts';
import type { UpstreamMutations } from './mutations.ts';
import type {
  Benchmark,
  BenchmarkJob,
  BenchmarkRun,
  BenchmarkRunState,
  Devbox,
  DevboxLog,
  DevboxStatus,
  DevboxUsage,
  Kind,
  Kinds,
  Page,
  ReadSpan,
  Row,
  Scenario,
  ScenarioRun,
  ScenarioRunState,
  ValidationType,
} from './types.ts';

/** Which part of a list. */
export interface PageRequest {
  /** How many rows at most, 0 to 5,000. With 0 only the count is asked for. */
  readonly limit: number;
  /** Rows after (older than) the one with this id; from the newest when absent. */
  readonly after?: string | undefined;
  /** Whether to count all rows, which costs the upstream a query of its own. */
  readonly totalCount: boolean;
}

export interface ScenarioRunsFilter {
  readonly name?: string | undefined;
  readonly search?: string | undefined;
  readonly state?: ScenarioRunState | undefined;
  readonly benchmarkRunId?: string | undefined;
  readonly scenarioId?: string | undefined;
}

/** What the list under one benchmark run can be narrowed by. */
export interface BenchmarkRunScenarioRunsFilter {
  readonly search?: string | undefined;
  readonly state?: ScenarioRunState | undefined;
}

export interface BenchmarkRunsFilter {
  readonly name?: string | undefined;
  readonly search?: string | undefined;
  readonly state?: BenchmarkRunState | undefined;
  readonly benchmarkId?: string | undefined;
}

export interface BenchmarksFilter {
  readonly name?: string | undefined;
  readonly search?: string | undefined;
  /** True lists the public benchmarks instead of the account's own. */
  readonly isPublic?: boolean | undefined;
}

export interface BenchmarkJobsFilter {
  readonly name?: string | undefined;
  readonly search?: string | undefined;
}

export interface ScenariosFilter {
  readonly name?: string | undefined;
  readonly search?: string | undefined;
  readonly benchmarkId?: string | undefined;
  readonly validationType?: ValidationType | undefined;
  /** True lists the public scenarios instead of the account's own; then only name and search apply. */
  readonly isPublic?: boolean | undefined;
}

export interface DevboxesFilter {
  readonly status?: DevboxStatus | undefined;
}

export interface DevboxLogsFilter {
  readonly executionId?: string | undefined;
  readonly shellName?: string | undefined;
}

/** What of a devbox to wait for, and how long. */
export interface DevboxWait {
  /** At least one; `unknown` can be no answer, so it is not asked for. */
  readonly statuses: readonly DevboxStatus[];
  /** In seconds, at most 30. */
  readonly timeoutSec: number;
}

/** A file on its way, in the order of its bytes. Read it once, to its end, or dispose of it: it holds a socket. */
export interface Download extends AsyncIterable<Uint8Array>, Disposable {
  /** Null when the upstream does not say. */
  readonly byteLength: number | null;
}

/** Who calls, how urgently, and until when. */
export interface UpstreamCaller {
  readonly account: Account;
  /** Who of several with the same account; absent where they are not told apart, and for what is done for all of them. */
  readonly callerId?: string | undefined;
  /** `interactive`: somebody waits for the answer; `background`: a poll, which always yields to interactive calls. */
  readonly priority: Priority;
  /** Ends every call of this caller, down to its socket, when the caller has gone or its time is up. */
  readonly signal: AbortSignal;
  /** When the caller's time is up, as Unix time in milliseconds: no retry starts that could not end before it. */
  readonly deadlineAt: number;
  /** Calls back when a background caller has become interactive: somebody waits for its call now. */
  readonly onPriorityRaised?: ((listener: () => void) => () => void) | undefined;
}

export type Priority = 'interactive' | 'background';

/**
 * The REST API as one caller sees it: what it can read here, what it can change in `UpstreamMutations`. Every method
 * sends one request, more only to retry or where a list is too large for one answer. An entity that the upstream does not know is null; every other failure of a
 * read is a `GatewayError`. Ids must be valid ones (see `assertId`).
 */
export interface UpstreamSession extends UpstreamMutations {
  scenarioRun(id: string): Promise<ScenarioRun | null>;
  /**
   * The logs of a scenario run as a zip, which is read no faster than its reader takes it; null when there is no such
   * run. It takes no turn and no socket from other calls. Iterating fails with a `GatewayError` where it breaks off.
   */
  scenarioRunLogs(id: string): Promise<Download | null>;
  scenarioRuns(filter: ScenarioRunsFilter, page: PageRequest): Promise<Page<ScenarioRun>>;
  benchmarkRun(id: string): Promise<BenchmarkRun | null>;
  benchmarkRuns(filter: BenchmarkRunsFilter, page: PageRequest): Promise<Page<BenchmarkRun>>;
  /** The started scenario runs of a benchmark run; NOT_FOUND when there is no such benchmark run. */
  benchmarkRunScenarioRuns(
    id: string,
    filter: BenchmarkRunScenarioRunsFilter,
    page: PageRequest,
  ): Promise<Page<ScenarioRun>>;
  benchmark(id: string): Promise<Benchmark | null>;
  benchmarks(filter: BenchmarksFilter, page: PageRequest): Promise<Page<Benchmark>>;
  benchmarkJob(id: string): Promise<BenchmarkJob | null>;
  benchmarkJobs(filter: BenchmarkJobsFilter, page: PageRequest): Promise<Page<BenchmarkJob>>;
  scenario(id: string): Promise<Scenario | null>;
  scenarios(filter: ScenariosFilter, page: PageRequest): Promise<Page<Scenario>>;
  /** The scenarios that a benchmark consists of; NOT_FOUND when there is no such benchmark. */
  benchmarkScenarios(id: string, page: PageRequest): Promise<Page<Scenario>>;
  devbox(id: string): Promise<Devbox | null>;
  devboxes(filter: DevboxesFilter, page: PageRequest): Promise<Page<Devbox>>;
  /**
   * The devbox as soon as it is in one of the statuses, or `unchanged` when it was in none of them for so long; null
   * when there is no such devbox. Waits without taking a turn or a socket from other calls.
   */
  waitForDevboxStatus(id: string, wait: DevboxWait): Promise<Devbox | 'unchanged' | null>;
  /** Null when there is no such devbox. */
  devboxUsage(id: string): Promise<DevboxUsage | null>;
  /** Every log line the upstream holds, oldest first; null when there is no such devbox. */
  devboxLogs(id: string, filter: DevboxLogsFilter): Promise<readonly Row<DevboxLog>[] | null>;
}

/** A session that may know answers without asking. */
export interface ReadingSession extends UpstreamSession {
  /** The entity, or that there is none, when that can be told without asking; undefined when it has to be asked for. */
  readonly peek?: <K extends Kind>(kind: K, id: string) => Versioned<Kinds[K] | null> | undefined;
  /** When an entity or a page was read that some session has answered. */
  readonly spanOf?: (answer: object) => ReadSpan | undefined;
}

/** Something that was read, and when. */
export interface Versioned<T> {
  readonly value: T;
  readonly read: ReadSpan;
}

/** A session as loaders see it: what may be told without asking needs no promise. */
export interface PeekingSession extends UpstreamSession {
  readonly peek?: <K extends Kind>(kind: K, id: string) => Kinds[K] | null | undefined;
}

export interface Upstream extends AsyncDisposable {
  /** The API as `caller` sees it. Cheap: made anew for every operation. */
  session(caller: UpstreamCaller): UpstreamSession;
  /**
   * Resolves when the upstream answers at all, and, given an account, accepts its key. Rejects with a `GatewayError`
   * that is safe to show.
   */
  ping(account: Account | null, signal: AbortSignal): Promise<void>;
  /**
   * Closes every socket that no call is using, and the others after their calls. Whoever calls next pays for a new one:
   * for the moment when nothing is expected.
   */
  releaseSockets(): void;
}
