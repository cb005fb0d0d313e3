/** Malformed requests against a gateway: random bytes and broken requests over HTTP, broken frames and messages over WebSocket. */
import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { WebSocket } from 'ws';
import { checkAnswer } from './check-answer.ts';
import { generated } from './choices.ts';
import type { Figures, RunOptions } from './document-runs.ts';
import { brokenRequest, conversation, randomBytes } from './malformed.ts';

/** Of what was sent. */
type Verdict = 'malformed' | 'valid after all';

export interface MalformedOptions extends RunOptions {
  /** Of the gateway. */
  readonly url: string;
}

/** Requests that are under way at once. */
const TOGETHER = 16;

/** Requests that HTTP can carry, and that GraphQL over HTTP mostly cannot: never a defect, always an answer in good form. */
export async function runBrokenRequests({ url, runs, seed }: MalformedOptions): Promise<Figures> {
  const agent = new Agent({ connections: TOGETHER });
  const figures: Record<string, number> = {};
  const ask = async (broken: ReturnType<typeof brokenRequest>) => {
    const { method, path, headers, body } = broken;
    const answer = await request(`${url}${path}`, {
      method,
      headers,
      dispatcher: agent,
      ...(body === null ? {} : { body }),
    });
    const { statusCode } = answer;
    const type = String(answer.headers['content-type'] ?? '');
    const text = await answer.body.text();
    count(figures, `HTTP ${String(statusCode)}`);
    tally(figures, statusCode >= 400 ? 'malformed' : 'valid after all');
    if (statusCode >= 400 && !isOfGraph(path)) count(figures, 'malformed, elsewhere than at the graph');
    if (statusCode >= 500) throw new Error(`${String(statusCode)}: ${text}`);
    if (method !== 'HEAD' && statusCode !== 304 && type.includes('json') && isOfGraph(path))
      checkAnswer(statusCode, text);
  };
  await fc.assert(together(generated(brokenRequest, { maxChoices: 60 }), ask), runsOf(runs, seed));
  await agent.close();
  return figures;
}

/** Bytes that are no HTTP: the server says so or hangs up. */
export async function runRandomBytes({ url, runs, seed }: MalformedOptions): Promise<Figures> {
  const { hostname, port } = new URL(url);
  const figures: Record<string, number> = {};
  const send = async (bytes: Uint8Array) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    // Nobody waits for the rest of what looks like a beginning.
    socket.end(bytes);
    await once(socket, 'close');
    const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 'hung up';
    count(figures, `bytes: ${status}`);
    tally(figures, status.startsWith('2') ? 'valid after all' : 'malformed');
    if (status.startsWith('5')) throw new Error(text);
  };
  await fc.assert(together(generated(randomBytes, { maxChoices: 300 }), send), runsOf(runs, seed));
  return figures;
}

/** Frames and messages that are none of the protocol: the socket is closed for it, or goes on, and nothing else. */
export async function runBrokenMessages({ url, runs, seed }: MalformedOptions): Promise<Figures> {
  const figures: Record<string, number> = {};
  const talk = async ({ isInitialized, messages }: ReturnType<typeof conversation>) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    socket.on('error', () => undefined);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await once(socket, 'open');
    if (isInitialized) {
      socket.send('{"type":"connection_init"}');
      await once(socket, 'message');
    }
    for (const { bytes, isBroken, isBinary } of messages) {
      if (socket.readyState !== socket.OPEN) break;
      count(figures, 'messages');
      if (isBroken) streamOf(socket).write(bytes);
      else socket.send(bytes, { binary: isBinary });
    }
    socket.close(1000);
    const code = await closed;
    count(figures, `closed with ${String(code)}`);
    // All messages of a conversation count once, if it was closed for them.
    tally(figures, code === 1000 ? 'valid after all' : 'malformed');
    // 1011 and 4500 are a server's "something went wrong in here".
    if (code === 1011 || code === 4500) throw new Error(`Closed with ${String(code)}`);
  };
  const conversations = generated(conversation, { maxChoices: 200 });
  await fc.assert(together(conversations, talk), runsOf(runs, seed));
  return figures;
}

/** What the client of a socket writes frames to. */
function streamOf(socket: WebSocket): { write(bytes: Uint8Array): void } {
  return (socket as unknown as { readonly _socket: { write(bytes: Uint8Array): void } })._socket;
}

function together<T>(arbitrary: fc.Arbitrary<T>, predicate: (value: T) => Promise<void>) {
  const some = fc.array(arbitrary, { minLength: TOGETHER, maxLength: TOGETHER });
  return fc.asyncProperty(some, async (values) => {
    await Promise.all(values.map(predicate));
  });
}

function runsOf(runs: number, seed: number) {
  return { numRuns: Math.ceil(runs / TOGETHER), seed, endOnFailure: true };
}

const isOfGraph = (path: string) => /^\/graphql(?:\?|$)/.test(path);

function tally(figures: Record<string, number>, verdict: Verdict): void {
  count(figures, verdict);
}

function count(figures: Record<string, number>, what: string): void {
  figures[what] = (figures[what] ?? 0) + 1;
}
