/** The headers of W3C Trace Context, read and written. */
import { createTraceState, isSpanContextValid, type SpanContext, TraceFlags } from '@opentelemetry/api';

/** Version 00 has nothing behind the flags; what later versions add is not read (W3C Trace Context, section 4.3). */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;
const MAX_STATE_LENGTH = 512;

/** Null where there is none that can be continued. */
export function readTraceparent(traceparent: unknown, tracestate?: unknown): SpanContext | null {
  if (typeof traceparent !== 'string') return null;
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(traceparent) ?? [];
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
    ...(typeof tracestate === 'string' && tracestate.length <= MAX_STATE_LENGTH
      ? { traceState: createTraceState(tracestate) }
      : {}),
  };
  return isSpanContextValid(context) ? context : null;
}

export function writeTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${String(traceFlags & TraceFlags.SAMPLED)}`;
}

export function traceHeaders(context: SpanContext): Readonly<Record<string, string>> {
  const state = context.traceState?.serialize();
  const traceparent = writeTraceparent(context);
  return state === undefined || state === '' ? { traceparent } : { traceparent, tracestate: state };
}
