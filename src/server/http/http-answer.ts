/** An answer as it goes over HTTP: its status, its headers, and nothing but its tag when the client has it already. */
import type { Answer } from '../graphql/answer.ts';
import { CachedResponse } from '../graphql/response-cache.ts';
import { entriesOf } from './header-list.ts';
import { type HttpAnswer, PRIVATE } from './route.ts';
import { isRefusedForGood, REFUSED_ID } from '../subscriptions/refused-for-good.ts';
import { type AnswerType, EVENT_STREAM, JSON_TYPE } from './media-type.ts';

/** What an error's `extensions.http` may say about an answer that consists of it. */
interface HttpExtension {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The document cannot be executed, which clients that only know `application/json` read in the answer itself. */
  readonly spec?: boolean;
}

/** What a client says about the answer it has. */
export interface Conditions {
  /** The `If-None-Match` header. */
  readonly ifNoneMatch?: string;
}

export function httpAnswer(answer: Answer, type: AnswerType, { ifNoneMatch }: Conditions): HttpAnswer {
  if (type === EVENT_STREAM) return streamedAnswer(answer);
  if (answer instanceof CachedResponse) return taggedAnswer(answer, type, ifNoneMatch);
  const { status, headers } = errorStatus(answer, type);
  return {
    status,
    headers: { 'Content-Type': `${type}; charset=utf-8`, ...PRIVATE, ...headers },
    body: answer.json,
  };
}

/** Whether a list of entity tags has this one. Weak tags are compared as weak ones: equal bytes, however encoded. */
export function hasTag(header: string, tag: string): boolean {
  if (header.trim() === '*') return true;
  return entriesOf(header).some((listed) => listed.replace(/^W\//, '') === tag);
}

/** A cached answer has an entity tag, by which a client can revalidate its copy. */
function taggedAnswer(
  { bytes, hash }: CachedResponse,
  type: AnswerType,
  ifNoneMatch: string | undefined,
): HttpAnswer {
  const tag = `"${hash}"`;
  const headers = {
    'Content-Type': `${type}; charset=utf-8`,
    // Weak: the same answer is sent compressed to some, and so are other bytes.
    ETag: `W/${tag}`,
    // Only the client may cache it, and has to revalidate it before each use.
    'Cache-Control': 'private, no-cache',
    Vary: `${PRIVATE.Vary}, Accept-Encoding`,
  };
  if (ifNoneMatch !== undefined && hasTag(ifNoneMatch, tag)) return { status: 304, headers, body: '' };
  return { status: 200, headers, body: bytes };
}

/**
 * Statuses that say what is wrong with a document, its variables or what it asks for. A client of event streams learns
 * that from an event: a browser's `EventSource` shows nothing of an answer of another status (graphql-sse's protocol). Any
 * other status says something about the caller or the service, and clients act on it.
 */
const TOLD_BY_EVENT: readonly number[] = [200, 400, 403, 404, 409];

/** For a client that accepts only events: one event, and the end. */
function streamedAnswer(answer: Answer): HttpAnswer {
  const { status, headers } = errorStatus(answer, EVENT_STREAM);
  if (TOLD_BY_EVENT.includes(status)) {
    const id = !('data' in answer.result) && isRefusedForGood(answer.errors) ? REFUSED_ID : '';
    return {
      status: 200,
      headers: { 'Content-Type': `${EVENT_STREAM}; charset=utf-8`, ...PRIVATE, ...headers },
      body: `${id}event: next\ndata: ${answer.json}\n\nevent: complete\ndata:\n\n`,
    };
  }
  return {
    status,
    headers: { 'Content-Type': `${JSON_TYPE}; charset=utf-8`, ...PRIVATE, ...headers },
    body: answer.json,
  };
}

/** 200 when anything was executed; else what the errors say, the severest first. */
function errorStatus({ errors, result }: Answer, type: AnswerType): Required<Omit<HttpExtension, 'spec'>> {
  if (errors.length === 0) return { status: 200, headers: {} };
  const said = errors.map(({ extensions }) => (extensions.http ?? {}) as HttpExtension);
  const headers = Object.assign({}, ...said.map((http) => http.headers)) as Record<string, string>;
  if ('data' in result) return { status: 200, headers };
  const statuses = said
    .filter(({ spec }) => !(spec === true && type === JSON_TYPE))
    .map(({ status = 200 }) => status);
  return { status: Math.max(200, ...statuses), headers };
}
