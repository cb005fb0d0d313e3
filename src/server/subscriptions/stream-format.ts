/** `StreamFormat`: how the events of a subscription are written to an HTTP response that stays open. */
import type { GraphQLError } from 'graphql';
import type { Rendered } from './broadcast.ts';
import { BOUNDARY, partOf } from './multipart.ts';
import { toAnswer } from '../graphql/present-error.ts';
import { isRefusedForGood, REFUSED_ID } from './refused-for-good.ts';

export interface StreamFormat {
  readonly contentType: string;
  /** Sent when the response is opened; null when nothing is. */
  readonly opening: string | null;
  readonly eventOf: (rendered: Rendered) => Buffer;
  /** A sign of life on a silent stream, which clients skip. */
  readonly heartbeat: Buffer;
  /** Ends a stream that has told everything: the client does not come back. */
  readonly completion: string;
  /** Says why there is nothing to follow, which is a result like any other, and ends the stream. */
  readonly refusal: (errors: readonly GraphQLError[]) => string;
  /** Says why a stream that was open cannot go on, and ends it. */
  readonly failure: (errors: readonly GraphQLError[]) => string;
  /** Ends a stream whose client is to come back, after so many milliseconds where the format can say so. */
  readonly retry: (afterMs: number) => string;
}

const COMPLETE = 'event: complete\ndata:\n\n';

const lastEvent = (errors: readonly GraphQLError[]) =>
  `event: next\ndata: ${JSON.stringify({ errors: toAnswer(errors) })}\n\n${COMPLETE}`;

/** Server-sent events as graphql-sse has them in its distinct connections, with an `id` more. */
export const EVENTS: StreamFormat = {
  contentType: 'text/event-stream; charset=utf-8',
  opening: null,
  eventOf: ({ streamEvent }) => streamEvent,
  heartbeat: Buffer.from(':\n\n'),
  completion: COMPLETE,
  refusal: (errors) => (isRefusedForGood(errors) ? REFUSED_ID : '') + lastEvent(errors),
  failure: lastEvent,
  retry: (afterMs) => `retry: ${String(afterMs)}\n\n`,
};

/** Makes the delimiter before it the last one. */
const LAST_DELIMITER_END = '--\r\n';

const lastPart = (content: unknown) => `${partOf(JSON.stringify(content))}${LAST_DELIMITER_END}`;

/**
 * Multipart HTTP as Apollo Client and Apollo's routers have it for subscriptions (`subscriptionSpec=1.0`). A stream that
 * ends without its last delimiter was cut: the client may come back.
 */
export const PARTS: StreamFormat = {
  contentType: `multipart/mixed; boundary="${BOUNDARY}"; subscriptionSpec="1.0"`,
  opening: `--${BOUNDARY}`,
  eventOf: ({ part }) => part,
  heartbeat: Buffer.from(partOf('{}')),
  completion: LAST_DELIMITER_END,
  refusal: (errors) => lastPart({ payload: { errors: toAnswer(errors) } }),
  failure: (errors) => lastPart({ payload: null, errors: toAnswer(errors) }),
  retry: () => '',
};
