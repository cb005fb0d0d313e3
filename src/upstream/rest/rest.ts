/** `createRestUpstream`: the `Upstream` over Runloop's REST API: which endpoint answers what, and who reads the answer. */
import { setMaxListeners } from 'node:events';
import type { Clock } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';
import { createByteBudget } from './byte-budget.ts';
import { type CallRequest, createCalls, parseJson, type Query } from './calls.ts';
import { createDownloads } from './downloads.ts';
import { toGatewayError } from './error-mapping.ts';
import {
  benchmarkJobsQuery,
  benchmarkRunScenarioRunsQuery,
  benchmarkRunsQuery,
  benchmarksQuery,
  devboxesQuery,
  devboxLogsQuery,
  scenarioRunsQuery,
  scenariosQuery,
} from './filters.ts';
import { createMutationCalls } from './mutation-calls.ts';
import type { UpstreamObserver } from '../observer.ts';
import { parseBenchmark } from './parse/benchmark.ts';
import { parseBenchmarkJob } from './parse/benchmark-job.ts';
import { parseBenchmarkRun } from './parse/benchmark-run.ts';
import { parseDevbox } from './parse/devbox.ts';
import { parseDevboxLog } from './parse/devbox-log.ts';
import { parseDevboxUsage } from './parse/devbox-usage.ts';
import { type ParseRow, parseRows } from './parse/page.ts';
import { parseScenario } from './parse/scenario.ts';
import { parseScenarioRun } from './parse/scenario-run.ts';
import { createReportUnknown } from './parse/vocabulary.ts';
import { createReadingTurns } from './reading-turns.ts';
import { createListReader, type ListOf, tooLarge } from './read-list.ts';
import { createRestMutations } from './rest-mutations.ts';
import { createRowCompleteness } from './row-completeness.ts';
import { createScheduler } from '../scheduling/scheduler.ts';
import type { UpstreamSettings } from '../upstream-settings.ts';
import { createTransport, isSuccess } from './transport.ts';
import type { DevboxLog, Kind, Listed, Page, Row } from '../types.ts';
import type { PageRequest, Upstream, UpstreamCaller, UpstreamSession } from '../upstream.ts';

export interface RestUpstreamOptions {
  readonly settings: UpstreamSettings;
  readonly clock: Clock;
  readonly observer: UpstreamObserver;
  /** From 0 to below 1: spreads retries, so that callers who failed together do not come back together. */
  readonly random: () => number;
  /** The gateway's version, which the upstream reads in `User-Agent`. */
  readonly version: string;
}

/** How long the upstream waits at most, in milliseconds. */
const LONGEST_POLL_MS = 30_000;

/** Bytes of an answer that do not count as being read: an answer so small waits for no large one. */
const UNCOUNTED_BYTES = 64 * 1024; // 64 KiB
/** What of larger answers is read in one turn of the event loop: a few milliseconds of work. */
const TURN_BYTES = 128 * 1024; // 128 KiB

type Place = Pick<CallRequest, 'route' | 'id'>;

const SCENARIO_RUNS = { kind: 'scenarioRun', wrapper: 'runs', parse: parseScenarioRun } as const;
const BENCHMARK_RUNS = { kind: 'benchmarkRun', wrapper: 'runs', parse: parseBenchmarkRun } as const;
const BENCHMARKS = { kind: 'benchmark', wrapper: 'benchmarks', parse: parseBenchmark } as const;
const BENCHMARK_JOBS = { kind: 'benchmarkJob', wrapper: 'jobs', parse: parseBenchmarkJob } as const;
const SCENARIOS = { kind: 'scenario', wrapper: 'scenarios', parse: parseScenario } as const;
const BENCHMARK_SCENARIOS = { ...SCENARIOS, isCounted: false };
const DEVBOXES = { kind: 'devbox', wrapper: 'devboxes', parse: parseDevbox } as const;

