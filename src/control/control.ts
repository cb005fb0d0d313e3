/** `Control`: what a mutation resolver asks: do this upstream, and say how it ended. Nothing is done twice. */
import { isId } from '../upstream/id.ts';
import type { BenchmarkRun, Devbox, ScenarioRun } from '../upstream/types.ts';
import type { UpstreamSession } from '../upstream/upstream.ts';
import { explainBenchmarkRunRefusal, explainScenarioRunRefusal } from './explain-refusal.ts';
import { invalidInput, invalidTransition, type Outcome, type Problem, type Subject } from './outcome.ts';
import {
  type BenchmarkRunInput,
  readBenchmarkRunStart,
  readScenarioRunStart,
  type ScenarioRunInput,
} from './run-input.ts';
import { type Act, createSending, type IdempotencyKey, readOrNull, type SendingOptions } from './sending.ts';

/**
 * Whatever can be expected to go wrong is an `Outcome`. Rejects with a `GatewayError` when surely nothing was done for a
 * reason that has nothing to do with the request: no connection, too many requests, a key that is refused.
 */
export interface Control {
  startScenarioRun(input: ScenarioRunInput, key: IdempotencyKey): Promise<Outcome<ScenarioRun>>;
  scoreScenarioRun(id: string, key: IdempotencyKey): Promise<Outcome<ScenarioRun>>;
  completeScenarioRun(id: string, key: IdempotencyKey): Promise<Outcome<ScenarioRun>>;
  cancelScenarioRun(id: string, key: IdempotencyKey): Promise<Outcome<ScenarioRun>>;
  startBenchmarkRun(input: BenchmarkRunInput, key: IdempotencyKey): Promise<Outcome<BenchmarkRun>>;
  completeBenchmarkRun(id: string, key: IdempotencyKey): Promise<Outcome<BenchmarkRun>>;
  cancelBenchmarkRun(id: string, key: IdempotencyKey): Promise<Outcome<BenchmarkRun>>;
  shutdownDevbox(id: string, key: IdempotencyKey): Promise<Outcome<Devbox>>;
  suspendDevbox(id: string, key: IdempotencyKey): Promise<Outcome<Devbox>>;
  resumeDevbox(id: string, key: IdempotencyKey): Promise<Outcome<Devbox>>;
  /** The id, because the upstream answers nothing about the devbox. */
  keepDevboxAlive(id: string, key: IdempotencyKey): Promise<Outcome<{ readonly id: string }>>;
}

export interface ControlOptions extends SendingOptions {
  /** After a mutation, what is read through it is not from before. */
  readonly session: UpstreamSession;
  /** Whether the caller may be told names of secrets. */
  readonly maySeeSecretNames: () => boolean;
}

