import { describe, expect, it } from 'vitest';
import { createFolder } from '../support/folder.ts';
import { startProcess } from '../support/process.ts';

const ENV = { PORT: '0', RUNLOOP_BASE_URL: 'http://127.0.0.1:9', RUNLOOP_API_KEY: 'ak_test' };

const PLUGIN = `import { GraphQLError } from ${JSON.stringify(import.meta.resolve('graphql'))};
export default { onExecute: ({ setResultAndStopExecution }) => {
  setResultAndStopExecution({ errors: [new GraphQLError('of the plugin')] });
} };`;

describe('the compiled program with PLUGINS', () => {
  it('shares graphql with its plugins, so that their errors are known as such', async () => {
    await using folder = await createFolder();
    await using gateway = startProcess({ ...ENV, PLUGINS: await folder.write('plugin.mjs', PLUGIN) });
    const url = await gateway.ready();
    const answer = await fetch(`${url}/graphql?query={__typename}`);

    expect(await answer.json()).toMatchObject({ errors: [{ message: 'of the plugin' }] });
  });
});