/** What the API has in the place of an id and is none: lists of other things. */
const NO_IDS: Readonly<Record<string, readonly string[]>> = {
  '/v1/benchmarks/{id}': ['list_public'],
  '/v1/scenarios/{id}': ['list_public', 'runs', 'scorers'],
  '/v1/devboxes/{id}': ['disk_snapshots'],
};

export function createRestUpstream({
  settings,
  clock,
  observer,
  random,
  version,
}: RestUpstreamOptions): Upstream {
  const budget = createByteBudget({
    maxBytes: settings.readingMaxBytes,
    freeBytes: UNCOUNTED_BYTES,
    takeTurn: createReadingTurns({
      nextTurn: (wake) => {
        clock.nextTurn(wake);
      },
      bytesPerTurn: TURN_BYTES,
    }),
  });
  const shared = { ...settings, budget, userAgent: `runloop-graphql/${version}` };
  const transport = createTransport(shared);
  const scheduler = createScheduler({
    ...settings,
    pacing: { clock, maxIdle: settings.pacedAccounts, retryAfterMaxMs: settings.retryAfterMaxMs },
  });
  const ways = { transport, scheduler, observer, clock, retry: settings, random };
  const calls = createCalls(ways);
  const mutationCalls = createMutationCalls(ways);
  const { longPollConnections } = settings;
  const longPollTransport = createTransport({
    ...shared,
    connections: longPollConnections,
    headersTimeoutMs: LONGEST_POLL_MS + settings.headersTimeoutMs,
  });
  // Beside the other calls: an account whose slots were all taken by waiting could ask nothing any more.
  const longPolls = createCalls({
    transport: longPollTransport,
    scheduler: createScheduler({ concurrency: longPollConnections, queueLimit: settings.queueLimit }),
    observer,
    clock,
    retry: settings,
    random,
  });
  const downloadTransport = createTransport({
    ...shared,
    connections: settings.downloadConnections,
    responseMaxBytes: settings.downloadMaxBytes,
    accept: 'application/zip, application/octet-stream',
  });
  const downloads = createDownloads({ transport: downloadTransport, observer, clock, ...settings });
  const report = createReportUnknown(observer);
  const trust = createRowCompleteness();
  const readList = createListReader({ calls, trust, report, ...settings });

  function session(caller: UpstreamCaller): UpstreamSession {
    // An operation has many calls under its one signal: no leak, since each takes its listener away again.
    setMaxListeners(0, caller.signal);

    async function one<T>(route: string, id: string, parse: ParseRow<T>, kind?: Kind): Promise<T | null> {
      if (NO_IDS[route]?.includes(id) === true) return null;
      const answer = await calls.send(caller, { method: 'GET', route, id });
      if (answer === null) return null;
      if (kind) trust.noteEntity(kind, answer.body);
      return entityOf(answer.body, parse);
    }

    function entityOf<T>(body: unknown, parse: ParseRow<T>): T {
      const entity = parse(body, report);
      if (entity instanceof GatewayError) throw entity;
      return entity;
    }

    const list = <T extends Listed & { readonly id: string }>(
      of: ListOf<T>,
      page: PageRequest,
      place: Place,
      filter: Query = {},
    ): Promise<Page<T>> => readList(caller, of, { page, place, filter });

    return {
      ...createRestMutations({ caller, calls: mutationCalls, report }),
      scenarioRun: (id) => one('/v1/scenarios/runs/{id}', id, parseScenarioRun, 'scenarioRun'),
      scenarioRunLogs: (id) =>
        downloads.open(caller, { method: 'POST', ...at('/v1/scenarios/runs/{id}/download_logs', id) }),
      scenarioRuns: async (filter, page) =>
        list(SCENARIO_RUNS, page, at('/v1/scenarios/runs'), scenarioRunsQuery(filter)),
      benchmarkRun: (id) => one('/v1/benchmark_runs/{id}', id, parseBenchmarkRun, 'benchmarkRun'),
      benchmarkRuns: async (filter, page) =>
        list(BENCHMARK_RUNS, page, at('/v1/benchmark_runs'), benchmarkRunsQuery(filter)),
      benchmarkRunScenarioRuns: async (id, filter, page) =>
        list(
          SCENARIO_RUNS,
          page,
          at('/v1/benchmark_runs/{id}/scenario_runs', id),
          benchmarkRunScenarioRunsQuery(filter),
        ),
      benchmark: (id) => one('/v1/benchmarks/{id}', id, parseBenchmark, 'benchmark'),
      benchmarks: async (filter, page) =>
        list(
          BENCHMARKS,
          page,
          at(filter.isPublic === true ? '/v1/benchmarks/list_public' : '/v1/benchmarks'),
          benchmarksQuery(filter),
        ),
      benchmarkScenarios: (id, page) =>
        list(BENCHMARK_SCENARIOS, page, at('/v1/benchmarks/{id}/definitions', id)),
      benchmarkJob: (id) => one('/v1/benchmark_jobs/{id}', id, parseBenchmarkJob, 'benchmarkJob'),
      benchmarkJobs: async (filter, page) =>
        list(BENCHMARK_JOBS, page, at('/v1/benchmark_jobs'), benchmarkJobsQuery(filter)),
      scenario: (id) => one('/v1/scenarios/{id}', id, parseScenario, 'scenario'),
      scenarios: async (filter, page) =>
        list(
          SCENARIOS,
          page,
          at(filter.isPublic === true ? '/v1/scenarios/list_public' : '/v1/scenarios'),
          scenariosQuery(filter),
        ),
      devbox: (id) => one('/v1/devboxes/{id}', id, parseDevbox, 'devbox'),
      devboxes: async (filter, page) => list(DEVBOXES, page, at('/v1/devboxes'), devboxesQuery(filter)),
      waitForDevboxStatus: async (id, { statuses, timeoutSec }) => {
        const answer = await longPolls.send(caller, {
          method: 'POST',
          ...at('/v1/devboxes/{id}/wait_for_status', id),
          body: { statuses, timeout_seconds: timeoutSec },
          isLongPoll: true,
        });
        if (answer === null) return null;
        return answer.body === undefined ? 'unchanged' : entityOf(answer.body, parseDevbox);
      },
      devboxUsage: (id) => one('/v1/devboxes/{id}/usage', id, parseDevboxUsage),
      devboxLogs: async (id, filter) => {
        const query = devboxLogsQuery(filter);
        const answer = await calls.send(caller, {
          method: 'GET',
          ...at('/v1/devboxes/{id}/logs', id),
          query,
          rows: { wrapper: 'logs', read: (text) => parseDevboxLog(parseJson(text), report) },
        });
        if (answer === null) return null;
        if (answer.isCut) throw tooLarge();
        // They are what `read` has made.
        const large = answer.rows as readonly Row<DevboxLog>[] | undefined;
        return large ?? parseRows(answer.body, 'logs', parseDevboxLog, report);
      },
    };
  }

  return {
    session,
    async ping(account, signal) {
      const authorization = account?.authorization() ?? null;
      const result = await transport.request({
        method: 'GET',
        path: '/v1/accounts/me',
        authorization,
        signal,
        owner: account?.id ?? '',
      });
      // Without a key any answer shows that somebody is there, a refusal included.
      const isUp =
        result.kind === 'answer' && (account === null ? result.status < 500 : isSuccess(result.status));
      if (!isUp) throw toGatewayError(result, null);
    },
    releaseSockets() {
      transport.releaseSockets();
      longPollTransport.releaseSockets();
      downloadTransport.releaseSockets();
    },
    async [Symbol.asyncDispose]() {
      const transports = [transport, longPollTransport, downloadTransport];
      await Promise.all(transports.map((each) => each[Symbol.asyncDispose]()));
    },
  };
}

function at(route: string, id?: string): Place {
  return id === undefined ? { route } : { route, id };
}
