/** What clients ask, as metrics: which metric each request and operation is counted in, and with which labels. */
import { getOperationAST, OperationTypeNode } from 'graphql';
import type { Clock } from '../clock.ts';
import { createBoundedLabel, OTHER } from '../observability/metrics/bounded-label.ts';
import type { Series } from '../observability/metrics/durations.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import type { OperationRecord } from '../server/graphql/operation-observer.ts';
import type { AnsweredBy, ReadDocument } from '../server/graphql/operation.ts';
import type { RefreshAheadOptions } from '../server/graphql/refresh-ahead.ts';
import type { PresentErrors } from '../server/graphql/present-error.ts';
import { ClientGone } from '../server/http/client-gone.ts';
import type { AnsweredRequest } from '../server/http/request-listener.ts';

/** Names of operations that are told apart; clients choose them. */
const MAX_OPERATION_NAMES = 200;

const ANONYMOUS_OPERATION = 'anonymous';

/** Clients choose the method, too. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);

const NO_ROUTE = 'none';

/** The name of an operation, of which the first so many are told apart. The same for equal documents, and found fast. */
export type OperationNames = (read: ReadDocument) => string;

export function createOperationNames(): OperationNames {
  const boundName = createBoundedLabel(MAX_OPERATION_NAMES);
  const known = new WeakMap<ReadDocument, string>();
  return (read) => {
    const found = known.get(read);
    if (found !== undefined) return found;
    const name = boundName(
      getOperationAST(read.document, read.operationName)?.name?.value ?? ANONYMOUS_OPERATION,
    );
    known.set(read, name);
    return name;
  };
}

/** Counts queries and mutations whose document could be read. */
export function measureOperations(
  metrics: Metrics,
  { clock, nameOf }: { readonly clock: Clock; readonly nameOf: OperationNames },
): (record: OperationRecord) => void {
  const known = new WeakMap<ReadDocument, MeasuredOperation>();
  const measured = (read: ReadDocument): MeasuredOperation => {
    const found = known.get(read);
    if (found) return found;
    const labels = { operation: nameOf(read), type: read.operation };
    const series = (answeredBy: AnsweredBy) =>
      metrics.operations.series({ ...labels, answered_by: answeredBy });
    const made = { labels, cache: series('cache'), execution: series('execution') };
    known.set(read, made);
    return made;
  };
  return ({ read, answeredBy, startedAtMs, errors, isAbandoned }) => {
    if (!read || read.operation === OperationTypeNode.SUBSCRIPTION) return;
    const operation = measured(read);
    operation[answeredBy ?? 'execution'].recordMs(clock.now() - startedAtMs);
    if (errors.length > 0 && !isAbandoned) metrics.failedOperations.inc(operation.labels);
  };
}

interface MeasuredOperation extends Readonly<Record<AnsweredBy, Series>> {
  readonly labels: { readonly operation: string; readonly type: string };
}

export function measureErrors(metrics: Metrics, presentErrors: PresentErrors): PresentErrors {
  return (errors, requestId) => {
    const presented = presentErrors(errors, requestId);
    for (const { extensions, originalError } of presented) {
      // Nobody sees that one.
      if (!(originalError instanceof ClientGone)) metrics.errors.inc({ code: String(extensions['code']) });
    }
    return presented;
  };
}

export function measureRequests(metrics: Metrics): (request: AnsweredRequest) => void {
  // By the labels as one text, which is found faster than an object with them.
  const known = new Map<string, Series>();
  return ({ method: sent, route, status, durationMs }) => {
    const method = METHODS.has(sent) ? sent : OTHER;
    const key = `${method} ${route ?? NO_ROUTE} ${String(status)}`;
    const series =
      known.get(key) ?? metrics.requests.series({ method, route: route ?? NO_ROUTE, status: String(status) });
    known.set(key, series);
    series.recordMs(durationMs);
  };
}

/** `setting` is the one that sets the limit that was reached. */
export function measureRefusals(metrics: Metrics | null, setting: string): () => void {
  return () => metrics?.refusals.inc({ setting });
}

export function measureRefreshes(metrics: Metrics): RefreshAheadOptions['onEnd'] {
  return ({ result, calls }) => {
    metrics.answerRefreshes.inc({ result });
    metrics.refreshCalls.inc(calls);
  };
}
