import {
  ApolloClient,
  ApolloLink,
  gql,
  HttpLink,
  InMemoryCache,
  type TypedDocumentNode,
} from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { cacheExchange, Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../../src/security/trusted-documents.ts';
import { createFolder } from '../support/folder.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

const RUNS: TypedDocumentNode<{ scenarioRuns: { nodes: { id: string }[] } }> = gql`
  query Runs {
    scenarioRuns(first: 1) {
      nodes {
        id
      }
    }
  }
`;

/** Sends requests on, and writes down what each said of its document. */
function createSpy() {
  const asked: string[] = [];
  const spy: typeof fetch = (input, init) => {
    const said =
      typeof init?.body === 'string' ? init.body : decodeURIComponent((input as string | URL).toString());
    asked.push(
      [said.includes('sha256Hash') && 'hash', said.includes('scenarioRuns') && 'text']
        .filter(Boolean)
        .join(' and '),
    );
    return fetch(input, init);
  };
  return { spy, asked };
}

type Hash = (text: string) => Promise<string>;

const sha256: Hash = (text) => Promise.resolve(hashOf(text));

/** What a client that sends hashes reads twice, and how it asked. */
type Ask = (
  gateway: TestGateway,
  method: 'GET' | 'POST',
  hash?: Hash,
) => Promise<{ ids: unknown[]; asked: string[] }>;

const askByApollo: Ask = async ({ url }, method, hash = sha256) => {
  const { spy, asked } = createSpy();
  const useGETForHashedQueries = method === 'GET';
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.from([
      new PersistedQueryLink({ sha256: hash, useGETForHashedQueries }),
      new HttpLink({ uri: `${url}/graphql`, fetch: spy }),
    ]),
  });
  const ids: unknown[] = [];
  for (let times = 0; times < 2; times++) {
    const { data } = await client.query({
      query: RUNS,
      fetchPolicy: 'network-only',
    });
    ids.push(data?.scenarioRuns.nodes[0]?.id);
  }
  client.stop();
  return { ids, asked };
};

const askByUrql: Ask = async ({ url }, method, hash = sha256) => {
  const { spy, asked } = createSpy();
  const client = new Client({
    url: `${url}/graphql`,
    fetch: spy,
    preferGetMethod: false,
    exchanges: [
      cacheExchange,
      persistedExchange({ generateHash: hash, preferGetForPersistedQueries: method === 'GET' }),
      fetchExchange,
    ],
  });
  const ids: unknown[] = [];
  for (let times = 0; times < 2; times++) {
    const { data } = await client.query(RUNS, {}, { requestPolicy: 'network-only' }).toPromise();
    ids.push(data?.scenarioRuns.nodes[0]?.id);
  }
  return { ids, asked };
};

const CLIENTS: [string, Ask, 'GET' | 'POST'][] = [
  ['Apollo Client by POST', askByApollo, 'POST'],
  ['Apollo Client by GET', askByApollo, 'GET'],
  ['urql by POST', askByUrql, 'POST'],
  ['urql by GET', askByUrql, 'GET'],
];

describe('a client of persisted queries', () => {
  it.each(CLIENTS)(
    '%s stops sending hashes where the gateway knows no documents',
    async (_name, ask, method) => {
      await using gateway = await createTestGateway();
      const { id } = gateway.world.insert.scenarioRun();

      const { ids, asked } = await ask(gateway, method);

      expect(ids).toEqual([id, id]);
      expect(asked[0]).toBe('hash');
      expect(asked.slice(1).map((said) => said.includes('text'))).toEqual([true, true]);
    },
  );

  it.each(CLIENTS)('%s is answered by the hash of a trusted document', async (_name, ask, method) => {
    await using folder = await createFolder();
    const file = await folder.write('documents.json', { runs: print(RUNS) });
    await using gateway = await createTestGateway({ env: { TRUSTED_DOCUMENTS_FILE: file } });
    const { id } = gateway.world.insert.scenarioRun();

    expect(await ask(gateway, method)).toEqual({ ids: [id, id], asked: ['hash', 'hash'] });
  });

  it.each(CLIENTS)('%s sends the text of a document whose hash is not known', async (_name, ask, method) => {
    await using folder = await createFolder();
    const file = await folder.write('documents.json', { runs: print(RUNS) });
    await using gateway = await createTestGateway({ env: { TRUSTED_DOCUMENTS_FILE: file } });
    const { id } = gateway.world.insert.scenarioRun();

    const { ids, asked } = await ask(gateway, method, (text) => sha256(`${text} by another build`));

    expect(ids).toEqual([id, id]);
    expect(asked).toEqual(['hash', 'hash and text', 'hash', 'hash and text']);
  });
});

describe('a hash alone', () => {
  const hash = { extensions: { persistedQuery: { version: 1, sha256Hash: 'f'.repeat(64) } } };

  it.each<[string, string, number]>([
    ['application/json', 'application/json', 200],
    ['application/graphql-response+json', 'application/graphql-response+json', 400],
  ])('is answered in %s with the words that clients look for', async (_name, accept, status) => {
    await using folder = await createFolder();
    const file = await folder.write('documents.json', { runs: print(RUNS) });
    await using without = await createTestGateway();
    await using withFile = await createTestGateway({ env: { TRUSTED_DOCUMENTS_FILE: file } });
    const init = { body: JSON.stringify(hash), headers: { 'Content-Type': 'application/json', accept } };

    const unsupported = await without.query('', undefined, init);
    const unknown = await withFile.query('', undefined, init);

    expect(unsupported).toMatchObject({ status, errors: [{ message: 'PersistedQueryNotSupported' }] });
    expect(unknown).toMatchObject({ status, errors: [{ message: 'PersistedQueryNotFound' }] });
  });
});
