import { execFile } from 'node:child_process';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createFolder } from '../support/folder.ts';

const run = promisify(execFile);
const ROOT = new URL('../../', import.meta.url).pathname;

const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false,
    outDir: 'out',
  },
  include: ['consumer.ts'],
};

const CONSUMER = `
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Plugin } from '@envelop/core';
import { ConfigError, createGateway, type Gateway, loadConfig, type PluginContext } from 'runloop-graphql';

const queries: string[] = [];
const plugin: Plugin<PluginContext> = {
  onExecute: ({ args }) => {
    const context = args.contextValue as PluginContext;
    queries.push(\`\${context.params.query} of \${context.caller?.id ?? 'nobody'}\`);
  },
};
try {
  loadConfig({ PORT: 'x' });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.log(error.problems.length);
}
const gateway: Gateway = await createGateway(
  loadConfig({ SIMULATOR_SCENARIO_RUNS: '1', SIMULATOR_PORT: '0', BASE_PATH: '/api', LOG_LEVEL: 'silent' }),
  { plugins: [plugin] },
);
const server = createServer(gateway.handler).on('upgrade', gateway.upgrade);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const answer = await fetch(\`http://127.0.0.1:\${String(port)}/api/graphql?query={__typename}\`);
console.log(await answer.text());
console.log(queries.map((query) => query.replace(/of (?!nobody).*/, 'of somebody')).join());
await gateway[Symbol.asyncDispose]();
server.closeAllConnections();
server.close();
`;

/** A project that has the packed package, and the libraries that it depends on, without a network. */
async function createConsumer() {
  const folder = await createFolder();
  const modules = join(folder.path, 'node_modules');
  await mkdir(modules);
  const packed = await run(
    'npm',
    ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder.path],
    {
      cwd: ROOT,
    },
  );
  await run('tar', ['xzf', join(folder.path, packed.stdout.trim()), '-C', modules]);
  await run('mv', [join(modules, 'package'), join(modules, 'runloop-graphql')]);
  for (const name of await readdir(join(ROOT, 'node_modules')))
    if (!name.startsWith('.')) await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  await writeFile(join(folder.path, 'package.json'), '{ "type": "module" }');
  await folder.write('tsconfig.json', TSCONFIG);
  await folder.write('consumer.ts', CONSUMER);
  return folder;
}

describe('the packed package', { timeout: 120_000 }, () => {
  it('compiles in a strict project of somebody else, and answers from within its server', async () => {
    await using consumer = await createConsumer();
    const compiled = await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc')], {
      cwd: consumer.path,
    }).catch((error: unknown) => error as { readonly stdout: string });
    expect(compiled.stdout).toBe('');
    const { stdout } = await run(process.execPath, ['out/consumer.js'], { cwd: consumer.path });

    expect(stdout).toBe('1\n{"data":{"__typename":"Query"}}\n{__typename} of somebody\n');
  });
});
