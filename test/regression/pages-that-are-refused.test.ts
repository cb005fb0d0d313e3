import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';

const codesOf = (errors: readonly { readonly extensions: { readonly code: string } }[]) =>
  errors.map(({ extensions }) => extensions.code);

describe('a page behind a cursor that is none', () => {
  it('is refused, whatever is known of the page without one', async () => {
    await using gateway = await createTestGateway({ env: { CACHE_LIVE_MS: '1000' } });
    gateway.world.insert.scenarioRun({ state: 'completed' });
    await gateway.query('{ scenarioRuns(first: 2) { nodes { id } } }');

    const { errors } = await gateway.query('{ scenarioRuns(first: 2, after: "") { nodes { id } } }');

    expect(codesOf(errors)).toEqual(['BAD_USER_INPUT']);
  });

  it('is refused beside the page without one, which is answered', async () => {
    await using gateway = await createTestGateway();
    const { scenario_id: id } = gateway.world.insert.scenarioRun({ state: 'completed' });

    const { data, errors } = await gateway.query(`{
      first: scenario(id: "${id}") { runs { nodes { state } } }
      none: scenario(id: "${id}") { runs(after: "") { nodes { state } } }
    }`);

    expect(data).toEqual({
      first: { runs: { nodes: [{ state: 'COMPLETED' }] } },
      none: { runs: { nodes: null } },
    });
    expect(codesOf(errors)).toEqual(['BAD_USER_INPUT']);
  });

  it.each(['', 'scr_nobody'])('takes no count with it that somebody else asks for: "%s"', async (cursor) => {
    await using gateway = await createTestGateway();
    const { scenario_id: id } = gateway.world.insert.scenarioRun({ state: 'completed' });

    const { data, errors } = await gateway.query(`{
      none: scenario(id: "${id}") { runs(after: "${cursor}") { nodes { state } } }
      counted: scenario(id: "${id}") { runs { totalCount } }
    }`);

    expect(data).toEqual({ none: { runs: { nodes: null } }, counted: { runs: { totalCount: 1 } } });
    expect(codesOf(errors)).toEqual(['BAD_USER_INPUT']);
  });
});
