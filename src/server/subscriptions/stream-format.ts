/** `StreamFormat`: how the events of a subscription are written to an HTTP response: as server-sent events or multipart. */
import type { GraphQLError } from 'graphql';
import type { Rendered } from './broadcast.ts';
import { BOUNDARY, partOf } from './multipart.ts';
import { toAnswer } from '../graphql/present-error.ts';
import { isRefusedForGood, REFUSED_ID } from './refused-for-good.ts';
import type { SubscriptionTransport } from './subscription-observer.ts';

export interface StreamFormat {
  readonly transport: SubscriptionTransport;
  readonly contentType: string;
  /** Sent when the response is opened; null when nothing is. */
  readonly opening: string | null;
  readonly eventOf: (rendered: Rendered) => Buffer;
  /** A heartbeat, which clients skip. */
  readonly heartbeat: Buffer;
  /** Ends a completed stream: the client does not reconnect. */
  readonly completion: string;
  /** The errors of a refused subscription as a result, and the end of the stream. */
  readonly refusal: (errors: readonly GraphQLError[]) => string;
  /** The errors that end a stream that was open. */
  readonly failure: (errors: readonly GraphQLError[]) => string;
  /** Ends a stream whose client should reconnect, after so many milliseconds where the format has a field for it. */
  readonly retry: (afterMs: number) => string;
}

const COMPLETE = 'event: complete\ndata:\n\n';

const lastEvent = (errors: readonly GraphQLError[]) =>
  `event: next\ndata: ${JSON.stringify({ errors: toAnswer(errors) })}\n\n${COMPLETE}`;

/** Server-sent events by the "distinct connections mode" of graphql-sse, with `id` in addition. */
export const EVENTS: StreamFormat = {
  transport: 'event-stream',
  contentType: 'text/event-stream; charset=utf-8',
  opening: null,
  eventOf: ({ streamEvent }) => streamEvent,
  heartbeat: Buffer.from(':\n\n'),
  completion: COMPLETE,
  refusal: (errors) => (isRefusedForGood(errors) ? REFUSED_ID : '') + lastEvent(errors),
  failure: lastEvent,
  retry: (afterMs) => `retry: ${String(afterMs)}\n\n`,
};

/** Turns the delimiter before it into the closing one. */
const LAST_DELIMITER_END = '--\r\n';

const lastPart = (content: unknown) => `${partOf(JSON.stringify(content))}${LAST_DELIMITER_END}`;

/**
 * Multipart HTTP by Apollo's protocol for subscriptions (`subscriptionSpec=1.0`). A stream that ends without its closing
 * delimiter was interrupted: the client may reconnect.
 */
export const PARTS: StreamFormat = {
  transport: 'multipart',
  contentType: `multipart/mixed; boundary="${BOUNDARY}"; subscriptionSpec="1.0"`,
  opening: `--${BOUNDARY}`,
  eventOf: ({ part }) => part,
  heartbeat: Buffer.from(partOf('{}')),
  completion: LAST_DELIMITER_END,
  refusal: (errors) => lastPart({ payload: { errors: toAnswer(errors) } }),
  failure: (errors) => lastPart({ payload: null, errors: toAnswer(errors) }),
  retry: () => '',
};
