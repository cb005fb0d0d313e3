/** `createTracing`: spans of OpenTelemetry, by its semantic conventions for HTTP and GraphQL. */
import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { readTraceparent, traceHeaders, writeTraceparent } from './trace-parent.ts';
import type { CallSpans, OperationOutcome, OperationSpan, Tracing } from './tracing.ts';

export interface TracingOptions {
  readonly provider: TracerProvider;
  /** Of the gateway. */
  readonly version: string;
  /** Where the upstream is; its path and query are left out. */
  readonly upstreamUrl: string;
}

/** Of a span that is made before its document is read. */
const UNREAD = 'GraphQL operation';

/** Attributes that no convention names. */
const OWN = 'runloop_graphql';

export function createTracing({ provider, version, upstreamUrl }: TracingOptions): Tracing {
  const tracer = provider.getTracer('runloop-graphql', version);
  const server = serverOf(upstreamUrl);
  return {
    operation: ({ traceparent, tracestate }) => {
      const caller = traceparent === undefined ? null : readTraceparent(traceparent, tracestate);
      const parent = caller ? trace.setSpanContext(ROOT_CONTEXT, caller) : ROOT_CONTEXT;
      return new TracedOperation(tracer.startSpan(UNREAD, { kind: SpanKind.SERVER }, parent), {
        tracer,
        server,
      });
    },
    poll: (kind) => {
      const span = tracer.startSpan(
        `poll ${kind}`,
        { kind: SpanKind.INTERNAL, attributes: { [`${OWN}.kind`]: kind } },
        ROOT_CONTEXT,
      );
      return {
        traceparent: writeTraceparent(span.spanContext()),
        calls: callSpans(span, { tracer, server }),
        end: (result) => {
          span.setAttribute(`${OWN}.poll.result`, result);
          if (result === 'failed') span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    event: ({ kind, poll, subscription }) => {
      const span = tracer.startSpan(
        `event ${kind}`,
        {
          kind: SpanKind.INTERNAL,
          attributes: { [`${OWN}.kind`]: kind, 'graphql.operation.type': 'subscription' },
          links: [poll, subscription].flatMap(linkTo),
        },
        ROOT_CONTEXT,
      );
      return {
        calls: callSpans(span, { tracer, server }),
        end: (code) => {
          if (code !== null) fail(span, code);
          span.end();
        },
      };
    },
  };
}

interface Made {
  readonly tracer: Tracer;
  readonly server: Attributes;
}

/** There is one for each operation, and few of them are sampled: what only those need is made when it is asked for. */
class TracedOperation implements OperationSpan {
  readonly #span: Span;
  readonly #made: Made;
  readonly #context: SpanContext;

  constructor(span: Span, made: Made) {
    this.#span = span;
    this.#made = made;
    this.#context = span.spanContext();
  }

  get traceId(): string {
    return this.#context.traceId;
  }

  get traceparent(): string {
    return writeTraceparent(this.#context);
  }

  get calls(): CallSpans {
    return callSpans(this.#span, this.#made);
  }

  end(outcome: OperationOutcome): void {
    const span = this.#span;
    if (span.isRecording()) describe(span, outcome);
    span.end();
  }
}

function describe(span: Span, { type, name, transport, method, route, status, ...ended }: OperationOutcome) {
  if (type !== null) {
    span.updateName(name === null ? type : `${type} ${name}`);
    span.setAttribute('graphql.operation.type', type);
  }
  if (name !== null) span.setAttribute('graphql.operation.name', name);
  if (method !== null) span.setAttribute('http.request.method', method);
  if (status !== null) span.setAttribute('http.response.status_code', status);
  span.setAttributes({ 'http.route': route, 'url.path': route, [`${OWN}.transport`]: transport });
  if (ended.code === null) return;
  span.setAttribute('error.type', ended.code);
  // What clients do wrong is no error of the server (semantic conventions for HTTP spans).
  if (ended.isFault) span.setStatus({ code: SpanStatusCode.ERROR });
}

function callSpans(parent: Span, { tracer, server }: Made): CallSpans {
  if (!parent.isRecording()) return unsampled(parent);
  const context = trace.setSpan(ROOT_CONTEXT, parent);
  return { startCall: (call) => startCall(call, { tracer, server, context }) };
}

/** Whoever is called learns that nothing is recorded of this trace, and that is all. */
function unsampled(parent: Span): CallSpans {
  const headers = traceHeaders(parent.spanContext());
  const call = { headers, end: () => undefined };
  return { startCall: () => call };
}

function startCall(
  { method, route, attempt }: Parameters<CallSpans['startCall']>[0],
  { tracer, server, context }: Made & { readonly context: Context },
): ReturnType<CallSpans['startCall']> {
  // Ids and filters are in the address: the route stands for it.
  const attributes = {
    ...server,
    'http.request.method': method,
    'url.template': route,
    ...(attempt > 1 ? { 'http.request.resend_count': attempt - 1 } : {}),
  };
  const span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.CLIENT, attributes }, context);
  return {
    headers: traceHeaders(span.spanContext()),
    end: (result) => {
      if ('status' in result) {
        span.setAttribute('http.response.status_code', result.status);
        if (result.status >= 400) fail(span, String(result.status));
      } else if (result.failure === 'aborted') span.setAttribute('error.type', result.failure);
      else fail(span, result.failure);
      span.end();
    },
  };
}

function fail(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function linkTo(traceparent: string | undefined): Link[] {
  const context = readTraceparent(traceparent);
  return context ? [{ context }] : [];
}

function serverOf(upstreamUrl: string): Attributes {
  const { hostname, port, protocol } = new URL(upstreamUrl);
  const byDefault = protocol === 'https:' ? 443 : 80;
  return { 'server.address': hostname, 'server.port': port === '' ? byDefault : Number(port) };
}
