/** What a process does at SIGHUP: it reads the file of settings in its working directory anew. */
import { chmod } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createFolder, type TestFolder } from '../support/folder.ts';
import { type GatewayProcess, startProcess } from '../support/process.ts';

const DEPTH_4 = '{ scenarioRuns(first: 1) { nodes { id scenario { id } } } }';

async function writeSettings(folder: TestFolder, settings: Readonly<Record<string, string>>) {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await chmod(await folder.write('.env', lines.join('')), 0o600);
}

const linesOf = (gateway: GatewayProcess, event: string) =>
  gateway
    .output()
    .split('\n')
    .filter((line) => line.includes(`"event":"${event}"`))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

/** Resolves when another line says how it has ended. */
async function reload(gateway: GatewayProcess, event: string) {
  const before = linesOf(gateway, event).length;
  gateway.child.kill('SIGHUP');
  await expect.poll(() => linesOf(gateway, event).length, { timeout: 20_000 }).toBe(before + 1);
}

async function ask(url: string) {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: DEPTH_4 }),
  });
  return answer.text();
}

describe('a process at SIGHUP', { timeout: 60_000 }, () => {
  it('puts the limits of its file into force, refuses a broken file as a whole, and names what needs a restart', async () => {
    await using folder = await createFolder();
    const settings = { UPSTREAM: 'simulator', SIMULATOR_PORT: '0', PORT: '0' };
    await writeSettings(folder, settings);
    await using gateway = startProcess({}, [], folder.path);
    const url = await gateway.ready();
    expect(await ask(url)).not.toContain('errors');

    await writeSettings(folder, { ...settings, QUERY_MAX_DEPTH: '3' });
    await reload(gateway, 'config.reloaded');
    expect(await ask(url)).toContain('QUERY_MAX_DEPTH');
    expect(linesOf(gateway, 'config.reloaded')).toMatchObject([{ changed: 'QUERY_MAX_DEPTH' }]);

    await writeSettings(folder, {
      ...settings,
      QUERY_MAX_DEPTH: '16',
      QUERY_MAX_ROWS: 'many',
      LOG_LEVEL: 'loud',
    });
    await reload(gateway, 'config.reload_refused');
    expect(await ask(url)).toContain('QUERY_MAX_DEPTH');
    expect(linesOf(gateway, 'config.reload_refused')).toMatchObject([
      {
        problems: expect.stringMatching(
          /^LOG_LEVEL is "loud", expected .+; QUERY_MAX_ROWS is "many", expected a whole number from 1 to 1000000$/,
        ) as string,
      },
    ]);

    await writeSettings(folder, { ...settings, PORT: '4711' });
    await reload(gateway, 'config.reloaded');
    expect(await ask(url)).not.toContain('errors');
    await expect.poll(() => linesOf(gateway, 'config.restart_needed')).toMatchObject([{ settings: 'PORT' }]);
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
  });

  it('overrides no variable that it was started with', async () => {
    await using folder = await createFolder();
    const started = { UPSTREAM: 'simulator', SIMULATOR_PORT: '0', PORT: '0', QUERY_MAX_DEPTH: '3' };
    await using gateway = startProcess(started, [], folder.path);
    const url = await gateway.ready();
    expect(await ask(url)).toContain('QUERY_MAX_DEPTH');

    await writeSettings(folder, { QUERY_MAX_DEPTH: '16', QUERY_MAX_ROWS: '100' });
    await reload(gateway, 'config.reloaded');

    expect(await ask(url)).toContain('QUERY_MAX_DEPTH');
    expect(linesOf(gateway, 'config.reloaded')).toMatchObject([{ changed: 'QUERY_MAX_ROWS' }]);
  });
});
