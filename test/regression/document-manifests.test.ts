import { describe, expect, it } from 'vitest';
import { hashOf } from '../../src/security/trusted-documents.ts';
import { createFolder } from '../support/folder.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

const LIST = 'query List { scenarioRuns(first: 1) { nodes { id } } }';
const BOXES = 'query Boxes { devboxes(first: 1) { nodes { id } } }';
const GONE = 'query Gone { scenarioRuns(first: 1) { nodes { favouriteColour } } }';

const ask = (gateway: TestGateway, params: object) =>
  gateway.query('', undefined, { body: JSON.stringify(params) });

const linesOf = ({ record }: TestGateway, event: string) =>
  record.lines().filter((line) => line['event'] === event);

describe('a manifest as a build writes it', () => {
  it.each<[string, unknown, object]>([
    [
      'Apollo Client',
      {
        format: 'apollo-persisted-query-manifest',
        version: 1,
        operations: [{ id: 'a1', name: 'List', type: 'query', body: LIST }],
      },
      { extensions: { persistedQuery: { version: 1, sha256Hash: 'a1' } } },
    ],
    [
      'Apollo Kotlin',
      { [hashOf(LIST)]: { name: 'List', source: LIST } },
      { extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(LIST) } } },
    ],
    ['Relay', { '0b1c': LIST }, { doc_id: '0b1c' }],
    ['GraphQL Code Generator', { [hashOf(LIST)]: LIST }, { documentId: `sha256:${hashOf(LIST)}` }],
  ])('%s, is read, and the document is asked for as its clients do', async (_tool, manifest, params) => {
    await using folder = await createFolder();
    const file = await folder.write('documents.json', manifest);
    await using gateway = await createTestGateway({ env: { TRUSTED_DOCUMENTS_FILE: file } });

    const { data, errors } = await ask(gateway, params);

    expect(errors).toEqual([]);
    expect(data).toEqual({ scenarioRuns: { nodes: [] } });
  });

  it.each<[string, unknown, string]>([
    [
      'is of another version',
      { format: 'apollo-persisted-query-manifest', version: 2, operations: [] },
      'version 1',
    ],
    [
      'has an operation without a body',
      { format: 'apollo-persisted-query-manifest', version: 1, operations: [{ id: 'a' }] },
      'operation 0 has not',
    ],
    ['names what is no text', { a: 1 }, '"a" names no text'],
  ])('keeps the gateway from starting when it %s', async (_what, manifest, problem) => {
    await using folder = await createFolder();
    const file = await folder.write('documents.json', manifest);

    await expect(createTestGateway({ env: { TRUSTED_DOCUMENTS_FILE: file } })).rejects.toThrow(problem);
  });
});

describe('a document that the graph does not have any more', () => {
  it('is left out and logged, and the others are executed', async () => {
    await using folder = await createFolder();
    const file = await folder.write('documents.json', { list: LIST, gone: GONE, torn: '{', 'li st': LIST });
    await using gateway = await createTestGateway({ env: { TRUSTED_DOCUMENTS_FILE: file } });

    expect(await ask(gateway, { documentId: 'list' })).toMatchObject({ errors: [] });
    expect(await ask(gateway, { documentId: 'gone' })).toMatchObject({
      status: 403,
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
    const [line, ...more] = linesOf(gateway, 'documents.left_out');
    expect(more).toEqual([]);
    expect(line).toMatchObject({ level: 40, path: file, count: 2 });
    expect(line?.['problems']).toContain('the document "gone" cannot be executed: Cannot query field');
    expect(line?.['problems']).toContain('the document "torn" cannot be executed: Syntax Error');
  });

  it('keeps the gateway from starting with TRUSTED_DOCUMENTS_STRICT=on', async () => {
    await using folder = await createFolder();
    const file = await folder.write('documents.json', { list: LIST, gone: GONE });
    const env = { TRUSTED_DOCUMENTS_FILE: file, TRUSTED_DOCUMENTS_STRICT: 'on' };

    await expect(createTestGateway({ env })).rejects.toThrow('the document "gone" cannot be executed');
  });
});

describe('the file, when it changes,', () => {
  const watching = (file: string) => ({ TRUSTED_DOCUMENTS_FILE: file, AUTH_CHECK_INTERVAL_MS: '100' });

  it('is read again: what is new is executed, what is gone is refused, however often it was asked', async () => {
    await using folder = await createFolder();
    const file = await folder.write('documents.json', { list: LIST });
    await using gateway = await createTestGateway({ env: watching(file) });
    // Often enough to be remembered as a request, as a document and as an answer.
    for (let times = 0; times < 3; times++) {
      expect((await ask(gateway, { query: LIST })).errors).toEqual([]);
      expect((await ask(gateway, { documentId: 'list' })).errors).toEqual([]);
      expect((await ask(gateway, { query: BOXES })).status).toBe(403);
    }

    await folder.write('documents.json', { list: BOXES });
    await expect.poll(() => linesOf(gateway, 'documents.reloaded')).toHaveLength(1);

    expect((await ask(gateway, { query: LIST })).status).toBe(403);
    expect((await ask(gateway, { query: BOXES })).errors).toEqual([]);
    expect((await ask(gateway, { documentId: 'list' })).data).toEqual({ devboxes: { nodes: [] } });
  });

  it('stays in force as it was when it is broken', async () => {
    await using folder = await createFolder();
    const file = await folder.write('documents.json', { list: LIST });
    await using gateway = await createTestGateway({ env: watching(file) });

    await folder.write('documents.json', '{ "list": ');
    await expect.poll(() => linesOf(gateway, 'documents.file_broken')).toHaveLength(1);

    expect((await ask(gateway, { documentId: 'list' })).errors).toEqual([]);
  });
});
