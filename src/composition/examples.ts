/** `createExamples`: ids that the ready tabs of GraphiQL open with, where everybody sees what is asked for them. */
import { type Clock, startDeadline } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { comparableRuns, NO_EXAMPLES, type TabExamples } from '../server/graphiql/graphiql-tabs.ts';
import type { Devbox } from '../upstream/types.ts';
import type { Authenticate, CreateContext } from '../server/graphql/operation-context.ts';

export interface ExamplesOptions {
  readonly authenticate: Authenticate;
  readonly createContext: CreateContext;
  readonly clock: Clock;
}

/** How long somebody who opens the page waits for examples, in milliseconds. Without them, it opens as well. */
const PATIENCE_MS = 1_000;

/** Statuses that a devbox goes through again and again. */
const MOVING = ['running', 'suspending', 'suspended', 'resuming'] as const;

/** Rows of each list: enough for two runs of one benchmark, mostly. */
const LOOKED_AT = 50;

/** Asks as somebody without credentials would: only for a gateway that lets everybody in. Never rejects. */
export function createExamples({ authenticate, createContext, clock }: ExamplesOptions) {
  return async (): Promise<TabExamples> => {
    using deadline = startDeadline(clock, PATIENCE_MS, {
      reason: () => new GatewayError('UPSTREAM_TIMEOUT', 'The upstream did not tell the examples in time'),
    });
    try {
      const caller = await authenticate({ authorization: null, waitingBytes: 0 });
      using context = createContext({ caller, signal: deadline.signal });
      const { benchmarkRuns, benchmarkJobs, devboxes } = context.loaders;
      const [completed, running, jobs, ...moving] = await Promise.all([
        benchmarkRuns.list({ state: 'completed' }, { first: LOOKED_AT }).rows(),
        benchmarkRuns.list({ state: 'running' }, { first: LOOKED_AT }).rows(),
        benchmarkJobs.list({}, { first: LOOKED_AT }).rows(),
        ...MOVING.map((status) => devboxes.list({ status }, { first: LOOKED_AT }).rows()),
      ]);
      const runs = readable(running);
      return {
        compared: comparableRuns(readable(completed)),
        followed: {
          // One of a benchmark has more to show than one of a few chosen scenarios.
          benchmarkRun: (runs.find(({ benchmarkId }) => benchmarkId !== null) ?? runs[0])?.id ?? null,
          benchmarkJob: readable(jobs).find(({ isTerminal }) => !isTerminal)?.id ?? null,
          devbox: liveliest(moving.flatMap(readable))?.id ?? null,
        },
      };
    } catch (error) {
      if (error instanceof GatewayError) return NO_EXAMPLES;
      throw error;
    }
  };
}

function readable<T>({ rows }: { readonly rows: readonly (T | GatewayError)[] }): readonly T[] {
  return rows.flatMap((row) => (row instanceof GatewayError ? [] : [row]));
}

/** The one that has moved most, and so is likely to move again. */
function liveliest(devboxes: readonly Devbox[]): Devbox | undefined {
  return devboxes.reduce<Devbox | undefined>(
    (best, devbox) =>
      best && best.stateTransitions.length >= devbox.stateTransitions.length ? best : devbox,
    undefined,
  );
}
