import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { createFolder } from '../support/folder.ts';

const MAIN = new URL('../../dist/src/main.js', import.meta.url).pathname;

/** Runs the compiled program with these arguments and settings to its end. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], SIMULATOR_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { out, err, status };
}

describe('the program', { timeout: 30_000 }, () => {
  it('tells how it is used', async () => {
    const { out, err, status } = await run(['--help']);

    expect({ err, status }).toEqual({ err: '', status: 0 });
    for (const option of [
      '--strict-config',
      '--check-config',
      '--print-config',
      '--version',
      'token',
      'SIGHUP',
    ])
      expect(out).toContain(option);
    expect(await run(['token', '--help'])).toMatchObject({
      out: expect.stringContaining('--scopes') as string,
      status: 0,
    });
  });

  it('tells its version', async () => {
    expect(await run(['--version'])).toEqual({ out: `${VERSION}\n`, err: '', status: 0 });
  });

  it('refuses an option that it does not have, and says which ones it has', async () => {
    const { out, err, status } = await run(['--verbose']);

    expect({ out, status }).toEqual({ out: '', status: 1 });
    expect(err).toContain("Unknown option '--verbose'");
    expect(err).toContain('--check-config');
  });

  it('checks a configuration as a start does, and ends', async () => {
    await using folder = await createFolder();
    const broken = await folder.write('tokens.json', 'not JSON');

    expect(await run(['--check-config'])).toEqual({
      out: 'The configuration is usable.\n',
      err: '',
      status: 0,
    });
    expect(await run(['--check-config'], { PORT: 'high' })).toEqual({
      out: '',
      err: 'The configuration is not usable:\n  - PORT is "high", expected a whole number from 0 to 65535\n',
      status: 1,
    });
    const { err, status } = await run(['--check-config'], {
      RUNLOOP_API_KEY: 'ak_1',
      AUTH_TOKENS_FILE: broken,
    });
    expect(status).toBe(1);
    expect(err).toContain(`${broken}: the file: expected JSON`);
  });

  it('warns of a name that says nothing, and refuses it when it is strict', async () => {
    const env = { UPSTREAM_URL: 'http://upstream' };

    expect(await run(['--check-config'], env)).toMatchObject({
      err: expect.stringContaining('"event":"config.unknown_name"') as string,
      status: 0,
    });
    expect(await run(['--check-config', '--strict-config'], env)).toEqual({
      out: '',
      err: 'The configuration is not usable:\n  - UPSTREAM_URL is not a setting: docs/settings.md lists them all\n',
      status: 1,
    });
  });

  it('warns of the former name of a setting, and prints the setting under its name', async () => {
    const env = { HTTP_IDLE_TIMEOUT_MS: '61000' };

    const { err, status } = await run(['--check-config'], env);
    expect(status).toBe(0);
    expect(JSON.parse(err)).toMatchObject({
      event: 'config.deprecated_name',
      name: 'HTTP_IDLE_TIMEOUT_MS',
      now: 'KEEP_ALIVE_TIMEOUT_MS',
      removedIn: '0.2.0',
    });
    const { out } = await run(['--print-config'], env);
    expect(out.split('# By default')[0]).toContain('KEEP_ALIVE_TIMEOUT_MS=61000\n');
    expect(out).not.toContain('HTTP_IDLE_TIMEOUT_MS');
  });

  it('prints the settings in force, and of a secret only that it is set', async () => {
    const { out, status } = await run(['--print-config'], {
      RUNLOOP_API_KEY: 'ak_canary',
      QUERY_MAX_DEPTH: '12',
    });

    expect(status).toBe(0);
    const [given, byDefault] = out.split('# By default');
    expect(given).toContain('RUNLOOP_API_KEY=[redacted]\n');
    expect(given).toContain('QUERY_MAX_DEPTH=12\n');
    expect(byDefault).toContain('\nHOST=127.0.0.1\n');
    expect(out).not.toContain('ak_canary');
  });
});
