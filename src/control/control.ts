/** `Control`: what a mutation resolver asks: do this upstream, and say how it ended. Nothing is done twice. */
import { isId } from '../upstream/id.ts';
import { ACTIONS, type ActionName, type Actions, ENTITIES } from '../upstream/endpoints.ts';
import type { WithId } from '../upstream/endpoint-rows.ts';
import type { BenchmarkRun, Kinds, ScenarioRun } from '../upstream/types.ts';
import type { UpstreamSession } from '../upstream/upstream.ts';
import { explainBenchmarkRunRefusal, explainScenarioRunRefusal } from './explain-refusal.ts';
import { invalidInput, invalidTransition, type Outcome, type Problem } from './outcome.ts';
import {
  type BenchmarkRunInput,
  readBenchmarkRunStart,
  readScenarioRunStart,
  type ScenarioRunInput,
} from './run-input.ts';
import { createSending, type IdempotencyKey, readOrNull, type SendingOptions } from './sending.ts';

/**
 * Whatever can be expected to go wrong is an `Outcome`. Rejects with a `GatewayError` when surely nothing was done for a
 * reason that has nothing to do with the request: no connection, too many requests, a key that is refused.
 */
export interface Control {
  startScenarioRun(input: ScenarioRunInput, key: IdempotencyKey): Promise<Outcome<ScenarioRun>>;
  startBenchmarkRun(input: BenchmarkRunInput, key: IdempotencyKey): Promise<Outcome<BenchmarkRun>>;
  /** Does something to one entity. Answers it, or `done` where the upstream shows nothing of what it did. */
  act<A extends ActionName>(action: A, on: WithId, key: IdempotencyKey): Promise<Outcome<Acted<A>>>;
}

/** What an action answers, or what is read where that may be out of date. */
export type Acted<A extends ActionName> = Actions[A]['answer'] | Kinds[Actions[A]['kind']];

export interface ControlOptions extends SendingOptions {
  /** After a mutation, what is read through it is not from before. */
  readonly session: UpstreamSession;
  /** Whether the caller may read names of secrets. */
  readonly maySeeSecretNames: () => boolean;
}

export function createControl(options: ControlOptions): Control {
  const { session, maySeeSecretNames } = options;
  const send = createSending(options);

  return {
    async startScenarioRun(input, key) {
      const read = readScenarioRunStart(input);
      if (read.kind === 'invalid') return invalidInput(...read.issues);
      const { start } = read;
      const { scenarioId, benchmarkRunId } = start;
      const filter = `scenarioId: "${scenarioId}"${benchmarkRunId === null ? '' : `, benchmarkRunId: "${benchmarkRunId}"`}`;
      return send(key, (options) => session.send('startScenarioRun', start, options), {
        readAgain: async ({ id }) => session.get('scenarioRun', id),
        missing: async () => {
          const isBenchmarkRunMissing =
            benchmarkRunId !== null && (await isMissing(() => session.get('benchmarkRun', benchmarkRunId)));
          return isBenchmarkRunMissing
            ? notFound('benchmark run', benchmarkRunId)
            : notFound('scenario', scenarioId);
        },
        refused: (code) => explainScenarioRunRefusal(code, start, { session, maySeeSecretNames }),
        query: `{ scenarioRuns(first: 5, filter: { ${filter} }) { nodes { id name state startedAt } } }`,
      });
    },
    async startBenchmarkRun(input, key) {
      const read = readBenchmarkRunStart(input);
      if (read.kind === 'invalid') return invalidInput(...read.issues);
      const { start } = read;
      const { benchmarkId } = start;
      return send(key, (options) => session.send('startBenchmarkRun', start, options), {
        readAgain: async ({ id }) => session.get('benchmarkRun', id),
        missing: () => Promise.resolve(notFound('benchmark', benchmarkId)),
        refused: (code) => explainBenchmarkRunRefusal(code, start, { session, maySeeSecretNames }),
        query: `{ benchmarkRuns(first: 5, filter: { benchmarkId: "${benchmarkId}" }) { nodes { id name state startedAt } } }`,
      });
    },
    async act(action, on, key) {
      const { id } = on;
      const { kind, verb } = ACTIONS[action];
      const { noun } = ENTITIES[kind];
      if (!isId(id)) {
        const expected = 'an id of 1 to 128 letters, digits, "_" and "-"';
        return invalidInput({ field: 'id', message: `Expected \`id\` to be ${expected}` });
      }
      return send<Acted<typeof action>>(key, (options) => session.send(action, on, options), {
        readAgain: async (value) => (value === 'done' ? value : session.get(kind, id)),
        missing: () => Promise.resolve(notFound(noun, id)),
        refused: async () =>
          invalidTransition(await readOrNull(() => session.get(kind, id)), noun, `cannot be ${verb}`),
        query: `{ ${kind}(id: "${id}") { ${kind === 'devbox' ? 'status' : 'state'} isTerminal } }`,
      });
    },
  };
}

function notFound(noun: string, id: string): Problem {
  return {
    type: 'NotFoundError',
    code: 'NOT_FOUND',
    missingId: id,
    message: `Runloop knows no ${noun} ${id}`,
  };
}

/** Whether it is surely not there. */
async function isMissing(read: () => Promise<unknown>): Promise<boolean> {
  try {
    return (await read()) === null;
  } catch {
    return false;
  }
}
