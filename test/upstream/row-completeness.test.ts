import { describe, expect, it } from 'vitest';
import { createRowCompleteness } from '../../src/upstream/rest/row-completeness.ts';

const ROUTE = '/v1/benchmarks';

/** A benchmark with every field that is read. */
const WHOLE = {
  id: 'bmd_1',
  name: 'a benchmark',
  description: null,
  attribution: null,
  status: 'active',
  is_public: false,
  metadata: {},
  required_environment_variables: [],
  required_secret_names: [],
  scenarioIds: [],
};

function without(...fields: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(WHOLE).filter(([field]) => !fields.includes(field)));
}

const RUN = {
  id: 'scr_1',
  name: null,
  state: 'running',
  scenario_id: 'scn_1',
  devbox_id: 'dbx_1',
  benchmark_run_id: null,
  start_time_ms: 1,
  duration_ms: null,
  purpose: null,
  metadata: {},
  environment_variables: null,
  secrets_provided: null,
};

describe('a row', () => {
  it('with every field is whole, whatever was seen before', () => {
    expect(createRowCompleteness().isWhole(ROUTE, 'benchmark', WHOLE)).toBe(true);
  });

  it('that lacks a field is not, until it is known what get-by-id answers', () => {
    const trust = createRowCompleteness();
    expect(trust.isWhole(ROUTE, 'benchmark', without('attribution'))).toBe(false);
    trust.noteEntity('benchmark', without('attribution'));
    expect(trust.isWhole(ROUTE, 'benchmark', without('attribution'))).toBe(true);
  });

  it('that lacks a field which get-by-id has is not', () => {
    const trust = createRowCompleteness();
    trust.noteEntity('benchmark', without('attribution'));
    trust.noteEntity('benchmark', WHOLE);
    expect(trust.isWhole(ROUTE, 'benchmark', without('attribution'))).toBe(false);
  });

  it('that lacks a field which other rows of the list have is: there it is null', () => {
    const trust = createRowCompleteness();
    trust.noteEntity('benchmark', WHOLE);
    expect(trust.isWhole(ROUTE, 'benchmark', without('description'))).toBe(false);
    expect(trust.isWhole(ROUTE, 'benchmark', without('attribution'))).toBe(true);
    expect(trust.isWhole(ROUTE, 'benchmark', without('description'))).toBe(true);
  });

  it('of one list says nothing of another', () => {
    const trust = createRowCompleteness();
    trust.noteEntity('benchmark', WHOLE);
    trust.isWhole(ROUTE, 'benchmark', WHOLE);
    expect(trust.isWhole('/v1/benchmarks/list_public', 'benchmark', without('attribution'))).toBe(false);
  });

  it('whose object lacks a field of its own is as little whole; one without the object is', () => {
    const trust = createRowCompleteness();
    const scored = { score: 1, scoring_function_results: [] };
    trust.noteEntity('scenarioRun', { ...RUN, scoring_contract_result: scored });
    const route = '/v1/scenarios/runs';
    expect(trust.isWhole(route, 'scenarioRun', { ...RUN, scoring_contract_result: { score: 1 } })).toBe(
      false,
    );
    expect(trust.isWhole(route, 'scenarioRun', { ...RUN, scoring_contract_result: null })).toBe(true);
  });

  it('of a finished run has its result, though unfinished ones had none', () => {
    const trust = createRowCompleteness();
    const route = '/v1/scenarios/runs';
    trust.noteEntity('scenarioRun', RUN);
    expect(trust.isWhole(route, 'scenarioRun', RUN)).toBe(true);
    expect(trust.isWhole(route, 'scenarioRun', { ...RUN, state: 'completed' })).toBe(false);
    expect(trust.isWhole(route, 'scenarioRun', { ...RUN, state: 'failed' })).toBe(true);
  });

  it('that is none is not whole', () => {
    for (const row of [null, 'x', []])
      expect(createRowCompleteness().isWhole(ROUTE, 'benchmark', row)).toBe(false);
  });
});
