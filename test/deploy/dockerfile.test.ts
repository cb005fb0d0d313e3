/** The Dockerfile, without an engine: each of its steps is run, and what it leaves is started by somebody who may write nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { createFolder, type TestFolder } from '../support/folder.ts';
import { type BuiltImage, buildImage } from '../support/image-build.ts';
import { freePort } from '../support/redis.ts';
import { ROOT } from '../support/shipped.ts';

/** What .dockerignore lets an engine copy: everything is left out but what is named. */
async function copyContext(into: string): Promise<void> {
  const lines = (await readFile(new URL('.dockerignore', ROOT), 'utf8')).trim().split('\n');
  const [all, ...names] = lines.filter((line) => !line.startsWith('#'));
  expect(all).toBe('*');
  await mkdir(into);
  for (const name of names) {
    expect(name).toMatch(/^!/);
    await cp(new URL(name.slice(1), ROOT), join(into, name.slice(1)), { recursive: true });
  }
}

describe('the image', { timeout: 240_000 }, () => {
  let folder: TestFolder;
  let image: BuiltImage;
  beforeAll(async () => {
    folder = await createFolder();
    // Whoever runs the program is somebody else.
    await chmod(folder.path, 0o755);
    const context = join(folder.path, 'context');
    await copyContext(context);
    image = await buildImage(new URL('Dockerfile', ROOT).pathname, {
      context,
      into: join(folder.path, 'stages'),
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        npm_config_prefer_offline: 'true',
      },
    });
  }, 240_000);
  afterAll(async () => {
    await image[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const start = (args: readonly string[], env: Readonly<Record<string, string>>) => {
    const [command = '', ...rest] = args;
    return spawn(command === 'node' ? process.execPath : command, rest, {
      cwd: join(image.root, image.workdir),
      env: { PATH: process.env['PATH'], ...image.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(image.uid === undefined ? {} : { uid: image.uid, gid: image.uid }),
    });
  };

  it('answers queries, and says that it is healthy until it is stopped', async () => {
    const env = {
      PORT: String(await freePort()),
      HOST: '127.0.0.1',
      UPSTREAM: 'simulator',
      SIMULATOR_PORT: '0',
    };
    const isHealthy = async () => {
      const [status] = (await once(start(image.healthcheck, env), 'exit')) as [number];
      return status === 0;
    };
    expect(await isHealthy()).toBe(false);
    const gateway = start(image.entrypoint, { ...env, SHUTDOWN_DELAY_MS: '0', SHUTDOWN_SPREAD_MS: '0' });
    const logged = text(gateway.stderr);
    await once(gateway.stdout, 'data');
    const answer = await fetch(
      `http://127.0.0.1:${env.PORT}/graphql?query=${encodeURIComponent('{ scenarioRuns(first: 1) { nodes { id } } }')}`,
    );

    expect(await answer.json()).toEqual({
      data: { scenarioRuns: { nodes: [{ id: expect.stringMatching(/^scr_/) as string }] } },
    });
    expect(await isHealthy()).toBe(true);

    gateway.kill('SIGTERM');
    expect(await once(gateway, 'exit')).toEqual([0, null]);
    expect(await logged).not.toContain('"level":"error"');
  });

  it('runs as an ordinary user in production, and is labelled with its version', () => {
    expect(image.user).toBe('node');
    expect(image.env).toMatchObject({ NODE_ENV: 'production' });
    expect(image.labels['org.opencontainers.image.title']).toBe('runloop-graphql');
    expect(image.labels['org.opencontainers.image.version']).toBe('${VERSION}');
  });

  it('holds what the program runs with, and nothing that only its build needs', async () => {
    const { args } = await argsOf();
    expect(args['VERSION']).toBe(VERSION);
    const names = await readdir(join(image.root, image.workdir));
    expect(names.sort()).toEqual(['LICENSE', 'dist', 'node_modules', 'package.json', 'schema', 'src']);
    const modules = await readdir(join(image.root, image.workdir, 'node_modules'));
    expect(modules).toContain('graphql');
    expect(modules.filter((name) => ['typescript', 'vitest', 'esbuild', 'eslint'].includes(name))).toEqual(
      [],
    );
  });

  it('is of a release of Node.js 24 with its full number', async () => {
    const { args } = await argsOf();
    expect(args['NODE_IMAGE']).toMatch(/^node:24\.\d+\.\d+-/);
  });
});

async function argsOf(): Promise<{ readonly args: Readonly<Record<string, string>> }> {
  const dockerfile = await readFile(new URL('Dockerfile', ROOT), 'utf8');
  const args = Object.fromEntries(
    [...dockerfile.matchAll(/^ARG (\w+)=(\S+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  return { args };
}
