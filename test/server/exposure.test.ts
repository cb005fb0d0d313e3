import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { createTestGateway } from '../support/gateway.ts';

const PRODUCTION = { NODE_ENV: 'production', UPSTREAM: 'runloop' };
const SCHEMA = '{ __schema { queryType { name } } }';
const PAGE = { headers: { Accept: 'text/html' } };

describe('what an anonymous client sees', () => {
  it.each([
    ['is everything by default', {}, { graphiql: true, introspection: true, suggestions: true }],
    ['is nothing in production', PRODUCTION, { graphiql: false, introspection: false, suggestions: false }],
    [
      'can be said in production, but for suggestions',
      { ...PRODUCTION, GRAPHIQL: 'on', INTROSPECTION: 'on' },
      { graphiql: true, introspection: true, suggestions: false },
    ],
    [
      'can be nothing anywhere',
      { GRAPHIQL: 'off', INTROSPECTION: 'off' },
      { graphiql: false, introspection: false, suggestions: false },
    ],
  ] as const)('%s', (_name, env, exposure) => {
    expect(loadConfig(env).exposure).toEqual(exposure);
  });

  it('without introspection is no schema, neither directly nor in a fragment, and still `__typename`', async () => {
    await using gateway = await createTestGateway({ env: { INTROSPECTION: 'off' } });
    for (const query of [
      SCHEMA,
      '{ __type(name: "Query") { name } }',
      '{ ...F } fragment F on Query { __schema { types { name } } }',
    ]) {
      const { data, errors } = await gateway.query(query);

      expect(data).toBeUndefined();
      expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(
        new Set(['GRAPHQL_VALIDATION_FAILED']),
      );
    }

    expect((await gateway.query('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });

  it('with introspection is the schema, without credentials', async () => {
    await using gateway = await createTestGateway({ env: { AUTH: 'passthrough' } });

    expect((await gateway.query(SCHEMA)).data).toEqual({ __schema: { queryType: { name: 'Query' } } });
  });

  it('without GraphiQL is neither its page nor its script', async () => {
    await using gateway = await createTestGateway({ env: { GRAPHIQL: 'off' } });
    const [page, script] = await Promise.all([
      fetch(`${gateway.url}/graphql`, PAGE),
      fetch(`${gateway.url}/graphiql.js`),
    ]);

    expect([page.status, script.status]).toEqual([400, 404]);
    expect(await page.text()).not.toContain('<html');
  });

  it.each([
    ['a field', '{ scenarioRum(id: "x") { id } }', undefined],
    ['an argument', '{ scenarioRun(idd: "x") { id } }', undefined],
    ['a type', '{ node(id: "x") { ... on ScenarioRum { id } } }', undefined],
    ['an enum value', '{ scenarioRuns(filter: { state: RUNING }) { nodes { id } } }', undefined],
    [
      'an enum value in a variable',
      'query($s: ScenarioRunState) { scenarioRuns(filter: { state: $s }) { nodes { id } } }',
      { s: 'RUNING' },
    ],
    [
      'an input field in a variable',
      'query($f: ScenarioRunFilter) { scenarioRuns(filter: $f) { nodes { id } } }',
      { f: { stat: 'RUNNING' } },
    ],
  ])('in production proposes no name of the graph for %s', async (_name, query, variables) => {
    await using open = await createTestGateway();
    expect((await open.query(query, variables)).text).toContain('Did you mean');
    await using closed = await createTestGateway({ env: { NODE_ENV: 'production', UPSTREAM: 'runloop' } });
    const { errors, text } = await closed.query(query, variables);

    expect(errors.length).toBeGreaterThan(0);
    expect(text).not.toContain('Did you mean');
  });

  it('of GraphiQL comes with a content security policy that loads nothing from elsewhere', async () => {
    await using gateway = await createTestGateway();
    const { headers } = await fetch(`${gateway.url}/graphql`, PAGE);

    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('content-security-policy')).not.toMatch(/script-src[^;]*'unsafe-/);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
  });
});
