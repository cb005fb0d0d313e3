import { describe, expect, it } from 'vitest';
import { startProcess } from '../support/process.ts';

describe('the program on an engine without a function that collects garbage', () => {
  it('starts, answers and stops', async () => {
    await using gateway = startProcess({ PORT: '0' }, ['--no-expose-gc']);
    const url = await gateway.ready();

    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });

    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
  });
});
