/** `observeSession`: whatever anybody reads passes those who watch it, in both directions: they learn from it, and nobody sees older than they do. */
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Watchable, WatchRef } from '../events/event.ts';
import type { ReadSpan } from '../events/event-log.ts';
import type { Account } from '../upstream/account.ts';
import type { Mutation } from '../upstream/mutations.ts';
import type { Entity, Page } from '../upstream/types.ts';
import type { PeekingSession, ReadingSession } from '../upstream/upstream.ts';
import type { Live } from './live.ts';

/** The same session, with every scenario run, benchmark run, benchmark job and devbox that it answers as fresh as is known. */
export function observeSession(
  session: ReadingSession,
  { live, account, clock }: { readonly live: Live; readonly account: Account; readonly clock: Clock },
): PeekingSession {
  /** Reads, and tells when that was. A rate limit that a query meets slows the account's polls too. */
  const timed = async <T>(
    read: () => Promise<T>,
  ): Promise<{ readonly answer: T; readonly span: ReadSpan }> => {
    const sentAtMs = clock.now();
    try {
      const answer = await read();
      // What others have asked for, or what was kept, was read before it was asked for here.
      const known = typeof answer === 'object' && answer !== null ? session.spanOf?.(answer) : undefined;
      return { answer, span: known ?? { sentAtMs, receivedAtMs: clock.now() } };
    } catch (error) {
      if (
        error instanceof GatewayError &&
        error.code === 'RATE_LIMITED' &&
        error.retryAfterMs !== undefined
      ) {
        live.slowDown(account, error.retryAfterMs);
      }
      throw error;
    }
  };
  const one = async <T extends Watchable>(read: () => Promise<T | null>): Promise<T | null> => {
    const { answer, span } = await timed(read);
    return answer === null ? null : live.observe(account, answer, span);
  };
  const page = async <T extends Watchable>(read: () => Promise<Page<T>>): Promise<Page<T>> => {
    const { answer, span } = await timed(read);
    if (!live.isWatching(account)) return answer;
    return {
      ...answer,
      rows: answer.rows.map((row) =>
        row instanceof Error || row.isPartial
          ? row
          : live.observe(account, row, session.spanOf?.(row) ?? span),
      ),
    };
  };
  /**
   * What was done is seen by followers before its caller hears of it, and so is what became of it late. The answer may
   * be that of an earlier request with the same idempotency key, so it shows some instant up to now: it counts where it
   * shows that the thing has come further than was known.
   */
  const changed = async <T extends Watchable>(
    ref: WatchRef | null,
    act: () => Promise<Mutation<T>>,
  ): Promise<Mutation<T>> => {
    const see = (entity: T): T => {
      if (ref) live.touch(account, ref);
      return live.observe(account, entity, { sentAtMs: 0, receivedAtMs: clock.now() });
    };
    const { answer: mutation } = await timed(act);
    switch (mutation.kind) {
      case 'done':
        return { kind: 'done', value: see(mutation.value) };
      case 'unknown':
        if (ref) live.touch(account, ref);
        return { ...mutation, late: mutation.late.then((entity) => entity && see(entity)) };
      case 'missing':
      case 'refused':
        return mutation;
    }
  };
  return {
    ...session,
    peek: (kind, id) => {
      const told = session.peek?.(kind, id);
      if (!told) return undefined;
      const { value, read } = told;
      return value && isWatchable(value) ? live.observe<typeof value>(account, value, read) : value;
    },
    startScenarioRun: (start, options) =>
      // It is followed by nobody yet, but may be part of what is.
      changed(start.benchmarkRunId === null ? null : { kind: 'benchmarkRun', id: start.benchmarkRunId }, () =>
        session.startScenarioRun(start, options),
      ),
    scoreScenarioRun: (id, options) =>
      changed({ kind: 'scenarioRun', id }, () => session.scoreScenarioRun(id, options)),
    completeScenarioRun: (id, options) =>
      changed({ kind: 'scenarioRun', id }, () => session.completeScenarioRun(id, options)),
    cancelScenarioRun: (id, options) =>
      changed({ kind: 'scenarioRun', id }, () => session.cancelScenarioRun(id, options)),
    startBenchmarkRun: (start, options) => changed(null, () => session.startBenchmarkRun(start, options)),
    completeBenchmarkRun: (id, options) =>
      changed({ kind: 'benchmarkRun', id }, () => session.completeBenchmarkRun(id, options)),
    cancelBenchmarkRun: (id, options) =>
      changed({ kind: 'benchmarkRun', id }, () => session.cancelBenchmarkRun(id, options)),
    shutdownDevbox: (id, options) =>
      changed({ kind: 'devbox', id }, () => session.shutdownDevbox(id, options)),
    suspendDevbox: (id, options) => changed({ kind: 'devbox', id }, () => session.suspendDevbox(id, options)),
    resumeDevbox: (id, options) => changed({ kind: 'devbox', id }, () => session.resumeDevbox(id, options)),
    scenarioRun: (id) => one(() => session.scenarioRun(id)),
    scenarioRuns: (filter, range) => page(() => session.scenarioRuns(filter, range)),
    benchmarkRun: (id) => one(() => session.benchmarkRun(id)),
    benchmarkRuns: (filter, range) => page(() => session.benchmarkRuns(filter, range)),
    benchmarkRunScenarioRuns: (id, filter, range) =>
      page(() => session.benchmarkRunScenarioRuns(id, filter, range)),
    benchmarkJob: (id) => one(() => session.benchmarkJob(id)),
    benchmarkJobs: (filter, range) => page(() => session.benchmarkJobs(filter, range)),
    devbox: (id) => one(() => session.devbox(id)),
    devboxes: (filter, range) => page(() => session.devboxes(filter, range)),
  };
}

const WATCHABLE: Readonly<Record<Entity['type'], boolean>> = {
  ScenarioRun: true,
  BenchmarkRun: true,
  BenchmarkJob: true,
  Devbox: true,
  Benchmark: false,
  Scenario: false,
} satisfies Record<Watchable['type'], true> & Record<Entity['type'], boolean>;

function isWatchable(entity: Entity): entity is Watchable {
  return WATCHABLE[entity.type];
}
