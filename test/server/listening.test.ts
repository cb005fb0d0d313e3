import { lstat, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFolder, type TestFolder } from '../support/folder.ts';
import { createTestGateway } from '../support/gateway.ts';
import { startProcess } from '../support/process.ts';

const statusOf = async (url: string, agent = new Agent()) => {
  const { statusCode, body } = await request(url, { dispatcher: agent });
  await body.dump();
  await agent.destroy();
  return statusCode;
};

describe('HOST=::', () => {
  const env = { HOST: '::', AUTH: 'passthrough', RUNLOOP_API_KEY: '' };

  it('takes connections over IPv6 and IPv4, at the address that is printed', async () => {
    await using gateway = await createTestGateway({ env });
    const { port } = new URL(gateway.url);

    expect(gateway.url).toBe(`http://[::1]:${port}`);
    expect(await statusOf(`http://[::1]:${port}/health`)).toBe(200);
    expect(await statusOf(`http://127.0.0.1:${port}/health`)).toBe(200);
  });

  it('is printed as an address that can be opened, and so is 0.0.0.0', async () => {
    await using gateway = await createTestGateway({ env: { ...env, HOST: '0.0.0.0' } });
    await using other = startProcess({ HOST: '::', PORT: '0', SIMULATOR_PORT: '0' });

    expect(gateway.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await statusOf(`${await other.ready()}/health`)).toBe(200);
  });
});

describe('an address that cannot be listened on', () => {
  it.each([
    [
      'of another machine',
      { HOST: '192.0.2.1' },
      'HOST is "192.0.2.1", which is no address of this machine: expected one that is',
    ],
    [
      'that no name has',
      { HOST: 'nowhere.invalid' },
      'HOST is "nowhere.invalid", a name without an address: expected one of this machine',
    ],
    [
      'for metrics',
      { METRICS_PORT: '0', METRICS_HOST: '192.0.2.1' },
      'METRICS_HOST is "192.0.2.1", which is no address of this machine: expected one that is',
    ],
  ])('is refused by its setting: one %s', async (_what, env, problem) => {
    const starting = createTestGateway({ env: { AUTH: 'passthrough', RUNLOOP_API_KEY: '', ...env } });

    await expect(starting).rejects.toThrow(problem);
  });
});

describe('a Unix socket', () => {
  let folder: TestFolder;
  let path: string;
  beforeEach(async () => {
    folder = await createFolder();
    path = join(folder.path, 'gateway.sock');
  });
  afterEach(() => folder[Symbol.asyncDispose]());
  const ask = (socketPath: string) =>
    statusOf('http://localhost/health', new Agent({ connect: { socketPath } }));

  it('is listened on instead of a port, for its owner and group, and is removed at the end', async () => {
    const gateway = await createTestGateway({ env: { UNIX_SOCKET_PATH: path } });

    expect(gateway.url).toBe(`unix:${path}`);
    expect(await ask(path)).toBe(200);
    expect(((await lstat(path)).mode & 0o777).toString(8)).toBe('660');
    await gateway[Symbol.asyncDispose]();
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('is for whom its mode says', async () => {
    await using gateway = await createTestGateway({
      env: { UNIX_SOCKET_PATH: path, UNIX_SOCKET_MODE: '0600' },
    });

    expect(((await lstat(gateway.url.replace('unix:', ''))).mode & 0o777).toString(8)).toBe('600');
  });

  it('is replaced when the process that listened on it was killed', async () => {
    const env = { UNIX_SOCKET_PATH: path, SIMULATOR_PORT: '0' };
    await using killed = startProcess(env);
    await expect
      .poll(() => killed.output())
      .toContain(`Socket    ${path} (curl --unix-socket ${path} http://localhost/graphql)`);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect((await lstat(path)).isSocket()).toBe(true);

    await using gateway = await createTestGateway({ env: { UNIX_SOCKET_PATH: path } });

    expect(await ask(path)).toBe(200);
    expect(gateway.url).toBe(`unix:${path}`);
  });

  it('is refused while somebody listens on it, who is left alone', async () => {
    await using gateway = await createTestGateway({ env: { UNIX_SOCKET_PATH: path } });

    await expect(createTestGateway({ env: { UNIX_SOCKET_PATH: path } })).rejects.toThrow(
      `UNIX_SOCKET_PATH is "${path}", which another program listens on: expected a path of its own`,
    );
    expect(await ask(gateway.url.replace('unix:', ''))).toBe(200);
  });

  it('replaces no file that is none, and needs a folder', async () => {
    await writeFile(path, 'precious');
    const missing = join(folder.path, 'missing', 'gateway.sock');

    await expect(createTestGateway({ env: { UNIX_SOCKET_PATH: path } })).rejects.toThrow(
      `UNIX_SOCKET_PATH is "${path}", where there is a file that is no socket: expected a path that is free`,
    );
    await expect(createTestGateway({ env: { UNIX_SOCKET_PATH: missing } })).rejects.toThrow(
      `UNIX_SOCKET_PATH is "${missing}", where no socket can be made (EACCES)`,
    );
    expect((await lstat(path)).isFile()).toBe(true);
  });

  it('is reached by this machine alone, so that AUTH=service needs no callers on it, whatever HOST is', async () => {
    await using gateway = await createTestGateway({ env: { UNIX_SOCKET_PATH: path, HOST: '0.0.0.0' } });

    expect(await ask(path)).toBe(200);
    expect(gateway.url).toBe(`unix:${path}`);
  });
});
