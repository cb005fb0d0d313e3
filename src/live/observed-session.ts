/** `observeSession`: whatever anybody reads passes those who watch it, in both directions: they learn from it, and nobody sees older than they do. */
import type { Clock } from '../clock.ts';
import type { Watchable } from '../events/event.ts';
import type { Account } from '../upstream/account.ts';
import type { Page } from '../upstream/types.ts';
import type { UpstreamSession } from '../upstream/upstream.ts';
import type { Live } from './live.ts';

/** The same session, with every scenario run, benchmark run and devbox that it answers as fresh as is known. */
export function observeSession(
  session: UpstreamSession,
  { live, account, clock }: { readonly live: Live; readonly account: Account; readonly clock: Clock },
): UpstreamSession {
  const one = async <T extends Watchable>(read: () => Promise<T | null>): Promise<T | null> => {
    const sentAtMs = clock.now();
    const entity = await read();
    return entity === null ? null : live.observe(account, entity, { sentAtMs, receivedAtMs: clock.now() });
  };
  const page = async <T extends Watchable>(read: () => Promise<Page<T>>): Promise<Page<T>> => {
    const sentAtMs = clock.now();
    const answer = await read();
    const span = { sentAtMs, receivedAtMs: clock.now() };
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
