/** Malformed requests against a gateway: random bytes and broken requests over HTTP, broken frames and messages over WebSocket. */
import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { WebSocket } from 'ws';
import { checkAnswer } from './check-answer.ts';
import type { Choices } from './choices.ts';
import { generated } from './choices.ts';
import type { Figures, RunOptions } from './document-runs.ts';

/** Of what was sent. */
type Verdict = 'malformed' | 'valid after all';

export interface MalformedOptions extends RunOptions {
  /** Of the gateway. */
  readonly url: string;
}

/** Requests that are under way at once. */
const TOGETHER = 16;

/** Messages that one socket sends, unless it is closed before. */
const MESSAGES = 10;

const DOCUMENTS = [
  '{ __typename }',
  '{ scenarioRuns(first: 1) { nodes { id } } }',
  'subscription { scenarioRun(id: "x") { at } }',
  'mutation { cancelScenarioRun(id: "x") { __typename } }',
  'query A { __typename } query B { __typename }',
];

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
    judged(figures, statusCode >= 400 ? 'malformed' : 'valid after all');
    if (statusCode >= 500) throw new Error(`${String(statusCode)}: ${text}`);
    if (method !== 'HEAD' && statusCode !== 304 && type.includes('json') && path.startsWith('/graphql'))
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
    judged(figures, status.startsWith('2') ? 'valid after all' : 'malformed');
    if (status.startsWith('5')) throw new Error(text);
  };
  await fc.assert(together(generated(randomBytes, { maxChoices: 300 }), send), runsOf(runs, seed));
  return figures;
}

/** Frames and messages that are none of the protocol: the socket is closed for it, or goes on, and nothing else. */
export async function runBrokenMessages({ url, runs, seed }: MalformedOptions): Promise<Figures> {
  const figures: Record<string, number> = {};
  const talk = async ({ isIntroduced, messages }: ReturnType<typeof conversation>) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    socket.on('error', () => undefined);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await once(socket, 'open');
    if (isIntroduced) {
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
    judged(figures, code === 1000 ? 'valid after all' : 'malformed');
    // 1011 and 4500 are a server's "something went wrong in here".
    if (code === 1011 || code === 4500) throw new Error(`Closed with ${String(code)}`);
  };
  const conversations = generated(conversation, { maxChoices: 200 });
  await fc.assert(together(conversations, talk), runsOf(runs, seed));
  return figures;
}

