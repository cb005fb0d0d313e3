/** In which form a client accepts an answer: content negotiation over the media types of GraphQL. */
import { entriesOf } from './header-list.ts';

export const GRAPHQL_JSON = 'application/graphql-response+json';
export const JSON_TYPE = 'application/json';
export const EVENT_STREAM = 'text/event-stream';
export const MULTIPART = 'multipart/mixed';
const HTML = 'text/html';

/** How a query or mutation can be answered. The status of an answer depends on it, see `errorStatus`. */
export type AnswerType = typeof GRAPHQL_JSON | typeof JSON_TYPE | typeof EVENT_STREAM;

/** In the order of preference: a single answer is sent as a stream only to a client that accepts nothing else. */
const OFFERED: readonly (readonly AnswerType[])[] = [[JSON_TYPE, GRAPHQL_JSON], [EVENT_STREAM]];

interface Range {
  readonly type: string;
  readonly quality: number;
  /** Which protocol of subscriptions is spoken in parts. */
  readonly spec: string | undefined;
}

/** What of it a client wants most, by its `Accept` header; null when it accepts nothing of it. */
export function negotiate(accept: string | undefined): AnswerType | null {
  if (accept === undefined || accept === '*/*' || accept === JSON_TYPE) return JSON_TYPE;
  if (accept === GRAPHQL_JSON) return GRAPHQL_JSON;
  const ranges = rangesOf(accept);
  for (const offered of OFFERED) {
    for (const range of ranges) {
      const type = offered.find(
        (candidate) => matches(range.type, candidate) && qualityOf(candidate, ranges) > 0,
      );
      if (type) return type;
    }
  }
  return null;
}

/**
 * In which form a client wants the events of a subscription; null when it takes neither. Parts are for those who name their
 * protocol, as Apollo Client does: events are preferred where both are wanted equally, since their ids say where to resume.
 */
export function negotiateStream(accept: string | undefined): typeof EVENT_STREAM | typeof MULTIPART | null {
  if (accept === undefined) return EVENT_STREAM;
  const ranges = rangesOf(accept);
  const named = ranges.find(({ type }) => type === EVENT_STREAM)?.quality ?? 0;
  const parts = ranges.find(({ type, spec }) => type === MULTIPART && spec === '1.0')?.quality ?? 0;
  if (parts > named) return MULTIPART;
  return qualityOf(EVENT_STREAM, ranges) > 0 ? EVENT_STREAM : null;
}

/** Whether a client would rather have a page for people than an answer for programs, as browsers say of an address. */
export function prefersPage(accept: string | undefined): boolean {
  if (accept?.includes(HTML) !== true) return false;
  const ranges = rangesOf(accept);
  const quality = qualityOf(HTML, ranges);
  return quality > 0 && qualityOf(JSON_TYPE, ranges) < quality && qualityOf(GRAPHQL_JSON, ranges) < quality;
}

/** Whether a body of this type is JSON, which a page of another origin cannot send without a CORS preflight. */
export function isJson(contentType: string | null | undefined): boolean {
  if (contentType === JSON_TYPE) return true;
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  return mediaType === JSON_TYPE || mediaType === GRAPHQL_JSON;
}

/** What is accepted, most wanted first; equally wanted in the client's order. Answers are UTF-8 and nothing else. */
function rangesOf(accept: string): readonly Range[] {
  return entriesOf(accept.toLowerCase())
    .map((range) => {
      const [type = '', ...params] = entriesOf(range, ';');
      const param = (name: string) =>
        params.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
      const isUtf8 = ['utf-8', '"utf-8"'].includes(param('charset') ?? 'utf-8');
      const quality = Number(param('q') ?? 1);
      const spec = param('subscriptionspec')?.replaceAll('"', '');
      return { type, quality: isUtf8 && quality <= 1 ? quality : 0, spec };
    })
    .sort((a, b) => b.quality - a.quality);
}

/** The most specific range decides. */
function qualityOf(type: AnswerType | typeof HTML, ranges: readonly Range[]): number {
  const [group = ''] = type.split('/');
  for (const wanted of [type, `${group}/*`, '*/*']) {
    const range = ranges.find((candidate) => candidate.type === wanted);
    if (range) return range.quality;
  }
  return 0;
}

function matches(range: string, type: AnswerType): boolean {
  return range === type || range === '*/*' || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));
}
