/** `npm run simulator` plays the world that the gateway plays, by the settings of the README, and logs JSON lines. */
import { readFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { startProcess } from '../support/process.ts';

const ROOT = new URL('../../', import.meta.url);

async function runScript(name: string, env: Readonly<Record<string, string>>) {
  const { scripts } = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const [, ...args] = (scripts[name] ?? '').split(' ');
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { PATH: process.env['PATH'], ...env } });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  }
  return { child, output, ended: once(child, 'close').then(([code]) => code as number | null) };
}

async function idsAt(url: string): Promise<readonly unknown[]> {
  const headers = { authorization: 'Bearer any' };
  const ids = async (path: string, wrapper: string) => {
    const page = (await (await fetch(url + path, { headers })).json()) as Record<string, { id: string }[]>;
    return page[wrapper]?.map(({ id }) => id);
  };
  return [
    await ids('/v1/benchmarks', 'benchmarks'),
    await ids('/v1/benchmark_runs?state=completed&limit=100', 'runs'),
  ];
}

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; url?: string });

describe('the simulator alone', { timeout: 60_000 }, () => {
  it('has by default the world of a gateway without settings, down to the ids', async () => {
    await using gateway = startProcess({ PORT: '0', SIMULATOR_PORT: '0' });
    await gateway.ready();
    const embedded = /^Upstream +(\S+)/m.exec(gateway.output())?.[1] ?? '';
    const alone = await runScript('simulator', { SIMULATOR_PORT: '0' });
    while (!alone.output.stdout.includes('\n')) await once(alone.child.stdout, 'data');
    const url = /http:\S+/.exec(alone.output.stdout)?.[0] ?? '';

    expect(await idsAt(url)).toEqual(await idsAt(embedded));

    alone.child.kill('SIGTERM');
    expect(await alone.ended).toBe(0);
    expect(linesOf(alone.output.stderr).map(({ event }) => event)).toEqual([
      'process.started',
      'process.stopping',
      'process.stopped',
    ]);
    expect(linesOf(alone.output.stderr)[0]?.url).toBe(url);
  });

  it('refuses a variable that is in no table', async () => {
    const { ended, output } = await runScript('simulator', { SIMULATOR_PORT: '0', SIMULATOR_SCALE: '0.1' });
    expect(await ended).toBe(1);
    expect(output.stderr).toContain('SIMULATOR_SCALE is not a setting');
  });
});

describe('the gateway', { timeout: 60_000 }, () => {
  it('tells as JSON lines on standard error that it has started and that it stops', async () => {
    const { child, output, ended } = await runScript('start', { PORT: '0', SIMULATOR_PORT: '0' });
    while (!/^Upstream .*\n/m.test(output.stdout)) await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    const [first, ...rest] = linesOf(output.stderr);
    expect(first).toMatchObject({
      event: 'process.started',
      url: /http:\S+(?=\/graphql)/.exec(output.stdout)?.[0],
    });
    expect(rest.map(({ event }) => event)).toEqual(['process.stopping', 'process.stopped']);
    expect(output.stdout).not.toContain('topping');
  });
});
