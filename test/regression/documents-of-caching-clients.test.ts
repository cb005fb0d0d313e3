import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gql, InMemoryCache } from '@apollo/client';
import { formatDocument } from '@urql/core';
import { type DocumentNode, parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../../src/security/trusted-documents.ts';
import { createFolder } from '../support/folder.ts';
import { createTestGateway } from '../support/gateway.ts';

const RUNS = `
  query Runs {
    scenarioRuns(first: 1) {
      nodes { ...Row devbox { status } ... on ScenarioRun { name } }
    }
  }
  fragment Row on ScenarioRun { id benchmarkRun { id __typename } }
`;

/** The document as clients send it that ask for the type of every object. */
const SENT: [string, string][] = [
  ['Apollo Client', print(new InMemoryCache().transformDocument(gql(RUNS)))],
  ['urql', print(formatDocument(parse(RUNS)) as DocumentNode)],
  ['a client that prints it anew', print(parse(RUNS))],
  ['a client that puts fragments first', print(parse(RUNS)).split('\n\n').reverse().join('\n\n')],
  ['a client that leaves white space out', RUNS.replace(/\s+/g, ' ')],
  ['a client that adds a comment', `# by the board\n${RUNS}`],
];

const body = (params: object) => ({ body: JSON.stringify(params) });

describe('a trusted document', () => {
  it.each(SENT)('is executed as %s sends it', async (_client, query) => {
    await using folder = await createFolder();
    const file = await folder.write('documents.json', { runs: RUNS });
    await using gateway = await createTestGateway({ env: { TRUSTED_DOCUMENTS_FILE: file } });
    const { id } = gateway.world.insert.scenarioRun();

    const { data, errors } = await gateway.query(query);

    expect(errors).toEqual([]);
    expect(data).toMatchObject({ scenarioRuns: { nodes: [{ id }] } });
  });

  it.each([
    ['one field more', RUNS.replace('status', 'status name')],
    ['one argument more', RUNS.replace('first: 1', 'first: 100')],
    ['another name for `__typename`', RUNS.replace('id benchmarkRun', 'id t: __typename benchmarkRun')],
    ['one fragment more', `${RUNS} fragment Other on ScenarioRun { id }`],
  ])('is another one with %s', async (_what, query) => {
    await using folder = await createFolder();
    const file = await folder.write('documents.json', { runs: RUNS });
    await using gateway = await createTestGateway({ env: { TRUSTED_DOCUMENTS_FILE: file } });

    const { status, errors } = await gateway.query(query);

    expect(status).toBe(403);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});

describe('npm run trusted-documents', () => {
  it(
    'keeps each document with and without `__typename`, by the hash of each',
    { timeout: 60_000 },
    async () => {
      await using folder = await createFolder();
      await folder.write('runs.graphql', RUNS);
      const target = `${folder.path}/documents.json`;

      await promisify(execFile)('npx', ['tsx', 'trusted-documents.ts', target, folder.path]);
      const documents = JSON.parse(await readFile(target, 'utf8')) as Record<string, string>;

      const [, apollo] = SENT[0]!;
      const [, urql] = SENT[1]!;
      const hashes = Object.keys(documents);
      expect(hashes).toHaveLength(2);
      for (const hash of hashes) expect(hashOf(documents[hash]!)).toBe(hash);
      await using gateway = await createTestGateway({ env: { TRUSTED_DOCUMENTS_FILE: target } });
      for (const sent of [apollo, urql, documents[hashes[0]!]!]) {
        const extensions = { persistedQuery: { version: 1, sha256Hash: hashOf(sent) } };
        expect((await gateway.query('', undefined, body({ extensions, query: sent }))).errors).toEqual([]);
      }
    },
  );
});
