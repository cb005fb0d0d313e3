/** Tickets over HTTP: what trades a bearer token for one, and what lets in the event stream that brings one. */
import type { Caller } from '../../security/caller.ts';
import { writeInstant } from '../../values/instants.ts';
import type { Tickets } from '../../security/tickets.ts';
import { FreshAnswer } from '../graphql/answer.ts';
import { forwardedProto } from '../http/forwarded.ts';
import { credentialsOf } from '../graphql/credentials.ts';
import { refusal } from '../graphql/graphql-params.ts';
import { type HttpAnswer, PRIVATE, type Route } from '../http/route.ts';
import type { HttpRequest } from '../http/http-request.ts';
import { httpAnswer } from '../http/http-answer.ts';
import { isJson, JSON_TYPE } from '../http/media-type.ts';
import type { Authenticate } from '../graphql/operation-context.ts';
import type { PresentErrors } from '../graphql/present-error.ts';

export const TICKET_PATH = '/graphql/tickets';

/** The secret by which a browser is recognised that used a ticket. It opens nothing without the ticket. */
const COOKIE = 'runloop_graphql_stream';

export interface TicketRouteOptions {
  readonly tickets: Tickets;
  readonly authenticate: Authenticate;
  readonly presentErrors: PresentErrors;
}

/** `POST` with the credentials of a caller, and a JSON body as nothing but a page that may use the gateway can send. */
export function createTicketRoute({ tickets, authenticate, presentErrors }: TicketRouteOptions): Route {
  return async ({ method, headers, body, requestId }) => {
    try {
      if (method !== 'POST') throw refusal('Expected POST', 405, { Allow: 'POST' });
      if (!isJson(headers['content-type']))
        throw refusal('Expected a body of type application/json, such as {}', 415, { Accept: JSON_TYPE });
      const caller = await authenticate(credentialsOf({ headers, body, requestId }));
      // A ticket takes one of the places that all have in common, and stays for long.
      await caller.confirm();
      const { ticket, expiresAtMs } = tickets.issue(caller);
      return {
        status: 201,
        headers: { 'Content-Type': `${JSON_TYPE}; charset=utf-8`, ...PRIVATE },
        body: JSON.stringify({ ticket, expiresAt: writeInstant(expiresAtMs) }),
      };
    } catch (error) {
      return httpAnswer(new FreshAnswer({ errors: presentErrors([error], requestId) }), JSON_TYPE, {});
    }
  };
}

/** Who has brought a ticket, and what their answer says so that they can come back with it. */
export interface EnteredByTicket {
  readonly caller: Caller;
  readonly headers: HttpAnswer['headers'];
}

/** Null for who brings no ticket. Rejects when it is good for nothing, or when the caller that it stands for is not let in any more. */
export type EnterByTicket = (
  request: Pick<HttpRequest, 'method' | 'query' | 'headers'>,
) => Promise<EnteredByTicket | null>;

export function createTicketEntrance(
  tickets: Tickets,
  { resumeMs, cookiePath }: { readonly resumeMs: number; readonly cookiePath: string },
): EnterByTicket {
  return async ({ method, query, headers }) => {
    if (method !== 'GET' && method !== 'HEAD') return null;
    const ticket = new URLSearchParams(query).get('ticket');
    if (ticket === null) return null;
    const cookie = cookieOf(headers.cookie);
    // HEAD opens no stream, and leaves the ticket to whoever does.
    const { caller, owner } =
      method === 'HEAD' ? tickets.peek(ticket, cookie) : tickets.redeem(ticket, cookie);
    await caller.confirm();
    const attributes = [
      'HttpOnly',
      'SameSite=Strict',
      `Path=${cookiePath}`,
      `Max-Age=${String(resumeMs / 1_000)}`,
    ];
    // Who talks to the browser in its place says how.
    if (forwardedProto(headers) === 'https') attributes.push('Secure');
    return { caller, headers: { 'Set-Cookie': [`${COOKIE}=${owner}`, ...attributes].join('; ') } };
  };
}

function cookieOf(header: string | undefined): string | null {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? null;
}
