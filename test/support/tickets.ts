/** Tickets for event streams, as a page gets one and its `EventSource` uses it. */
import { type EventStream, openEventStream } from './event-stream.ts';
import type { TestGateway } from './gateway.ts';
import { FOLLOW_RUN } from './subscriptions.ts';

export interface TradedTicket {
  readonly status: number;
  readonly headers: Headers;
  readonly ticket: string;
  readonly expiresAt: string;
  readonly errors: readonly object[];
}

/** Asks for a ticket for a key of the upstream, unless `init` says otherwise. */
export async function tradeForTicket({ url }: TestGateway, init: RequestInit = {}): Promise<TradedTicket> {
  const answer = await fetch(`${url}/graphql/tickets`, {
    method: 'POST',
    body: init.method === 'GET' ? null : '{}',
    ...init,
    headers: {
      'Content-Type': 'application/json',
      Authorization: 'Bearer ak_alice',
      ...(init.headers as Record<string, string> | undefined),
    },
  });
  const body = (await answer.json()) as Pick<TradedTicket, 'ticket' | 'expiresAt' | 'errors'>;
  return { status: answer.status, headers: answer.headers, ...body };
}

/** Follows the scenario run `scr_1` as a browser's `EventSource` does: with no header but a cookie. */
export function followWithTicket(
  { url }: TestGateway,
  ticket: string,
  cookie?: string,
): Promise<EventStream> {
  return openEventStream(url, {
    method: 'GET',
    query: FOLLOW_RUN,
    variables: { id: 'scr_1' },
    search: { ticket },
    ...(cookie === undefined ? {} : { headers: { Cookie: cookie } }),
  });
}

/** What the browser sends when it comes back. */
export function cookieIn({ headers }: EventStream): string {
  return (headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
}
