/** What is sent to a gateway that mostly is no request: broken parameters, headers, bytes, frames and messages. */
import type { Choices } from './choices.ts';

/** Messages of one conversation. */
const MESSAGES = 10;

const DOCUMENTS = [
  '{ __typename }',
  '{ scenarioRuns(first: 1) { nodes { id } } }',
  'subscription { scenarioRun(id: "x") { at } }',
  'mutation { cancelScenarioRun(id: "x") { __typename } }',
  'query A { __typename } query B { __typename }',
];

/** Mostly what the graph is asked by, at its place, in a form that it reads. */
const METHODS = ['POST', 'POST', 'POST', 'POST', 'POST', 'GET', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'];
const TYPES = [
  'application/json',
  'application/json',
  'application/json',
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=x',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  '',
  'json/application',
  'application/graphql-response+json',
];
const PATHS = [
  ...Array.from({ length: 14 }, () => '/graphql'),
  '/graphql/tickets',
  '/graphql/x',
  '/download/scenario-runs/..%2f..%2fsecrets/logs.zip',
  '/health',
  '//',
  '/%00',
];

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  accept: ['*/*', 'text/event-stream', 'application/json;q=0', 'image/png', 'x', ',,;;=='],
  authorization: ['Bearer', 'Basic eDp4', 'Bearer  ', 'x'.repeat(3_000)],
  'x-graphql-cost': ['report', 'explain', 'x', ''],
  'content-encoding': ['gzip', 'br', 'identity', 'x'],
  'last-event-id': ['x', '', '2'],
  origin: ['null', 'http://evil.example', 'x'],
  'if-none-match': ['*', '"x"', 'W/"', ','],
};

/** A request that HTTP can carry. */
export function brokenRequest({ pick, oneIn, choose }: Choices) {
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
  const method = pick(METHODS);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const search = hasBody && !oneIn(4) ? '' : searchFor(query, { pick, oneIn });
  return {
    method,
    path: `${pick(PATHS)}${search}`,
    headers: brokenHeaders({ pick, oneIn }),
    body: hasBody ? (oneIn(5) ? Buffer.from(randomBytes({ pick, choose })) : cut) : null,
  };
}

function searchFor(query: string, { pick, oneIn }: Pick<Choices, 'pick' | 'oneIn'>): string {
  const rest = ['', '&variables=', '&variables={', '&extensions=1', '&operationName=C'];
  return oneIn(2)
    ? `?query=${encodeURIComponent(query)}${pick(rest)}`
    : `?${pick(['', 'query', '%', 'query=%FF%00', '&&&', 'query=a&query=b'])}`;
}

function brokenHeaders({ pick, oneIn }: Pick<Choices, 'pick' | 'oneIn'>): Readonly<Record<string, string>> {
  const names = Object.keys(HEADERS).filter(() => oneIn(5));
  return {
    ...(oneIn(6) ? {} : { 'content-type': pick(TYPES) }),
    ...Object.fromEntries(names.map((name) => [name, pick(HEADERS[name] ?? [''])])),
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

/** Mostly how a request, or another protocol, begins, and then none. */
export function randomBytes({ pick, choose }: Pick<Choices, 'pick' | 'choose'>): Uint8Array {
  const bytes = Uint8Array.from({ length: choose(256) }, () => choose(256));
  return Buffer.concat([Buffer.from(pick(BEGINNINGS), 'latin1'), bytes]);
}

/** What one socket sends, unless it is closed before. */
export function conversation(choices: Choices) {
  return {
    isInitialized: choices.choose(4) > 0,
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