function brokenRequest({ pick, oneIn, choose }: Choices) {
  const query = pick(DOCUMENTS);
  const nonsense = pick<unknown>([null, 1, true, [], {}, '', 'x', [[]], { a: { b: [] } }, '\u0000', -1e308]);
  const params = {
    query: oneIn(3) ? nonsense : query,
    ...(oneIn(3) ? { variables: nonsense } : {}),
    ...(oneIn(3) ? { operationName: pick<unknown>(['A', 'C', '', 1, null, {}]) } : {}),
    ...(oneIn(3)
      ? { extensions: pick<unknown>([nonsense, { cost: nonsense }, { persistedQuery: nonsense }]) }
      : {}),
    ...(oneIn(6) ? { [pick(['id', '__proto__', 'documentId', 'query '])]: nonsense } : {}),
  };
  const json = JSON.stringify(oneIn(8) ? [params, params] : params);
  const cut = oneIn(4) ? json.slice(0, choose(json.length)) : json;
  const method = pick(['POST', 'POST', 'POST', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH']);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const search = oneIn(2)
    ? `?query=${encodeURIComponent(query)}${pick(['', '&variables=', '&variables={', '&extensions=1', '&operationName=C'])}`
    : `?${pick(['', 'query', '%', 'query=%FF%00', '&&&', 'query=a&query=b'])}`;
  return {
    method,
    path: `${pick(['/graphql', '/graphql', '/graphql', '/', '/health', '/graphql/x', '//', '/%00'])}${hasBody && !oneIn(4) ? '' : search}`,
    headers: {
      ...(oneIn(5)
        ? {}
        : {
            'content-type': pick([
              'application/json',
              'application/json; charset=x',
              'text/plain',
              'application/x-www-form-urlencoded',
              'multipart/form-data; boundary=x',
              '',
              'json/application',
              'application/graphql-response+json',
            ]),
          }),
      ...(oneIn(3)
        ? {
            accept: pick([
              '*/*',
              'text/event-stream',
              'application/json;q=0',
              'image/png',
              'x',
              'application/graphql-response+json',
              ',,;;==',
            ]),
          }
        : {}),
      ...(oneIn(5) ? { authorization: pick(['Bearer', 'Basic eDp4', 'Bearer  ', 'x'.repeat(3_000)]) } : {}),
      ...(oneIn(5) ? { 'x-graphql-cost': pick(['report', 'explain', 'x', '']) } : {}),
      ...(oneIn(6) ? { 'content-encoding': pick(['gzip', 'br', 'identity', 'x']) } : {}),
      ...(oneIn(6) ? { 'last-event-id': pick(['x', '', '💥'.length.toString()]) } : {}),
      ...(oneIn(6) ? { origin: pick(['null', 'http://evil.example', 'x']) } : {}),
      ...(oneIn(6) ? { 'if-none-match': pick(['*', '"x"', 'W/"', ',']) } : {}),
    },
    body: hasBody ? (oneIn(5) ? Buffer.from(randomBytes({ pick, oneIn, choose })) : cut) : null,
  };
}

const BEGINNINGS = [
  '',
  'GET ',
  'GET /graphql HTTP/1.1\r\n',
  'GET /graphql HTTP/1.1\r\nHost: x\r\n',
  'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: ',
  'POST /graphql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
  'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
  'GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001',
];

function randomBytes({ pick, choose }: Choices): Uint8Array {
  const bytes = Uint8Array.from({ length: choose(256) }, () => choose(256));
  return Buffer.concat([Buffer.from(pick(BEGINNINGS), 'latin1'), bytes]);
}

function conversation(choices: Choices) {
  return {
    isIntroduced: choices.choose(4) > 0,
    messages: Array.from({ length: MESSAGES }, () => brokenMessage(choices)),
  };
}

/** A frame that is broken itself, or one that carries no message of the protocol. */
function brokenMessage(choices: Choices) {
  const { pick, oneIn, choose } = choices;
  if (oneIn(8)) return { bytes: Buffer.from(randomBytes(choices)), isBroken: true, isBinary: false };
  if (oneIn(8)) return { bytes: Buffer.from(randomBytes(choices)), isBroken: false, isBinary: true };
  const type = pick<unknown>([
    'subscribe',
    'subscribe',
    'subscribe',
    'complete',
    'ping',
    'pong',
    'next',
    'connection_init',
    'x',
    null,
    1,
    {},
  ]);
  const payload = pick<unknown>([
    null,
    {},
    { query: pick(DOCUMENTS) },
    { query: pick(DOCUMENTS), variables: pick<unknown>([1, [], 'x', null, { id: {} }]) },
    { query: pick<unknown>([1, null, '', '{', '{'.repeat(500)]) },
    { query: '{ __typename }', extensions: pick<unknown>([1, [], { cost: 1 }]) },
    { query: '{ __typename }', operationName: pick<unknown>([1, 'x', null]) },
    'x',
    [1],
  ]);
  const json = JSON.stringify({ type, id: pick<unknown>(['1', '2', '', 1, null, 'x'.repeat(500)]), payload });
  return {
    bytes: Buffer.from(oneIn(5) ? json.slice(0, choose(json.length)) : json),
    isBroken: false,
    isBinary: false,
  };
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
  return { numRuns: Math.ceil(runs / TOGETHER), seed };
}

function judged(figures: Record<string, number>, verdict: Verdict): void {
  count(figures, verdict);
}

function count(figures: Record<string, number>, what: string): void {
  figures[what] = (figures[what] ?? 0) + 1;
}
