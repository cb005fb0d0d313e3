/** `createExamples`: ids that the ready tabs of GraphiQL open with, where everybody sees what is asked for them. */
import { type Clock, startDeadline } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { comparableRuns, NO_EXAMPLES, type TabExamples } from '../server/graphiql-tabs.ts';
import type { Authenticate, CreateContext } from '../server/operation-context.ts';

export interface ExamplesOptions {
  readonly authenticate: Authenticate;
  readonly createContext: CreateContext;
  readonly clock: Clock;
}

/** How long somebody who opens the page waits for examples, in milliseconds. Without them, it opens as well. */
const PATIENCE_MS = 1_000;

/** Enough for two runs of one benchmark, mostly. */
const COMPLETED_RUNS = 50;

/** Asks as somebody without credentials would: only for a gateway that lets everybody in. Never rejects. */
export function createExamples({ authenticate, createContext, clock }: ExamplesOptions) {
  return async (): Promise<TabExamples> => {
    using deadline = startDeadline(clock, PATIENCE_MS, {
      reason: () => new GatewayError('UPSTREAM_TIMEOUT', 'The upstream did not tell the examples in time'),
    });
    try {
      const caller = await authenticate({ authorization: null, waitingBytes: 0 });
      using context = createContext({ caller, signal: deadline.signal });
      const { benchmarkRuns } = context.loaders;
      const [completed, running] = await Promise.all([
        benchmarkRuns.list({ state: 'completed' }, { first: COMPLETED_RUNS }).rows(),
        benchmarkRuns.list({ state: 'running' }, { first: 1 }).rows(),
      ]);
      const readable = [completed, running].map(({ rows }) =>
        rows.flatMap((row) => (row instanceof GatewayError ? [] : [row])),
      );
      const [runs = [], [followed] = []] = readable;
      return { compared: comparableRuns(runs), running: followed?.id ?? null };
    } catch (error) {
      if (error instanceof GatewayError) return NO_EXAMPLES;
      throw error;
    }
  };
}
