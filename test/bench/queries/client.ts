/** The clients of the query benchmark, a process of its own: in closed loops, or at a pace. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answerQuestions } from '../live/child.ts';
import { percentile } from '../live/figure.ts';
import { Connection, type Question, requestOf } from './connection.ts';
import { createOrder, type Order } from './order.ts';

export interface Load extends Question {
  readonly clients: number;
  /** Each client sends its next query when the last one was answered, until the time is up. @default no end */
  readonly durationMs?: number | undefined;
  /** Asks for these instead of the same thing again and again. */
  readonly ids?: Ids | undefined;
  /** Ends the load after so many queries, where they come before the time is up. */
  readonly maxQueries?: number | undefined;
  /**
   * Queries begin at this pace, whether or not earlier ones were answered. One for which no client is free waits, and that
   * counts as its latency.
   * @default as fast as they are answered
   */
  readonly perSecond?: number | undefined;
  /** How long an answer takes at least that counts as slow. @default none is slow */
  readonly slowMs?: number | undefined;
}

export interface Ids {
  /** The variable that they are the values of. */
  readonly variable: string;
  readonly values: readonly string[];
  readonly order: Order;
}

export interface LoadResult {
  readonly queries: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Share of the answers that were slow. */
  readonly slowShare: number;
  /** Of one answer, without its head. */
  readonly bytes: number;
}

/** The next request to send. */
function requestsOf({ ids, ...question }: Load): () => Buffer {
  if (!ids) {
    const only = requestOf(question);
    return () => only;
  }
  const requests = ids.values.map((value) =>
    requestOf({ ...question, variables: { ...question.variables, [ids.variable]: value } }),
  );
  const next = createOrder(ids.order, requests.length);
  return () => requests[next()] ?? Buffer.alloc(0);
}

/** When the next query is due, and how long it is until then; a `dueMs` of null ends the load. */
type Pace = (startMs: number) => { readonly dueMs: number | null; readonly waitMs: number };

function paceOf({ durationMs = Infinity, maxQueries = Infinity, perSecond }: Load): Pace {
  let begun = 0;
  return (startMs) => {
    const nowMs = performance.now();
    const dueMs = perSecond === undefined ? nowMs : startMs + (begun * 1_000) / perSecond;
    // One query is asked however short the time is.
    if (begun >= maxQueries || (dueMs - startMs >= durationMs && begun > 0))
      return { dueMs: null, waitMs: 0 };
    begun++;
    return { dueMs, waitMs: dueMs - nowMs };
  };
}

const questions = {
  /** One answer. */
  ask: async (question: Question): Promise<string> => {
    const connection = new Connection(question.url);
    try {
      return (await connection.ask(requestOf(question))).toString('utf8');
    } finally {
      connection.close();
    }
  },
  /** Fails on the first answer that has errors. */
  load: async (load: Load): Promise<LoadResult> => {
    const latencies: number[] = [];
    let bytes = 0;
    const next = requestsOf(load);
    const pace = paceOf(load);
    const connections = Array.from({ length: load.clients }, () => new Connection(load.url));
    const startMs = performance.now();
    await Promise.all(
      connections.map(async (connection) => {
        for (let { dueMs, waitMs } = pace(startMs); dueMs !== null; { dueMs, waitMs } = pace(startMs)) {
          if (waitMs > 0) await sleep(waitMs);
          const answer = await connection.ask(next());
          latencies.push(performance.now() - dueMs);
          bytes = answer.byteLength;
          if (!answer.includes('"data"') || answer.includes('"errors"'))
            throw new Error(`A query failed: ${answer.toString('utf8', 0, 500)}`);
        }
      }),
    );
    const seconds = (performance.now() - startMs) / 1_000;
    for (const connection of connections) connection.close();
    return {
      queries: latencies.length,
      perSecond: latencies.length / seconds,
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      p999Ms: percentile(latencies, 0.999),
      slowShare: latencies.filter((ms) => ms >= (load.slowMs ?? Infinity)).length / latencies.length,
      bytes,
    };
  },
};
export type ClientQuestions = typeof questions;

answerQuestions(questions);
