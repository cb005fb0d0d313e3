/** Tickets over HTTP: the route that exchanges credentials for a ticket, and the authentication of event streams by ticket. */
import type { Caller } from '../../security/caller.ts';
import { writeInstant } from '../../values/instants.ts';
import type { Tickets } from '../../security/tickets.ts';
import { FreshAnswer } from '../graphql/answer.ts';
import { credentialsOf } from '../graphql/credentials.ts';
import { refusal } from '../graphql/graphql-params.ts';
import { type HttpAnswer, PRIVATE, type Route } from '../http/route.ts';
import type { HttpRequest } from '../http/http-request.ts';
import { httpAnswer } from '../http/http-answer.ts';
import { isJson, JSON_TYPE } from '../http/media-type.ts';
import type { Authenticate } from '../graphql/operation-context.ts';
import type { PresentErrors } from '../graphql/present-error.ts';

export const TICKET_PATH = '/graphql/tickets';

/** Holds the secret that binds a redeemed ticket to one browser. It is worth nothing without the ticket. */
const COOKIE = 'runloop_graphql_stream';

export interface TicketRouteOptions {
  readonly tickets: Tickets;
  readonly authenticate: Authenticate;
  readonly presentErrors: PresentErrors;
}

/** `POST` with credentials and a JSON body, which a page of another origin cannot send without a CORS preflight. */
export function createTicketRoute({ tickets, authenticate, presentErrors }: TicketRouteOptions): Route {
  return async (request) => {
    const { method, headers, requestId } = request;
    try {
      if (method !== 'POST') throw refusal('Expected POST', 405, { Allow: 'POST' });
      if (!isJson(headers['content-type']))
        throw refusal('Expected a body of type application/json, such as {}', 415, { Accept: JSON_TYPE });
      const credentials = credentialsOf(request);
      const caller = await authenticate(credentials);
      // All callers share the places for tickets, so the credentials have to be verified first.
      await caller.confirm();
      const { ticket, expiresAtMs } = tickets.issue(caller, credentials.authorization);
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

/** The caller of a ticket, and the cookie that allows this browser to reconnect with it. */
export interface EnteredByTicket {
  readonly caller: Caller;
  readonly headers: HttpAnswer['headers'];
}

/** Null without a ticket. Rejects when the ticket is not valid, or the credentials of its caller are no longer. */
export type EnterByTicket = (
  request: Pick<HttpRequest, 'method' | 'query' | 'headers' | 'requestId' | 'client'>,
) => Promise<EnteredByTicket | null>;

export function createTicketEntrance(
  tickets: Tickets,
  { resumeMs, cookiePath }: { readonly resumeMs: number; readonly cookiePath: string },
): EnterByTicket {
  return async ({ method, query, headers, client }) => {
    if (method !== 'GET' && method !== 'HEAD') return null;
    const ticket = new URLSearchParams(query).get('ticket');
    if (ticket === null) return null;
    const cookie = cookieOf(headers.cookie);
    // HEAD opens no stream, and does not redeem the ticket.
    const { caller, owner } =
      method === 'HEAD' ? await tickets.peek(ticket, cookie) : await tickets.redeem(ticket, cookie);
    await caller.confirm();
    const attributes = [
      'HttpOnly',
      'SameSite=Strict',
      `Path=${cookiePath}`,
      `Max-Age=${String(resumeMs / 1_000)}`,
    ];
    if (client.isEncrypted) attributes.push('Secure');
    return { caller, headers: { 'Set-Cookie': [`${COOKIE}=${owner}`, ...attributes].join('; ') } };
  };
}

function cookieOf(header: string | undefined): string | null {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? null;
}
