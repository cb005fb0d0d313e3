/** `observeSession`: whatever anybody reads passes those who watch it, in both directions: they learn from it, and nobody sees older than they do. */
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Watchable } from '../events/event.ts';
import type { ReadSpan } from '../events/event-log.ts';
import type { Account } from '../upstream/account.ts';
import type { Page } from '../upstream/types.ts';
import type { UpstreamSession } from '../upstream/upstream.ts';
import type { Live } from './live.ts';

/** The same session, with every scenario run, benchmark run and devbox that it answers as fresh as is known. */
export function observeSession(
  session: UpstreamSession,
  { live, account, clock }: { readonly live: Live; readonly account: Account; readonly clock: Clock },
): UpstreamSession {
  /** Reads, and tells how long that took. A rate limit that a query meets slows the account's polls too. */
  const timed = async <T>(
    read: () => Promise<T>,
  ): Promise<{ readonly answer: T; readonly span: ReadSpan }> => {
    const sentAtMs = clock.now();
    try {
      const answer = await read();
      return { answer, span: { sentAtMs, receivedAtMs: clock.now() } };
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
    return {
      ...answer,
      rows: answer.rows.map((row) => (row instanceof Error ? row : live.observe(account, row, span))),
    };
  };
  return {
    ...session,
    scenarioRun: (id) => one(() => session.scenarioRun(id)),
    scenarioRuns: (filter, range) => page(() => session.scenarioRuns(filter, range)),
    benchmarkRun: (id) => one(() => session.benchmarkRun(id)),
    benchmarkRuns: (filter, range) => page(() => session.benchmarkRuns(filter, range)),
    benchmarkRunScenarioRuns: (id, filter, range) =>
      page(() => session.benchmarkRunScenarioRuns(id, filter, range)),
    devbox: (id) => one(() => session.devbox(id)),
    devboxes: (filter, range) => page(() => session.devboxes(filter, range)),
  };
}
