import { getNamedType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { startRewrittenUpstream } from '../support/rewritten-upstream.ts';

/** Objects and lists in turn. */
const nested = (levels: number) => {
  const pairs = `${'{"a":['.repeat(levels / 2)}1${']}'.repeat(levels / 2)}`;
  return levels % 2 === 0 ? pairs : `[${pairs}]`;
};

/** A world in which one scenario, and one of its scorers, holds JSON of so many levels. */
async function startDeep(levels: number, env: Readonly<Record<string, string>> = {}) {
  const upstream = await startRewrittenUpstream(
    (_request, text) => text.replaceAll('"DEEP"', nested(levels)),
    // What is kept is compared with what is read again.
    { env: { CACHE_LIVE_MS: '1000', CACHE_DEFINITIONS_MS: '1000', ...env } },
  );
  const { insert } = upstream.world;
  const plain = insert.scenario({ name: 'plain' });
  const deep = insert.scenario({
    name: 'deep',
    input_context: { problem_statement: 'Do it.', additional_context: 'DEEP' },
    scoring_contract: {
      scoring_function_parameters: [
        {
          name: 'f',
          weight: 1,
          scorer: { type: 'custom_scorer', custom_scorer_type: 't', scorer_params: 'DEEP' },
        },
      ],
    },
  });
  const benchmark = insert.benchmark({ scenarioIds: [plain.id, deep.id] });
  const run = insert.benchmarkRun({ benchmark_id: benchmark.id });
  for (const { id } of [plain, deep]) insert.scenarioRun({ scenario_id: id, benchmark_run_id: run.id });
  return Object.assign(upstream, { deepId: deep.id, runId: run.id });
}

const LISTS = `query($run: ID!) {
  scenarios { nodes { name } }
  benchmarkRun(id: $run) { scenarioRuns { nodes { scenario { name scoringFunctions { name weight } } } } }
}`;

describe('JSON of the upstream that nests thousands deep', () => {
  it.each([6_000, 100_000])('in %d levels leaves alone who does not ask for it', async (levels) => {
    await using upstream = await startDeep(levels);
    const { gateway, runId } = upstream;

    for (let times = 0; times < 2; times++) {
      const { data, errors } = await gateway.query(
        LISTS,
        { run: runId },
        { headers: { 'cache-control': 'no-cache' } },
      );

      expect(errors).toEqual([]);
      expect(data).toMatchObject({
        scenarios: { nodes: [{ name: 'deep' }, { name: 'plain' }] },
        benchmarkRun: {
          scenarioRuns: { nodes: [{ scenario: { name: 'deep' } }, { scenario: { name: 'plain' } }] },
        },
      });
    }
  });

  it('is one null with an error for who asks for it, beside what stands', async () => {
    await using upstream = await startDeep(20_000);
    const { gateway, deepId } = upstream;

    const { data, errors } = await gateway.query(`{
      scenario(id: "${deepId}") {
        name
        additionalContext
        scoringFunctions { name scorer { ... on CustomScorer { customType parameters } } }
      }
    }`);

    expect(data).toEqual({
      scenario: {
        name: 'deep',
        additionalContext: null,
        scoringFunctions: [{ name: 'f', scorer: { customType: 't', parameters: null } }],
      },
    });
    expect(errors).toMatchObject([
      { path: ['scenario', 'additionalContext'], extensions: { code: 'UPSTREAM_ERROR' } },
      {
        path: ['scenario', 'scoringFunctions', 0, 'scorer', 'parameters'],
        extensions: { code: 'UPSTREAM_ERROR' },
      },
    ]);
  });

  it.each([
    [999, true],
    [1_000, true],
    [1_001, false],
    [100_000, false],
  ])(
    'in %d levels is answered by every field of JSON, interpreted and compiled alike: %s',
    async (levels, isTold) => {
      const deep = nested(levels);
      await using upstream = await startDeep(levels, { COMPILE_AT_EXECUTION: '2' });
      const { gateway, deepId } = upstream;
      const fields = `additionalContext scoringFunctions { scorer { ... on CustomScorer { parameters } } }`;
      // Through as many fields as a document may nest.
      const query = `{ scenario(id: "${deepId}") { runs { nodes { benchmarkRun { benchmark { scenarios { nodes { ${fields} } } } } } } } }`;

      for (let times = 0; times < 4; times++) {
        const { text, errors } = await gateway.query(query, {}, { headers: { 'cache-control': 'no-cache' } });

        expect(text.split(deep).length - 1).toBe(isTold ? 2 : 0);
        expect(errors.map(({ path, extensions }) => [path?.at(-1), extensions.code])).toEqual(
          isTold
            ? []
            : [
                ['additionalContext', 'UPSTREAM_ERROR'],
                ['parameters', 'UPSTREAM_ERROR'],
              ],
        );
      }
    },
  );

  it('is asked about in every field of the graph that has it', () => {
    const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields())
            .filter((field) => getNamedType(field.type).name === 'JSON')
            .map((field) => `${type.name}.${field.name}`)
        : [],
    );

    expect(fields.sort()).toEqual(['CustomScorer.parameters', 'Scenario.additionalContext']);
  });
});
