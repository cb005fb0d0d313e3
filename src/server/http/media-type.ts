/** In which form a client accepts an answer: content negotiation over the media types of GraphQL. */
import Negotiator from 'negotiator';
import { entriesOf } from './header-list.ts';

export const GRAPHQL_JSON = 'application/graphql-response+json';
export const JSON_TYPE = 'application/json';
export const EVENT_STREAM = 'text/event-stream';
export const MULTIPART = 'multipart/mixed';
const HTML = 'text/html';

/** How a query or mutation can be answered. The status of an answer depends on it, see `errorStatus`. */
export type AnswerType = typeof GRAPHQL_JSON | typeof JSON_TYPE | typeof EVENT_STREAM;

/** In the order of preference: a single answer is sent as a stream only to a client that accepts nothing else. */
const OFFERED = [[JSON_TYPE, GRAPHQL_JSON], [EVENT_STREAM]] as const;

const UTF_8 = ';charset=utf-8';

/** The protocol of subscriptions that we speak in parts. */
const SPEC = /;subscriptionspec=(?:1\.0|"1\.0")(?=;|$)/;

const WEIGHED = /^(?:q|charset|subscriptionspec)=/;

/** What of it a client wants most, by its `Accept` header; null when it accepts nothing of it. */
export function negotiate(accept: string | undefined): AnswerType | null {
  if (accept === undefined || accept === '*/*' || accept === JSON_TYPE) return JSON_TYPE;
  // The second is what Apollo Client sends.
  if (accept === GRAPHQL_JSON || accept === `${GRAPHQL_JSON},${JSON_TYPE};q=0.9`) return GRAPHQL_JSON;
  const ranges = rangesOf(accept);
  for (const offered of OFFERED) {
    const type = wantedMost(offered, ranges);
    if (type) return type;
  }
  return null;
}

/**
 * In which form a client accepts the events of a subscription; null when it accepts none. Multipart is for clients that name
 * its protocol, as Apollo Client does; server-sent events are preferred at equal weight, since their ids say where to resume.
 */
export function negotiateStream(accept: string | undefined): typeof EVENT_STREAM | typeof MULTIPART | null {
  if (accept === undefined) return EVENT_STREAM;
  const ranges = rangesOf(accept);
  const isParts = (range: string) => range.startsWith(MULTIPART);
  const parts = ranges.filter((range) => isParts(range) && SPEC.test(range));
  // Equally wanted, the first of the header wins.
  const ordered = [
    ...ranges.filter((range) => !isParts(range)),
    ...parts.map((range) => range.replace(SPEC, '')),
  ];
  return wantedMost(parts.length > 0 ? [EVENT_STREAM, MULTIPART] : [EVENT_STREAM], ordered);
}

/** Whether a client would rather have a page for people than an answer for programs, as browsers say of an address. */
export function prefersPage(accept: string | undefined): boolean {
  if (accept?.includes(HTML) !== true) return false;
  return wantedMost([JSON_TYPE, GRAPHQL_JSON, HTML], rangesOf(accept)) === HTML;
}

/** Whether a body of this type is JSON, which a page of another origin cannot send without a CORS preflight. */
export function isJson(contentType: string | null | undefined): boolean {
  if (contentType === JSON_TYPE) return true;
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  return mediaType === JSON_TYPE || mediaType === GRAPHQL_JSON;
}

/**
 * What is accepted, as `negotiator` is to weigh it. To it, a range with a parameter is another type than the one without, so
 * those that change nothing of an answer (`boundary`, `version`) are left out.
 */
function rangesOf(accept: string): readonly string[] {
  return entriesOf(accept.toLowerCase()).map((range) => {
    const [type = '', ...params] = entriesOf(range, ';');
    return [type, ...params.filter((param) => WEIGHED.test(param))].join(';');
  });
}

/** The one of `offered` that is wanted most; null when none is accepted. Answers are UTF-8 and nothing else. */
function wantedMost<Type extends string>(offered: readonly Type[], ranges: readonly string[]): Type | null {
  const negotiator = new Negotiator({ headers: { accept: ranges.join(',') } });
  const wanted = negotiator.mediaType(offered.map((type) => type + UTF_8));
  return offered.find((type) => type + UTF_8 === wanted) ?? null;
}
