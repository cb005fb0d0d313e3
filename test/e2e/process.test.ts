import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayProcess, startProcess } from '../support/process.ts';

/** A port that somebody else listens on. */
async function takePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: String((server.address() as AddressInfo).port),
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

const ask = async (url: string, query: string) => {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await answer.json()) as { data: unknown };
};

describe('the process on a fresh machine', () => {
  let gateway: GatewayProcess;
  let url: string;
  beforeAll(async () => {
    gateway = startProcess({ PORT: '0', SIMULATOR_PORT: '0' });
    url = await gateway.ready();
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  it('says where GraphiQL is and what the upstream is, and answers over real HTTP', async () => {
    const { data } = await ask(
      url,
      '{ scenarioRuns(first: 3, filter: { state: COMPLETED }) { nodes { state score scenario { name } devbox { status } benchmarkRun { name } } } }',
    );

    expect(gateway.output()).toMatch(
      /^GraphiQL {2}http:\/\/127\.0\.0\.1:\d+\/graphql\nUpstream {2}http:\/\/127\.0\.0\.1:\d+ \(the embedded simulator\)$/m,
    );
    expect(data).toMatchObject({
      scenarioRuns: {
        nodes: Array(3).fill({
          state: 'COMPLETED',
          score: expect.any(Number) as number,
          scenario: { name: expect.any(String) as string },
          devbox: { status: 'SHUTDOWN' },
          benchmarkRun: { name: expect.any(String) as string },
        }),
      },
    });
  });

  it('is alive and ready', async () => {
    const answers = await Promise.all(
      ['/health', '/ready'].map(async (path) => (await fetch(url + path)).text()),
    );

    expect(answers).toEqual(['{"status":"alive"}', '{"status":"ready"}']);
  });

  it('takes another port for the simulator when the wanted one is busy, says so, and ends with exit code 0 at SIGINT', async () => {
    await using taken = await takePort();
    await using other = startProcess({ PORT: '0', SIMULATOR_PORT: taken.port });

    await other.ready();

    expect(other.output()).toContain('"event":"simulator.port_taken"');
    expect(other.output()).not.toContain(`127.0.0.1:${taken.port} (the embedded simulator)`);

    other.child.kill('SIGINT');
    expect(await other.ended).toBe(0);
  });

  it('ends with exit code 0 at SIGTERM', async () => {
    gateway.child.kill('SIGTERM');

    expect(await gateway.ended).toBe(0);
  });
});

describe('the process with a mistake', () => {
  it('in its settings names every one and ends with exit code 1', async () => {
    await using gateway = startProcess({ PORT: 'high', LOG_LEVEL: 'loud', UPSTREAM_RETRYS: '3' });

    expect(await gateway.ended).toBe(1);
    expect(gateway.output()).toBe(
      'The configuration is not usable:\n' +
        '  - UPSTREAM_RETRYS is not a setting: did you mean UPSTREAM_RETRIES?\n' +
        '  - PORT is "high", expected a whole number from 0 to 65535\n' +
        '  - LOG_LEVEL is "loud", expected one of trace, debug, info, warn, error, fatal, silent\n',
    );
  });

  it('in its port says that it is busy and ends with exit code 1', async () => {
    await using taken = await takePort();
    await using gateway = startProcess({ PORT: taken.port, SIMULATOR_PORT: '0' });

    expect(await gateway.ended).toBe(1);
    expect(gateway.output()).toBe(
      `The configuration is not usable:\n  - PORT is ${taken.port}, which another program listens on: expected a free port (0 takes any)\n`,
    );
  });
});

describe('the process over an upstream', () => {
  it('that is not there is alive, not ready, and says why without leaking', async () => {
    const taken = await takePort();
    await taken[Symbol.asyncDispose]();
    await using gateway = startProcess({
      PORT: '0',
      RUNLOOP_BASE_URL: `http://127.0.0.1:${taken.port}`,
      RUNLOOP_API_KEY: 'ak_canary',
    });
    const url = await gateway.ready();

    const health = await fetch(`${url}/health`);
    const ready = await fetch(`${url}/ready`);

    expect(health.status).toBe(200);
    expect(ready.status).toBe(503);
    const body = await ready.text();
    expect(JSON.parse(body)).toMatchObject({ status: 'not ready', code: 'UPSTREAM_UNAVAILABLE' });
    expect(body + gateway.output()).not.toContain('ak_canary');
  });
});

describe('the process at SIGTERM', () => {
  const leaving = { PORT: '0', SIMULATOR_PORT: '0', SHUTDOWN_DELAY_MS: '60000' };

  it('goes on answering while balancers notice, and ends at once at the second one', async () => {
    await using gateway = startProcess(leaving);
    const url = await gateway.ready();
    gateway.child.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${url}/ready`)).status).toBe(503);

    expect(await ask(url, '{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    expect(gateway.child.exitCode).toBeNull();
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe('SIGTERM');
  });
});
