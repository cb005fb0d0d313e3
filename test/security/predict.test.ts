import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { FIELD_COSTS } from '../../src/security/cost/field-costs.ts';
import { predict } from '../../src/security/cost/predict.ts';
import { createPredictor } from '../../src/security/cost/predictor.ts';
import { BOARD, DASHBOARD, DETAIL } from '../support/canonical-queries.ts';

const OPTIONS = {
  schema,
  costs: FIELD_COSTS,
  bounds: {
    defaultPageSize: 20,
    maxPageSize: 100,
    maxScanCalls: 8,
    maxWholeListCalls: 4,
    maxPooledRuns: 50,
    maxPooledExtraCalls: 20,
  },
};

const predicted = (document: string, variables: Readonly<Record<string, unknown>> = {}) =>
  predict({ document: parse(document), operationName: null, variables }, OPTIONS);

describe('the prediction', () => {
  it('of the dashboard is a call for the run, one for its list, and one for each scenario and devbox', () => {
    expect(predicted(DASHBOARD, { id: 'bmr_1' })).toMatchObject({
      calls: 102,
      rows: 50,
      fields: [
        { path: 'benchmarkRun', calls: 1 },
        { path: 'benchmarkRun.scenarioRuns', calls: 1 },
        { path: 'benchmarkRun.scenarioRuns.nodes.scenario', calls: 50 },
        { path: 'benchmarkRun.scenarioRuns.nodes.devbox', calls: 50 },
      ],
    });
  });

  it('of the board is a call for the list, and two for each of its runs', () => {
    expect(predicted(BOARD)).toMatchObject({ calls: 41, rows: 420 });
  });

  it('of the detail is a call for each thing that is shown', () => {
    expect(predicted(DETAIL, { id: 'scr_1' }).calls).toBe(4);
  });

  it.each<[string, string, number, Readonly<Record<string, unknown>>?]>([
    ['a list without a page size has twenty rows', '{ scenarioRuns { nodes { devbox { id } } } }', 21],
    ['a page size is stated', '{ scenarioRuns(first: 3) { edges { node { devbox { id } } } } }', 4],
    [
      'a page size is a variable',
      'query ($n: Int) { scenarioRuns(first: $n) { nodes { devbox { id } } } }',
      6,
      { n: 5 },
    ],
    [
      'a variable has a default',
      'query ($n: Int = 7) { scenarioRuns(first: $n) { nodes { devbox { id } } } }',
      8,
    ],
    [
      'no page is larger than the largest',
      '{ scenarioRuns(first: 1000000) { nodes { devbox { id } } } }',
      101,
    ],
    [
      'a page that makes no sense costs no more',
      '{ scenarioRuns(first: -5) { nodes { devbox { id } } } }',
      1,
    ],
    ['a count alone is a call', '{ scenarioRuns { totalCount } }', 1],
    ['a list of which nothing is selected is free', '{ scenarioRuns { __typename } }', 0],
    [
      'rows and pages are read once',
      '{ scenarioRuns { nodes { id } edges { cursor } pageInfo { endCursor } } }',
      1,
    ],
    [
      'a filter that the upstream knows is one call',
      '{ scenarioRuns(filter: { state: RUNNING }) { nodes { id } } }',
      1,
    ],
    [
      'a filter that it does not know is a scan',
      '{ scenarioRuns(filter: { minScore: 0.5 }) { nodes { id } } }',
      8,
    ],
    [
      'a filter in a variable is looked into',
      'query ($f: ScenarioRunFilter) { scenarioRuns(filter: $f) { nodes { id } } }',
      8,
      { f: { outcome: 'PASSED', state: null } },
    ],
    [
      'an order is a scan, because the upstream knows none',
      '{ scenarioRuns(orderBy: { field: SCORE }) { nodes { id } } }',
      8,
    ],
    [
      'an order that is null is none',
      'query ($o: ScenarioRunOrder) { scenarioRuns(orderBy: $o) { nodes { id } } }',
      1,
      { o: null },
    ],
    ['nodes are counted', '{ nodes(ids: ["scr_1", "scr_2", "scr_3"]) { id } }', 3],
    [
      'of a node the costliest type counts',
      '{ node(id: "x") { ... on ScenarioRun { devbox { id } scenario { id } } ... on BenchmarkRun { benchmark { id } } ... on Node { id } } }',
      3,
    ],
    [
      'fields of one name are one',
      '{ scenarioRun(id: "x") { devbox { id } ...F } } fragment F on ScenarioRun { devbox { name } }',
      2,
    ],
    ['aliases are several', '{ scenarioRun(id: "x") { devbox { id } other: devbox { name } } }', 3],
    [
      'what is left out is free',
      'query ($no: Boolean!) { scenarioRun(id: "x") { devbox @skip(if: true) { id } ... @include(if: $no) { scenario { id } } } }',
      1,
      { no: false },
    ],
    [
      'what is asked of the schema is free',
      '{ __schema { types { name } } __type(name: "Query") { name } }',
      0,
    ],
    [
      'what a subscription costs is said for one event',
      'subscription { benchmarkRun(id: "x") { changes { scenarioRun { devbox { id } } } } }',
      22,
    ],
  ])('knows that %s', (_fact, document, calls, variables) => {
    expect(predicted(document, variables).calls).toBe(calls);
  });

  it('multiplies through lists within lists', () => {
    const { calls, rows, pageSize } = predicted(
      '{ benchmarkRuns(first: 10) { nodes { scenarioRuns(first: 30) { nodes { devbox { logs { nodes { level } } } } } } } }',
    );

    expect({ calls, rows, pageSize }).toEqual({
      calls: 1 + 10 + 300 + 300,
      rows: 10 + 300 + 300 * 20,
      pageSize: 30,
    });
  });

  it('tells the operations of a document apart', () => {
    const document = parse(
      'query A { scenarioRun(id: "x") { id } } query B { scenarioRun(id: "x") { devbox { id } } }',
    );

    expect(predict({ document, operationName: 'A', variables: {} }, OPTIONS).calls).toBe(1);
    expect(predict({ document, operationName: 'B', variables: {} }, OPTIONS).calls).toBe(2);
  });
});

describe('a predictor', () => {
  const document = parse(
    'query ($id: ID!, $n: Int, $more: Boolean!) { scenarioRun(id: $id) { id devbox @include(if: $more) { logs(first: $n) { nodes { level } } } } }',
  );

  it('caches a prediction for all values of the variables that it does not depend on', () => {
    const predictOnce = createPredictor(OPTIONS);
    const ask = (variables: Readonly<Record<string, unknown>>) =>
      predictOnce({ document, operationName: null, variables });

    expect(ask({ id: 'a', n: 5, more: true })).toBe(ask({ id: 'b', n: 5, more: true }));
    expect(ask({ id: 'a', n: 6, more: true })).not.toBe(ask({ id: 'a', n: 5, more: true }));
  });

  it('says what a fresh prediction says, in whatever order it is asked', () => {
    const remembering = createPredictor(OPTIONS);
    for (const variables of [
      { id: 'a', more: false },
      { id: 'a', more: true },
      { id: 'a', more: true, n: 5 },
      { id: 'a', more: false, n: 5 },
      { id: 'a', more: true, n: null },
      { id: 'a', more: true, n: [null] },
      { id: 'a', more: true },
    ]) {
      const operation = { document, operationName: null, variables };
      expect(remembering(operation)).toEqual(predict(operation, OPTIONS));
    }
  });
});
