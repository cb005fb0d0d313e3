/** The package as npm installs it for somebody who has nothing of this project. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { createFolder, type TestFolder } from '../support/folder.ts';
import { ROOT } from '../support/shipped.ts';

const run = promisify(execFile);

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

const MIB = 1024 * 1024;

describe('the package from npm', { timeout: 120_000 }, () => {
  let folder: TestFolder;
  let packed: Packed;
  beforeAll(async () => {
    folder = await createFolder();
    const pack = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder.path], {
      cwd: ROOT,
    });
    const [first] = JSON.parse(pack.stdout) as readonly Packed[];
    if (!first) throw new Error(`Expected a package: ${pack.stdout}`);
    packed = first;
    await folder.write('package.json', { private: true });
    await run(
      'npm',
      [
        'install',
        '--omit=dev',
        '--no-audit',
        '--no-fund',
        '--prefer-offline',
        join(folder.path, packed.filename),
      ],
      { cwd: folder.path },
    );
  }, 120_000);
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  const npx = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    spawn('npx', ['--no-install', 'runloop-graphql', ...args], {
      cwd: folder.path,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });

  it('starts by npx, answers a query, and ends when it is told to', async () => {
    const gateway = npx([], { PORT: '0', SIMULATOR_PORT: '0', LOG_LEVEL: 'silent' });
    const ended = once(gateway, 'exit');
    let printed = '';
    gateway.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    try {
      await expect.poll(() => printed).toMatch(/^Upstream /m);
      const url = /^GraphiQL +(\S+)$/m.exec(printed)?.[1] ?? '';
      const answer = await fetch(`${url}?query={__typename}`);
      expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
    } finally {
      // npx starts the program by a shell: all of its group are told.
      if (gateway.pid !== undefined) process.kill(-gateway.pid, 'SIGTERM');
      await ended;
    }
  });

  it('tells its version, and says with status 0 that a configuration is usable and with 1 that it is not', async () => {
    const told = npx(['--version']);
    const [[version], [status]] = (await Promise.all([once(told.stdout, 'data'), once(told, 'exit')])) as [
      [Buffer],
      [number],
    ];
    expect({ version: version.toString(), status }).toEqual({ version: `${VERSION}\n`, status: 0 });
    expect((await once(npx(['--check-config'], { SIMULATOR_PORT: '0' }), 'exit'))[0]).toBe(0);
    expect((await once(npx(['--check-config'], { PORT: 'x' }), 'exit'))[0]).toBe(1);
  });

  it('has the SDL as a file, which tools find by its name', async () => {
    const { stdout } = await run(
      process.execPath,
      ['-p', "require.resolve('runloop-graphql/schema.graphql')"],
      { cwd: folder.path },
    );

    expect((await stat(stdout.trim())).size).toBeGreaterThan(10_000);
  });

  it('is small, and has neither tests nor maps of sources that it does not have', () => {
    expect(packed.size).toBeLessThan(2 * MIB);
    expect(packed.unpackedSize).toBeLessThan(8 * MIB);
    const paths = packed.files.map(({ path }) => path);
    expect(paths.filter((path) => path.startsWith('test/') || path.endsWith('.map'))).toEqual([]);
    expect(paths).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'dist/src/main.js', 'package.json']),
    );
  });
});
