/** `createRestUpstream`: the `Upstream` over Runloop's REST API: its sockets, its queues, and the sessions that share them. */
import { setMaxListeners } from 'node:events';
import type { Clock } from '../../clock.ts';
import { createFairTurns } from '../../process/fair-turns.ts';
import { type NextTurn, nextTurnOf } from '../../process/paced-turns.ts';
import type { UpstreamObserver } from '../observer.ts';
import { createScheduler, type SchedulerLoad } from '../scheduling/scheduler.ts';
import type { SharedPace } from '../scheduling/shared-pace.ts';
import type { Upstream } from '../upstream.ts';
import type { UpstreamSettings } from '../upstream-settings.ts';
import { createByteBudget } from './byte-budget.ts';
import { createCalls } from './calls.ts';
import { createDownloads } from './downloads.ts';
import { toGatewayError } from './error-mapping.ts';
import { createMutationCalls } from './mutation-calls.ts';
import { createReportUnknown } from './parse/enum-values.ts';
import { createListReader } from './read-list.ts';
import { createReadingBudget } from './reading-budget.ts';
import { createRestSession } from './rest-session.ts';
import { createRowCompleteness } from './row-completeness.ts';
import { createTransport } from './transport.ts';
import { isSuccess } from './transport-result.ts';

export interface RestUpstreamOptions {
  readonly settings: UpstreamSettings;
  readonly clock: Clock;
  readonly observer: UpstreamObserver;
  /** In which turns of the event loop answers are read that had to wait for others. @default in each */
  readonly nextTurn?: NextTurn;
  /** From 0 to below 1: spreads retries, so that callers who failed together do not come back together. */
  readonly random: () => number;
  /** The gateway's version, which the upstream reads in `User-Agent`. */
  readonly version: string;
  /** What other replicas are refused. @default null, there are none */
  readonly pace?: SharedPace | null;
}

export interface RestUpstream extends Upstream {
  /** How busy the calls are, long polls and downloads left out. */
  readonly load: SchedulerLoad;
}

/** How long the upstream waits at most, in milliseconds. */
const LONGEST_POLL_MS = 30_000;

/** Bytes of an answer that do not count as being read: an answer so small waits for no large one. */
const UNCOUNTED_BYTES = 64 * 1024; // 64 KiB
/** What of larger answers is read in one turn of the event loop: a few milliseconds of work. */
const TURN_BYTES = 64 * 1024; // 64 KiB

/** What of the answers to one caller is taken in per turn of the event loop. */
const ANSWER_BYTES = 32 * 1024; // 32 KiB

export function createRestUpstream({
  settings,
  clock,
  observer,
  random,
  version,
  pace = null,
  nextTurn = nextTurnOf(clock),
}: RestUpstreamOptions): RestUpstream {
  const budget = createByteBudget({
    maxBytes: settings.readingMaxBytes,
    freeBytes: UNCOUNTED_BYTES,
    acquireTurn: createReadingBudget({ nextTurn, bytesPerTurn: TURN_BYTES }),
  });
  const acquireTurn = createFairTurns({ nextTurn: nextTurnOf(clock), perTurn: ANSWER_BYTES });
  const shared = { ...settings, budget, acquireTurn, userAgent: `runloop-graphql/${version}` };
  const transport = createTransport(shared);
  const scheduler = createScheduler({
    ...settings,
    pacing: {
      clock,
      maxIdle: settings.pacedAccounts,
      retryAfterMaxMs: settings.retryAfterMaxMs,
      shared: pace,
    },
  });
  const callOptions = { transport, scheduler, observer, clock, retry: settings, random };
  const calls = createCalls(callOptions);
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
  const report = createReportUnknown(observer);
  const completeness = createRowCompleteness();
  const rest = {
    calls,
    longPolls,
    mutations: createMutationCalls(callOptions),
    downloads: createDownloads({ transport: downloadTransport, observer, clock, ...settings }),
    readList: createListReader({ calls, completeness, report, ...settings }),
    completeness,
    report,
  };

  return {
    session(caller) {
      // An operation has many calls under its one signal: no leak, since each takes its listener away again.
      setMaxListeners(0, caller.signal);
      return createRestSession(caller, rest);
    },
    hasSpareSlots: ({ id }) => scheduler.hasSpareSlots(id),
    get load() {
      return scheduler.load;
    },
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
