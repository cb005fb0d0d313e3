/** Requests in other forms: each is asked plainly as well, and both have to be answered alike, or refused for what is wrong. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { type Choices, generated } from './choices.ts';
import type { Figures } from './document-runs.ts';
import type { MalformedOptions } from './malformed-runs.ts';

/** What is asked, and a plain way to ask it. */
interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
}

interface Form extends Asked {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly search: string;
  readonly body: Buffer | null;
  /** What is wrong with it, which is refused whatever else it says. */
  readonly fault: 'none' | 'bytes' | 'surrogate' | 'syntax';
}

const ASKED: readonly Asked[] = [
  { query: '{ __typename }', variables: {}, operationName: null },
  { query: 'query A { __typename } query B { a: __typename }', variables: {}, operationName: 'B' },
  {
    query: 'query($n: Int) { scenarioRuns(first: $n) { nodes { id name } } }',
    variables: { n: 3 },
    operationName: null,
  },
  {
    query: 'query($i: ID!) { node(id: $i) { id } }',
    variables: { i: 'scr_\u00e9\ud83d\ude00' },
    operationName: null,
  },
  { query: '{ nowhere }', variables: {}, operationName: null },
];

const EXTRAS: readonly (readonly [string, unknown])[] = [
  ['id', 'x'],
  ['doc_id', '12'],
  ['queryId', null],
  ['__proto__x', {}],
  ['debug', [true]],
];

const CODINGS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  identity: (bytes) => bytes,
};

function requestForm({ pick, oneIn, choose }: Choices): Form {
  const asked = pick(ASKED);
  const { query, variables } = asked;
  const operationName = asked.operationName ?? pick(['', null]);
  const mark = oneIn(3) ? '\ufeff' : '';
  if (oneIn(3)) {
    const search = new URLSearchParams({ query, variables: mark + JSON.stringify(variables) });
    if (operationName !== null) search.set('operationName', operationName);
    if (oneIn(3)) search.set('doc_id', 'x');
    const isBroken = oneIn(3);
    return {
      ...asked,
      method: oneIn(2) ? 'HEAD' : 'GET',
      headers: {},
      search: `?${search.toString()}${isBroken ? `&x=${pick(['%FF', '%C3', '%ED%A0%80', '%E9x'])}` : ''}`,
      body: null,
      fault: isBroken ? 'bytes' : 'none',
    };
  }
  const fault = oneIn(2) ? pick(['bytes', 'surrogate', 'syntax'] as const) : 'none';
  const extras = Object.fromEntries(EXTRAS.filter(() => oneIn(4)));
  const text = JSON.stringify({
    ...extras,
    query,
    variables: fault === 'surrogate' ? { ...variables, x: [{ y: '\udead' }] } : variables,
    operationName,
  });
  const broken = fault === 'syntax' ? text.slice(0, choose(text.length)) : text;
  const bytes = Buffer.from(mark + broken);
  // Within a text, so that it is wrong for nothing else.
  const at = bytes.indexOf('query') + 1;
  const all =
    fault === 'bytes' ? Buffer.concat([bytes.subarray(0, at), Buffer.of(0xff), bytes.subarray(at)]) : bytes;
  const coding = pick(Object.keys(CODINGS));
  return {
    ...asked,
    method: 'POST',
    headers: {
      'content-type': pick(['application/json', 'application/json; charset=utf-8']),
      ...(oneIn(2) ? { 'content-encoding': coding } : {}),
    },
    search: '',
    body: all,
    fault,
  };
}

/** Forms of which one was asked plainly beside each. */
export async function runRequestForms({ url, runs, seed }: MalformedOptions): Promise<Figures> {
  const agent = new Agent({ connections: 8 });
  const figures: Record<string, number> = {};
  const ask = async (
    method: Form['method'],
    headers: Form['headers'],
    { search = '', body = null as Buffer | null },
  ) => {
    const answer = await request(`${url}/graphql${search}`, { method, headers, dispatcher: agent, body });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  };
  const compare = async (form: Form) => {
    const { method, headers, search, body, fault, query, variables, operationName } = form;
    const coding = headers['content-encoding'];
    const coded = body && coding !== undefined ? (CODINGS[coding]?.(body) ?? body) : body;
    const got = await ask(method, headers, { search, body: coded });
    figures[fault === 'none' ? 'compared' : 'malformed'] =
      (figures[fault === 'none' ? 'compared' : 'malformed'] ?? 0) + 1;
    if (got.text.includes('\ufffd')) throw new Error(`U+FFFD in ${got.text}`);
    if (fault !== 'none') {
      if (got.status !== 400) throw new Error(`${fault}: ${String(got.status)} ${got.text}`);
      if (fault === 'syntax' && !/at line \d+, column \d+, expected /.test(got.text))
        throw new Error(got.text);
      return;
    }
    const plainBody = Buffer.from(JSON.stringify({ query, variables, operationName }));
    const plain = await ask('POST', { 'content-type': 'application/json' }, { body: plainBody });
    if (got.status !== plain.status)
      throw new Error(`${String(got.status)} instead of ${String(plain.status)}: ${got.text}`);
    if (method === 'HEAD') {
      if (got.text !== '' || Number(got.headers['content-length']) !== Buffer.byteLength(plain.text))
        throw new Error(`HEAD: ${got.text}, ${String(got.headers['content-length'])} bytes`);
    } else if (got.text !== plain.text) throw new Error(`${got.text} instead of ${plain.text}`);
  };
  await fc.assert(fc.asyncProperty(generated(requestForm, { maxChoices: 60 }), compare), {
    numRuns: runs,
    seed,
    endOnFailure: true,
  });
  await agent.close();
  return figures;
}
