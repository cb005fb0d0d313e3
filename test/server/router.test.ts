import { describe, expect, it } from 'vitest';
import { createRouter } from '../../src/server/http/router.ts';

const find = createRouter(
  new Map([
    ['/graphql', 'the graph'],
    ['/export/{id}.csv', 'csv'],
    ['/export/{id}.ndjson', 'ndjson'],
    ['/a/{id}/b/{name}', 'two'],
  ]),
);

describe('a path is answered', () => {
  it.each([
    ['/graphql', { route: 'the graph', pattern: '/graphql', params: {} }],
    ['/export/bmr_1.csv', { route: 'csv', pattern: '/export/{id}.csv', params: { id: 'bmr_1' } }],
    ['/export/bmr_1.ndjson', { route: 'ndjson', pattern: '/export/{id}.ndjson', params: { id: 'bmr_1' } }],
    ['/export/a.csv.csv', { route: 'csv', pattern: '/export/{id}.csv', params: { id: 'a.csv' } }],
    ['/export/..%2f.csv', { route: 'csv', pattern: '/export/{id}.csv', params: { id: '..%2f' } }],
    ['/a/1/b/2', { route: 'two', pattern: '/a/{id}/b/{name}', params: { id: '1', name: '2' } }],
    ['/export/.csv', null],
    ['/export/a/b.csv', null],
    ['/export/axcsv', null],
    ['/export/{id}.csv', { route: 'csv', pattern: '/export/{id}.csv', params: { id: '{id}' } }],
    ['/a/1/b/2/', null],
    ['/graphql/', null],
  ])('%s', (path, found) => {
    expect(find(path)).toEqual(found);
  });
});
