import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../../src/security/trusted-documents.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createFolder } from '../support/folder.ts';
import { createTestGateway, type GraphqlAnswer } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';
import { FOLLOW_RUN, RARE_POLLS } from '../support/subscriptions.ts';

const LIST = 'query List($first: Int) { scenarioRuns(first: $first) { nodes { id } } }';
const UNKNOWN = '{ scenarioRuns { nodes { id name } } }';

const codes = ({ errors }: GraphqlAnswer) => errors.map(({ extensions }) => extensions.code);

async function createTrusting(documents: unknown = { list: LIST, [hashOf(FOLLOW_RUN)]: FOLLOW_RUN }) {
  await using folder = await createFolder();
  const file = join(folder.path, 'documents.json');
  await writeFile(file, typeof documents === 'string' ? documents : JSON.stringify(documents));
  return await createTestGateway({ env: { ...RARE_POLLS, TRUSTED_DOCUMENTS_FILE: file } });
}

const body = (params: object) => ({ body: JSON.stringify(params) });

describe('with a file of trusted documents', () => {
  it.each<[string, object]>([
    ['its text', { query: LIST }],
    ['its id', { documentId: 'list' }],
    ['its id as Relay sends it', { doc_id: 'list' }],
    ['its hash as an id', { documentId: `sha256:${hashOf(LIST)}` }],
    [
      'its hash as an extension',
      { extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(LIST) } } },
    ],
    ['its hash and its text', { query: LIST, extensions: { persistedQuery: { sha256Hash: hashOf(LIST) } } }],
  ])('a document of it is executed by %s', async (_by, params) => {
    await using gateway = await createTrusting();

    const answer = await gateway.query('', undefined, body({ ...params, variables: { first: 3 } }));

    expect(answer.errors).toEqual([]);
    expect(gateway.calls()).toEqual(['GET /v1/scenarios/runs?limit=3&include_total_count=false']);
  });

  it.each<[string, object]>([
    ['its text', { query: UNKNOWN }],
    ['a trusted text with one field more', { query: LIST.replace('id', 'id name') }],
    ['what is no document', { query: `${LIST} {` }],
    ['an id', { documentId: 'lists' }],
    ['a hash', { documentId: `sha256:${hashOf(UNKNOWN)}` }],
    [
      'a hash and the text to remember for it',
      { query: UNKNOWN, extensions: { persistedQuery: { sha256Hash: hashOf(UNKNOWN) } } },
    ],
    ['a question about the schema', { query: '{ __schema { types { name } } }' }],
  ])('no other is executed, named by %s', async (_by, params) => {
    await using gateway = await createTrusting();

    for (let times = 0; times < 2; times++) {
      const answer = await gateway.query('', undefined, body(params));

      expect(answer.status).toBe(403);
      expect(codes(answer)).toEqual(['FORBIDDEN']);
      expect(answer.errors[0]?.message).toContain('This gateway executes trusted documents only');
    }
    expect(gateway.calls()).toEqual([]);
  });

  it('holds for GET', async () => {
    await using gateway = await createTrusting();
    const get = async (params: Readonly<Record<string, string>>) =>
      (await fetch(`${gateway.url}/graphql?${new URLSearchParams(params).toString()}`)).status;

    expect(await get({ documentId: 'list' })).toBe(200);
    expect(await get({ extensions: JSON.stringify({ persistedQuery: { sha256Hash: hashOf(LIST) } }) })).toBe(
      200,
    );
    expect(await get({ query: UNKNOWN })).toBe(403);
    expect(await get({ documentId: 'other' })).toBe(403);
  });

  it('holds for event streams', async () => {
    await using gateway = await createTrusting();
    const { id } = gateway.world.insert.scenarioRun();

    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
      ...body({ documentId: hashOf(FOLLOW_RUN), variables: { id } }),
    });
    await response.body?.cancel();
    using refused = await openEventStream(gateway.url, { query: `${FOLLOW_RUN} { id }`, variables: { id } });

    expect(response.status).toBe(200);
    await refused.ended;
    expect(refused.events).toMatchObject([
      { event: 'next', data: { errors: [{ extensions: { code: 'FORBIDDEN' } }] } },
      { event: 'complete' },
    ]);
  });

  it('holds for WebSockets', async () => {
    await using gateway = await createTrusting();
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.say({ type: 'subscribe', id: 'named', payload: { query: '', documentId: 'list' } });
    socket.say({ type: 'subscribe', id: 'sent', payload: { query: LIST } });
    socket.say({ type: 'subscribe', id: 'unknown', payload: { query: UNKNOWN } });
    await socket.received(6);

    expect(socket.payloads('named')).toEqual([{ data: { scenarioRuns: { nodes: [] } } }]);
    expect(socket.payloads('sent')).toEqual([{ data: { scenarioRuns: { nodes: [] } } }]);
    expect(socket.messages).toContainEqual(
      expect.objectContaining({
        type: 'error',
        id: 'unknown',
        payload: [expect.objectContaining({ extensions: { code: 'FORBIDDEN' } })],
      }),
    );
  });

  it.each<[string, unknown, string]>([
    ['is no JSON', '{', 'expected a JSON object of documents by id'],
    ['is a list', [LIST], 'expected a JSON object of documents by id'],
    ['holds what is no text', { a: 1 }, 'expected a JSON object of documents by id'],
  ])('it does not start when the file %s', async (_what, documents, problem) => {
    await expect(createTrusting(documents)).rejects.toThrow(problem);
  });
});

describe('without one', () => {
  it('a document has to be sent', async () => {
    await using gateway = await createTestGateway();

    const answer = await gateway.query('', undefined, body({ documentId: 'list' }));

    expect(answer.status).toBe(400);
    expect(answer.errors[0]?.message).toContain('this gateway knows none by an id or a hash');
  });
});

describe('the script', () => {
  it(
    'extracts what clients ask, each operation with its fragments, for the gateway to execute',
    { timeout: 60_000 },
    async () => {
      await using folder = await createFolder();
      const file = join(folder.path, 'documents.json');
      await writeFile(
        join(folder.path, 'runs.graphql'),
        'query Runs { scenarioRuns { nodes { ...Row } } } query Boxes { devboxes { nodes { id } } }',
      );
      await writeFile(
        join(folder.path, 'row.ts'),
        "import gql from 'graphql-tag';\nexport const ROW = gql`fragment Row on ScenarioRun { id name }`;\n",
      );

      await promisify(execFile)('npx', ['tsx', 'trusted-documents.ts', file, folder.path]);
      const documents = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;

      const asWritten = Object.values(documents).filter((text) => !text.includes('__typename'));
      expect(asWritten.sort()).toEqual([
        'fragment Row on ScenarioRun {\n  id\n  name\n}\n\nquery Runs {\n  scenarioRuns {\n    nodes {\n      ...Row\n    }\n  }\n}',
        'query Boxes {\n  devboxes {\n    nodes {\n      id\n    }\n  }\n}',
      ]);
      for (const [hash, text] of Object.entries(documents)) expect(hashOf(text)).toBe(hash);
      await using gateway = await createTestGateway({ env: { TRUSTED_DOCUMENTS_FILE: file } });
      for (const documentId of Object.keys(documents))
        expect((await gateway.query('', undefined, body({ documentId }))).errors).toEqual([]);
    },
  );
});
