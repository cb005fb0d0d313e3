import { describe, expect, it } from 'vitest';
import { startRewrittenUpstream } from '../support/rewritten-upstream.ts';

const CONTEXT =
  '{"id":9007199254740993,"list":[-18446744073709551615,9007199254740991,0.1,1e400],"text":"9 \\"12345678901234567890\\\\"}';

describe('a whole number of the upstream beyond 2^53', () => {
  it('keeps its digits in JSON, as a text', async () => {
    await using upstream = await startRewrittenUpstream((_request, text) =>
      text.replaceAll('"DIGITS"', CONTEXT),
    );
    const { id } = upstream.world.insert.scenario({
      input_context: { problem_statement: 'Do it.', additional_context: 'DIGITS' },
      scoring_contract: {
        scoring_function_parameters: [
          {
            name: 'f',
            weight: 1,
            scorer: { type: 'custom_scorer', custom_scorer_type: 't', scorer_params: 'DIGITS' },
          },
        ],
      },
    });
    const expected = {
      id: '9007199254740993',
      list: ['-18446744073709551615', 9_007_199_254_740_991, 0.1, '1e400'],
      text: '9 "12345678901234567890\\',
    };

    const { data, errors } = await upstream.gateway.query(`{
      scenario(id: "${id}") { additionalContext scoringFunctions { scorer { ... on CustomScorer { parameters } } } }
    }`);

    expect(errors).toEqual([]);
    expect(data).toEqual({
      scenario: { additionalContext: expected, scoringFunctions: [{ scorer: { parameters: expected } }] },
    });
  });

  it('keeps them in metadata, and in both exports of it', async () => {
    await using upstream = await startRewrittenUpstream((_request, text) =>
      text.replaceAll('"DIGITS"', '12345678901234567891'),
    );
    const { gateway, world } = upstream;
    const { id } = world.insert.benchmarkRun({ state: 'completed' });
    world.insert.scenarioRun({ benchmark_run_id: id, metadata: { seed: 'DIGITS' } });
    const exported = async (format: string) =>
      (await fetch(`${gateway.url}/export/benchmark-runs/${id}.${format}`)).text();

    const { data } = await gateway.query('{ scenarioRuns { nodes { metadata { key value } } } }');

    expect(data).toEqual({
      scenarioRuns: { nodes: [{ metadata: [{ key: 'seed', value: '12345678901234567891' }] }] },
    });
    expect(await exported('ndjson')).toContain('"seed":"12345678901234567891"');
    expect(await exported('csv')).toContain(',12345678901234567891\r\n');
  });
});
