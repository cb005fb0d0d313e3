import { describe, expect, it } from 'vitest';
import { startProcess } from '../support/process.ts';

/** What V8 gives and other engines do not is not there: no flags, and no `gc` in a new context. */
const WITHOUT_V8 = `
  import { syncBuiltinESMExports } from 'node:module';
  import v8 from 'node:v8';
  import vm from 'node:vm';
  v8.setFlagsFromString = () => { throw new Error('v8.setFlagsFromString is not implemented'); };
  vm.runInNewContext = () => { throw new ReferenceError('gc is not defined'); };
  syncBuiltinESMExports();
`;

describe('the program on an engine that lets nobody collect', () => {
  it('starts, answers and stops', async () => {
    await using gateway = startProcess({ PORT: '0' }, [
      `--import=data:text/javascript,${encodeURIComponent(WITHOUT_V8)}`,
    ]);
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