export function createControl(options: ControlOptions): Control {
  const { session, maySeeSecretNames } = options;
  const send = createSending(options);

  /** A mutation of one thing, whose state says whether it is allowed. */
  async function actOn<T>(
    { id, noun, query, verb }: Target,
    key: IdempotencyKey,
    { act, read, readAgain }: Steps<T>,
  ): Promise<Outcome<T>> {
    if (!isId(id)) {
      const expected = 'an id of 1 to 128 letters, digits, "_" and "-"';
      return invalidInput({ field: 'id', message: `Expected \`id\` to be ${expected}` });
    }
    return send(key, act, {
      readAgain,
      missing: () => Promise.resolve(notFound(noun, id)),
      refused: async () => invalidTransition(await readOrNull(read), noun, `cannot be ${verb}`),
      query: `{ ${query}(id: "${id}") { ${query === 'devbox' ? 'status' : 'state'} isTerminal } }`,
    });
  }

  const scenarioRun = (id: string, verb: string, key: IdempotencyKey, act: Act<ScenarioRun>) => {
    const read = async () => session.scenarioRun(id);
    const target: Target = { id, verb, noun: 'scenario run', query: 'scenarioRun' };
    return actOn(target, key, { act, read, readAgain: read });
  };
  const benchmarkRun = (id: string, verb: string, key: IdempotencyKey, act: Act<BenchmarkRun>) => {
    const read = async () => session.benchmarkRun(id);
    const target: Target = { id, verb, noun: 'benchmark run', query: 'benchmarkRun' };
    return actOn(target, key, { act, read, readAgain: read });
  };
  const devboxTarget = (id: string, verb: string): Target => ({ id, verb, noun: 'devbox', query: 'devbox' });
  const devbox = (id: string, verb: string, key: IdempotencyKey, act: Act<Devbox>) => {
    const read = async () => session.devbox(id);
    return actOn(devboxTarget(id, verb), key, { act, read, readAgain: read });
  };

  return {
    async startScenarioRun(input, key) {
      const read = readScenarioRunStart(input);
      if (read.kind === 'invalid') return invalidInput(...read.issues);
      const { start } = read;
      const { scenarioId, benchmarkRunId } = start;
      const filter = `scenarioId: "${scenarioId}"${benchmarkRunId === null ? '' : `, benchmarkRunId: "${benchmarkRunId}"`}`;
      return send(key, (options) => session.startScenarioRun(start, options), {
        readAgain: async ({ id }) => session.scenarioRun(id),
        missing: async () => {
          const isBenchmarkRunMissing =
            benchmarkRunId !== null && (await isMissing(() => session.benchmarkRun(benchmarkRunId)));
          return isBenchmarkRunMissing
            ? notFound('benchmark run', benchmarkRunId)
            : notFound('scenario', scenarioId);
        },
        refused: (code) => explainScenarioRunRefusal(code, start, { session, maySeeSecretNames }),
        query: `{ scenarioRuns(first: 5, filter: { ${filter} }) { nodes { id name state startedAt } } }`,
      });
    },
    scoreScenarioRun: (id, key) =>
      scenarioRun(id, 'scored', key, (options) => session.scoreScenarioRun(id, options)),
    completeScenarioRun: (id, key) =>
      scenarioRun(id, 'completed', key, (options) => session.completeScenarioRun(id, options)),
    cancelScenarioRun: (id, key) =>
      scenarioRun(id, 'canceled', key, (options) => session.cancelScenarioRun(id, options)),
    async startBenchmarkRun(input, key) {
      const read = readBenchmarkRunStart(input);
      if (read.kind === 'invalid') return invalidInput(...read.issues);
      const { start } = read;
      const { benchmarkId } = start;
      return send(key, (options) => session.startBenchmarkRun(start, options), {
        readAgain: async ({ id }) => session.benchmarkRun(id),
        missing: () => Promise.resolve(notFound('benchmark', benchmarkId)),
        refused: (code) => explainBenchmarkRunRefusal(code, start, { session, maySeeSecretNames }),
        query: `{ benchmarkRuns(first: 5, filter: { benchmarkId: "${benchmarkId}" }) { nodes { id name state startedAt } } }`,
      });
    },
    completeBenchmarkRun: (id, key) =>
      benchmarkRun(id, 'completed', key, (options) => session.completeBenchmarkRun(id, options)),
    cancelBenchmarkRun: (id, key) =>
      benchmarkRun(id, 'canceled', key, (options) => session.cancelBenchmarkRun(id, options)),
    shutdownDevbox: (id, key) =>
      devbox(id, 'shut down', key, (options) => session.shutdownDevbox(id, options)),
    suspendDevbox: (id, key) => devbox(id, 'suspended', key, (options) => session.suspendDevbox(id, options)),
    resumeDevbox: (id, key) => devbox(id, 'resumed', key, (options) => session.resumeDevbox(id, options)),
    keepDevboxAlive: async (id, key) => {
      const outcome = await actOn(devboxTarget(id, 'kept alive'), key, {
        act: (options) => session.keepDevboxAlive(id, options),
        read: async () => session.devbox(id),
        readAgain: () => Promise.resolve('kept'),
      });
      return outcome.type === 'Success' ? { type: 'Success', value: { id } } : outcome;
    },
  };
}

/** What is done to one thing, and how it is looked at afterwards. */
interface Steps<T> {
  readonly act: Act<T>;
  readonly read: () => Promise<Subject | null>;
  readonly readAgain: () => Promise<T | null>;
}

/** What a mutation is about. */
interface Target {
  readonly id: string;
  readonly noun: string;
  /** The query that reads it. */
  readonly query: 'scenarioRun' | 'benchmarkRun' | 'devbox';
  /** What was to be done, as in "cannot be scored". */
  readonly verb: string;
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
