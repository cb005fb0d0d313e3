import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { resolveModule } from '../../src/process/resolve-module.ts';
import { createTestGateway } from '../support/gateway.ts';
import { createFolder } from '../support/folder.ts';

const WORKING = `{ onExecute: () => { globalThis.pluginCalls = (globalThis.pluginCalls ?? 0) + 1; } }`;

function calls(): number {
  return (globalThis as { pluginCalls?: number }).pluginCalls ?? 0;
}

async function problemsOf(plugins: string): Promise<string> {
  const config = loadConfig({ PORT: '0', RUNLOOP_API_KEY: 'ak_test', PLUGINS: plugins });
  return await createGateway(config).then(
    async (gateway) => {
      await gateway[Symbol.asyncDispose]();
      return 'none';
    },
    (error: unknown) => (error as Error).message,
  );
}

describe('PLUGINS', () => {
  it.each([
    ['a default export', `export default ${WORKING};`],
    ['an export of that name, a list', `export const plugins = [${WORKING}];`],
    ['a function', `export const plugins = async () => [${WORKING}];`],
  ])('loads %s', async (_form, text) => {
    await using folder = await createFolder();
    const path = join(folder.path, 'plugin.mjs');
    await writeFile(path, text);
    await using gateway = await createTestGateway({ env: { PLUGINS: path } });
    const before = calls();
    await gateway.query('{ __typename }');

    expect(calls() - before).toBe(1);
  });

  it.each([
    ['export default 5;', 'of type number, expected an object with hooks such as onExecute'],
    ['export const other = 1;', 'which cannot be loaded (it exports neither)'],
    ['export default {};', 'an object without a hook'],
    ['export default { onRequest() {} };', 'a plugin with onRequest, which the gateway never calls'],
    ['export default { instrumentation: { request() {} } };', 'instrumentation of request'],
    ['export default { onExecute: 1 };', 'a plugin whose onExecute is no function'],
    ['throw new Error("broken inside");', 'broken inside'],
    [
      'export default { onPluginInit({ setSchema }) { setSchema({}); } };',
      'A plugin replaces the schema: expected it to stay as it is',
    ],
  ])('refuses %s', async (text, problem) => {
    await using folder = await createFolder();
    const path = join(folder.path, 'plugin.mjs');
    await writeFile(path, text);

    expect(await problemsOf(path)).toContain(problem);
  });

  it('says which of several is missing, and what was expected', async () => {
    const problems = await problemsOf('./nowhere.mjs, no-such-package');

    expect(problems).toContain('PLUGINS names ./nowhere.mjs, which cannot be loaded (there is none in ');
    expect(problems).toContain('PLUGINS names no-such-package, which cannot be loaded');
    expect(problems).toContain('expected a module whose export `plugins`, or default export, is a plugin');
  });

  it('is disposed when the gateway cannot be created for another reason', async () => {
    await using folder = await createFolder();
    const config = loadConfig({
      PORT: '0',
      RUNLOOP_API_KEY: 'ak_test',
      TRUSTED_DOCUMENTS_FILE: join(folder.path, 'nowhere.json'),
    });
    let disposals = 0;
    const plugin = {
      onParse: () => undefined,
      onDispose: () => {
        disposals++;
      },
    };

    await expect(createGateway(config, { plugins: [plugin] })).rejects.toThrow('TRUSTED_DOCUMENTS_FILE');
    expect(disposals).toBe(1);
  });

  it('refuses a plugin of Yoga that is called by HTTP requests only', async () => {
    const config = loadConfig({ PORT: '0', RUNLOOP_API_KEY: 'ak_test' });

    await expect(createGateway(config, { plugins: [useCSRFPrevention()] })).rejects.toThrow(
      /plugins\[0\] is a plugin with on\w+/,
    );
  });
});

describe('a module', () => {
  it('of a package is found as an import finds it, by its conditions', async () => {
    await using folder = await createFolder();
    const root = join(folder.path, 'node_modules', '@team', 'plugin');
    await mkdir(join(root, 'esm'), { recursive: true });
    await writeFile(join(root, 'esm', 'index.js'), '');
    await writeFile(join(root, 'inner.js'), '');
    const exports = {
      '.': { require: './cjs/index.js', import: { types: './x.d.ts', default: './esm/index.js' } },
      './inner': './inner.js',
    };
    await writeFile(join(root, 'package.json'), JSON.stringify({ exports }));

    expect(resolveModule('@team/plugin', folder.path)).toMatch(/\/plugin\/esm\/index\.js$/);
    expect(resolveModule('@team/plugin/inner', join(folder.path, 'below'))).toMatch(/\/plugin\/inner\.js$/);
    expect(() => resolveModule('@team/plugin/hidden', folder.path)).toThrow(
      `Package subpath './hidden' is not defined by "exports"`,
    );
  });

  it('of the working directory is the same graphql as the gateway has', async () => {
    const theirs = (await import(resolveModule('graphql'))) as { readonly GraphQLError: unknown };
    const { GraphQLError } = await import('graphql');

    expect(theirs.GraphQLError).toBe(GraphQLError);
  });
});
