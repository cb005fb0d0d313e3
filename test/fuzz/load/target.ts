/** `Target`: the gateway as an attacker sees it, and the ways to send things to it. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Agent, request } from 'undici';
import { WebSocket } from 'ws';

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
  if (answered.statusCode >= 500)
    throw new Error(`A hostile request was answered ${String(answered.statusCode)}`);
  return answered.statusCode;
}

/** A connection on which anything can be written. What becomes of it is the attacker's own affair. */
export async function openConnection({ url }: Target): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.setNoDelay(true);
  return socket;
}

/** A WebSocket of the GraphQL protocol that has said nothing yet. */
export async function openSocket({ url }: Target, headers: Headers = NOBODY): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, ['graphql-transport-ws'], { headers });
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}

/** A WebSocket whose caller was let in. */
export async function openIntroduced(target: Target, headers: Headers = HOSTILE): Promise<WebSocket> {
  const socket = await openSocket(target, headers);
  socket.send('{"type":"connection_init"}');
  await Promise.race([once(socket, 'message'), once(socket, 'close')]);
  return socket;
}
