import { readFile, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { digestOf, parseTokenTable } from '../../src/security/gateway-tokens.ts';
import { runTokenCommand, UsageError } from '../../src/process/token-command.ts';
import { createTokenFile } from '../support/tokens.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

const run = (args: string, defaultFile?: string) =>
  runTokenCommand(args === '' ? [] : args.split(' '), { defaultFile, nowMs: NOW_MS });

describe('the command that makes a token', () => {
  it('adds the hash of a new token with its scopes, and never writes the token itself', async () => {
    await using file = await createTokenFile();
    const token = await run('--name ci --scopes runs:read,logs:read --expires-in 30d', file.path);
    const text = await readFile(file.path, 'utf8');

    expect(token).toMatch(/^rlg_[A-Za-z0-9_-]{43}$/);
    expect(text).not.toContain(token);
    expect(parseTokenTable(text).get(digestOf(token).toString('hex'))).toMatchObject({
      name: 'ci',
      scopes: new Set(['runs:read', 'logs:read']),
      expiresAtMs: NOW_MS + 30 * DAY_MS,
    });
  });

  it('keeps what was there, and each token is another one', async () => {
    await using file = await createTokenFile();
    const one = await run('--name one --scopes runs:read', file.path);
    const other = await run('--name other --scopes runs:read --expires-in never', file.path);
    const rows = [...parseTokenTable(await readFile(file.path, 'utf8')).values()];

    expect(one).not.toBe(other);
    expect(rows.map(({ name, expiresAtMs }) => [name, expiresAtMs])).toEqual([
      ['one', NOW_MS + 90 * DAY_MS],
      ['other', null],
    ]);
  });

  it('makes the file when there is none, for the eyes of its owner', async () => {
    await using file = await createTokenFile();
    const path = `${file.path}.new`;
    await run(`--name ci --scopes runs:read --file ${path}`);

    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['', /^--name is missing/],
    ['--name ci', /^--scopes is missing/],
    ['--name ci --scopes runs:read,root', /^--scopes has "root", expected some of runs:read, /],
    [
      '--name ci --scopes runs:read --expires-in soon',
      /^--expires-in is "soon", expected a number with m, h or d/,
    ],
    ['--name ci --scopes runs:read --expires-in 0d', /^--expires-in is "0d"/],
    ['--name a/b --scopes runs:read', /tokens\.0\.name: expected 1 to 64 letters/],
    ['--owner ci', /Unknown option/],
  ])('refuses %j and leaves the file as it is', async (args, message) => {
    await using file = await createTokenFile();
    const before = await readFile(file.path, 'utf8');
    const running = run(args, file.path);

    await expect(running).rejects.toThrow(message);
    await expect(running).rejects.toBeInstanceOf(UsageError);
    expect(await readFile(file.path, 'utf8')).toBe(before);
  });

  it('refuses a name that is taken, a file that is broken and one that cannot be there', async () => {
    await using file = await createTokenFile();
    await run('--name ci --scopes runs:read', file.path);
    await expect(run('--name ci --scopes runs:read', file.path)).rejects.toThrow('has the name ci already');
    await writeFile(file.path, '{');
    await expect(run('--name other --scopes runs:read', file.path)).rejects.toThrow('expected JSON');
    await expect(run(`--name other --scopes runs:read --file ${file.path}/x`)).rejects.toThrow('(ENOTDIR)');
    await expect(run('--name ci --scopes runs:read')).rejects.toThrow('--file is missing');
  });
});
