/** The client as its package: small, typed, and with nothing that a bundler has to take along. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { createFolder } from '../support/folder.ts';

const run = promisify(execFile);
const ROOT = new URL('../../', import.meta.url).pathname;

const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2022', 'dom'],
    module: 'esnext',
    moduleResolution: 'bundler',
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['*.ts'],
};

const CONSUMER = `
import { ApolloClient, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, subscriptionExchange } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { Network } from 'relay-runtime';
import { keepCursor, type SubscriptionState } from 'runloop-graphql-client';
import { createSubscriptionLink } from 'runloop-graphql-client/apollo';
import { keys, scalars, typePolicies } from 'runloop-graphql-client/codegen';
import type { BenchmarkRun, ScenarioRunState } from 'runloop-graphql-client/graph';
import { createSubscribe } from 'runloop-graphql-client/relay';
import { createForwardSubscription } from 'runloop-graphql-client/urql';

const states: SubscriptionState[] = [];
const sockets = keepCursor(createClient({ url: 'ws://127.0.0.1:4000/graphql' }), {
  onState: (state) => states.push(state),
});
const streams = keepCursor(createSseClient({ url: 'http://127.0.0.1:4000/graphql' }));
export const urql = new Client({
  url: 'http://127.0.0.1:4000/graphql',
  preferGetMethod: false,
  exchanges: [subscriptionExchange({ forwardSubscription: createForwardSubscription(streams) })],
});
export const apollo = new ApolloClient({
  link: createSubscriptionLink(sockets),
  cache: new InMemoryCache({ typePolicies }),
});
export const link = new GraphQLWsLink(sockets);
export const relay = Network.create(() => Promise.resolve({ data: {} }), createSubscribe(sockets));
export const started = ({ startedAt }: BenchmarkRun): string => startedAt;
export const state: ScenarioRunState = 'RUNNING';
export const known: 'string' = scalars.DateTime;
export const nothing: null | undefined = keys['RunProgress']?.();
for await (const result of sockets.iterate({ query: 'subscription { devbox(id: "dbx_1") { kind } }' })) {
  states.push(result.errors ? 'ended' : 'live');
  break;
}
`;

describe('the package of the client', { timeout: 120_000 }, () => {
  it('compiles in a strict project of somebody else, with each client that it is for, as docs/clients.md shows', async () => {
    await using folder = await createFolder();
    const modules = join(folder.path, 'node_modules');
    await mkdir(modules);
    const packed = await run(
      'npm',
      ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder.path],
      { cwd: join(ROOT, 'client') },
    );
    await run('tar', ['xzf', join(folder.path, packed.stdout.trim()), '-C', modules]);
    await run('mv', [join(modules, 'package'), join(modules, 'runloop-graphql-client')]);
    for (const name of await readdir(join(ROOT, 'node_modules')))
      if (!name.startsWith('.')) await symlink(join(ROOT, 'node_modules', name), join(modules, name));
    await folder.write('package.json', { type: 'module' });
    await folder.write('tsconfig.json', TSCONFIG);
    await folder.write('consumer.ts', CONSUMER);
    const examples = [
      ...(await readFile(join(ROOT, 'docs/clients.md'), 'utf8')).matchAll(/^```ts\n([\s\S]*?)^```$/gm),
    ];
    expect(examples.length).toBeGreaterThan(4);
    for (const [index, [, code = '']] of examples.entries())
      await folder.write(`example-${String(index)}.ts`, code);

    const compiled = await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc')], {
      cwd: folder.path,
    }).catch((error: unknown) => error as { readonly stdout: string });
    expect(compiled.stdout).toBe('');
    const read = await run(
      process.execPath,
      [
        '-p',
        "const { data } = { data: require('runloop-graphql-client/introspection.json') }; data.__schema.queryType.name + require('node:fs').readFileSync(require.resolve('runloop-graphql-client/schema.graphql'), 'utf8').includes('type ScenarioRun implements')",
      ],
      { cwd: folder.path },
    );
    expect(read.stdout.trim()).toBe('Querytrue');
  });

  it('has the version of the gateway, and no dependencies', async () => {
    const { default: manifest } = (await import('../../client/package.json', { with: { type: 'json' } })) as {
      readonly default: Readonly<Record<string, unknown>>;
    };
    expect(manifest['version']).toBe(VERSION);
    expect(manifest['dependencies']).toBeUndefined();
  });

  it.each(['index', 'apollo', 'urql', 'relay'])('takes less than 5 kB of a page for %s', async (name) => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { keepCursor } from './index.ts'; import * as all from './${name}.ts'; console.log(keepCursor, all);`,
        resolveDir: join(ROOT, 'client/src'),
        loader: 'ts',
      },
      bundle: true,
      minify: true,
      format: 'esm',
      write: false,
      packages: 'external',
    });
    expect(gzipSync(outputFiles[0]?.contents ?? '').byteLength).toBeLessThan(5_000);
  });
});
