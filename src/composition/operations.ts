/** `createOperationObserver`: what is told of operations, as metrics, log lines and spans. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { ERROR_CODES, type ErrorCode } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import type { OperationSpan, Tracing } from '../observability/tracing/tracing.ts';
import { GRAPHQL_PATH } from '../server/graphql/graphql.ts';
import {
  type OperationArrival,
  type OperationObserver,
  OperationRecord,
} from '../server/graphql/operation-observer.ts';
import { type AccessLog, codeOf, createAccessLog } from './access-log.ts';
import { createOperationNames, measureOperations, type OperationNames } from './measured-requests.ts';

/** Puts what has to be disposed into `opened`. */
export function createOperationObserver(
  given: {
    readonly clock: Clock;
    readonly random: () => number;
    readonly log: Logger;
    /** Null when nothing is measured. */
    readonly metrics: Metrics | null;
    /** Null when nothing is traced. */
    readonly tracing: Tracing | null;
    readonly config: Config;
  },
  opened: AsyncDisposable[],
): OperationObserver {
  const { clock, metrics, tracing, config } = given;
  const nameOf = createOperationNames();
  const settings = config.logging.access;
  const access: AccessLog | null = settings && createAccessLog({ ...given, settings, nameOf });
  if (access) opened.push(access);
  const measure = metrics && measureOperations(metrics, { clock, nameOf });
  // A record holds its trace as those see it who may not end it.
  const spans = tracing && new WeakMap<OperationRecord, OperationSpan>();
  const begin = (arrival: OperationArrival): OperationRecord => {
    const trace = tracing?.operation(arrival.headers) ?? null;
    const record = new OperationRecord(arrival, { startedAtMs: clock.now(), trace });
    if (trace) spans?.set(record, trace);
    return record;
  };
  const endSpan = (record: OperationRecord): void => {
    const span = spans?.get(record);
    if (!span) return;
    spans?.delete(record);
    span.end(outcomeOf(record, nameOf));
  };
  return {
    begin,
    // A span that lasts as long as its subscription would be seen when that is over: it ends with the start.
    started: endSpan,
    ended: (record) => {
      endSpan(record);
      measure?.(record);
      access?.note(record);
    },
  };
}

function outcomeOf(record: OperationRecord, nameOf: OperationNames): Parameters<OperationSpan['end']>[0] {
  const { read, method, status, transport } = record;
  const code = record.isAbandoned ? null : codeOf(record);
  return {
    type: read?.operation ?? null,
    name: read ? nameOf(read) : null,
    transport,
    method,
    route: GRAPHQL_PATH,
    // A stream has one as soon as it is opened.
    status: status ?? (method === null ? null : 200),
    code,
    isFault: code !== null && ERROR_CODES[code as ErrorCode].httpStatus >= 500,
  };
}
