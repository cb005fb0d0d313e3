/** `Target`: the gateway as an attacker sees it, and the ways to send things to it. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Agent, request } from 'undici';
import { WebSocket } from 'ws';
import { count } from './counts.ts';

export type Headers = Readonly<Record<string, string>>;

export interface Target {
  readonly url: string;
  /** What `prepare` has left for the attack. */
  readonly prepared: string;
}

/** A caller who wants nothing that others were told, with a key of their own. */
const HOSTILE: Headers = { authorization: 'Bearer ak_hostile', 'cache-control': 'no-cache' };
/** Somebody without credentials. */
export const NOBODY: Headers = {};

/** The body of a request. */
export const asking = (query: string, variables?: unknown): string =>
  JSON.stringify({ query, ...(variables === undefined ? {} : { variables }) });

export const repeat = (times: number, part: (number: number) => string): string =>
  Array.from({ length: times }, (_, number) => part(number)).join(' ');

/** Does it over and over, so many times at once. */
export async function keepBusy(atOnce: number, act: (number: number) => Promise<unknown>): Promise<void> {
  let number = 0;
  const one = async () => {
    for (;;) await act(number++);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

const agent = new Agent({ connections: 64 });

/** Sends a document with POST and reads the answer. Rejects when it is answered by a 5xx, which nobody may bring about. */
export async function post({ url }: Target, body: string, headers: Headers = HOSTILE): Promise<number> {
  return get(
    { url: `${url}/graphql` },
    { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } },
  );
}

/** Sends anything to any address and reads the answer. */
export async function get(
  { url }: Pick<Target, 'url'>,
  options: { readonly method?: 'GET' | 'POST'; readonly body?: string; readonly headers?: Headers },
): Promise<number> {
  const { method = 'GET', body = null, headers = HOSTILE } = options;
  const answered = await request(url, { method, body, headers, dispatcher: agent });
  await answered.body.dump();
  count(`answered ${String(answered.statusCode)}`);
  if (answered.statusCode >= 500)
    throw new Error(`A hostile request was answered ${String(answered.statusCode)}`);
  return answered.statusCode;
}

/** Sends a document with POST, and answers the first code of its errors; null when there is none. Counts it. */
export async function ask({ url }: Target, body: string, headers: Headers = HOSTILE): Promise<string | null> {
  const answered = await request(`${url}/graphql`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
    dispatcher: crowd,
  });
  const code = codeIn(await answered.body.text());
  count(code ?? 'answered well');
  return code;
}

/** The first code of the errors of an answer; null when there is none. */
export function codeIn(text: string): string | null {
  return /"code":"([A-Z_]+)"/.exec(text)?.[1] ?? null;
}

/** Of those who send as much as they like at once. */
const crowd = new Agent({ connections: null, headersTimeout: 0, bodyTimeout: 0 });

/** A connection on which anything can be written. What becomes of it is the attacker's own affair. */
export async function openConnection({ url }: Target): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.setNoDelay(true);
  count('connections');
  return socket;
}

/** A WebSocket of the GraphQL protocol that has said nothing yet. */
export async function openSocket({ url }: Target, headers: Headers = NOBODY): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, ['graphql-transport-ws'], { headers });
  socket.on('error', () => undefined);
  await once(socket, 'open');
  count('sockets');
  return socket;
}

/** A WebSocket whose caller was accepted. */
export async function openAccepted(target: Target, headers: Headers = HOSTILE): Promise<WebSocket> {
  const socket = await openSocket(target, headers);
  socket.send('{"type":"connection_init"}');
  await Promise.race([once(socket, 'message'), once(socket, 'close')]);
  return socket;
}
