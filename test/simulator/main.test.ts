/** The simulator as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';

function start(settings: Record<string, string>) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/simulator/main.ts'], {
    env: { PATH: process.env['PATH'], SIMULATOR_SCENARIO_RUNS: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const exit = once(child, 'close').then(([code]) => code as number | null);
  const url = async () => {
    while (!output.stdout.includes('\n')) await once(child.stdout, 'data');
    return /http:\S+/.exec(output.stdout)?.[0] ?? '';
  };
  return { output, exit, url, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}

describe('the simulator process', () => {
  it('prints where it listens, and exits with 0 on a signal', async () => {
    const simulator = start({ SIMULATOR_PORT: '0' });
    const response = await fetch(`${await simulator.url()}/v1/scenarios`, {
      headers: { authorization: 'Bearer a' },
    });
    expect(response.status).toBe(200);
    simulator.kill('SIGTERM');
    expect(await simulator.exit).toBe(0);
  });

  it('takes another port when the wanted one is busy', async () => {
    const busy = createServer().listen(0, '127.0.0.1');
    await once(busy, 'listening');
    const address = busy.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const simulator = start({ SIMULATOR_PORT: port });
    expect(await simulator.url()).not.toContain(`:${port}`);
    simulator.kill('SIGINT');
    expect(await simulator.exit).toBe(0);
    expect(simulator.output.stderr).toContain(`"wanted":${port}`);
    busy.close();
  });

  it('refuses settings that make no sense, and names them', async () => {
    const simulator = start({ SIMULATOR_SPEED: 'fast' });
    expect(await simulator.exit).toBe(1);
    expect(simulator.output.stderr).toContain('SIMULATOR_SPEED is "fast", expected');
  });
});
