import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startProcess } from '../support/process.ts';
import { startStubServer } from '../upstream/stub-server.ts';

const LOG_BYTES = 30_000_000;
const LOGS = 24;

/** A thousand lines as the upstream writes them. */
const LINES = Buffer.from(
  JSON.stringify(
    Array.from({ length: 1_000 }, (_, line) => ({
      level: 'info',
      source: 'entrypoint',
      timestamp_ms: 1_767_225_600_000 + line,
      message: `line ${String(line)} ${'of a log that says the same over and over again. '.repeat(4)}`,
    })),
  ).slice(1, -1),
);

/** Sends a log as fast as it is taken. */
async function sendLog(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"logs":[');
  for (let sent = 0; sent < LOG_BYTES && !response.destroyed; sent += LINES.length) {
    if (sent > 0) response.write(',');
    if (!response.write(LINES)) await once(response, 'drain').catch(() => undefined);
  }
  response.end(']}');
}

/** What the process has had in memory at once, in bytes, as the kernel has counted. */
async function peakOf(pid: number): Promise<number> {
  const [, kib] = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${String(pid)}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

describe(`${String(LOGS)} logs of ${String(LOG_BYTES)} bytes that are asked for at once`, () => {
  it(
    'are all answered by a process that may take 512 MB for what it holds',
    { timeout: 600_000 },
    async () => {
      await using upstream = await startStubServer((response, _number, { url = '' }) => {
        if (url.includes('/logs')) void sendLog(response);
        else
          response.end(JSON.stringify({ id: url.split('/').at(-1), status: 'running', create_time_ms: 1 }));
      });
      await using gateway = startProcess(
        {
          PORT: '0',
          RUNLOOP_BASE_URL: upstream.url,
          RUNLOOP_API_KEY: 'ak_test',
          OPERATION_TIMEOUT_MS: '600000',
          UPSTREAM_BODY_TIMEOUT_MS: '600000',
          UPSTREAM_HEADERS_TIMEOUT_MS: '600000',
        },
        ['--max-old-space-size=512'],
      );
      const url = await gateway.ready();
      const ask = async (number: number) => {
        const answer = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            query: `{ devbox(id: "dbx_${String(number)}") { logs(first: 1) { nodes { message } } } }`,
          }),
        });
        return answer.json();
      };

      const answers = await Promise.all(Array.from({ length: LOGS }, (_, number) => ask(number)));

      for (const answer of answers)
        expect(answer).toMatchObject({ data: { devbox: { logs: { nodes: [{}] } } } });
      // What is not of the heap, code and buffers of sockets, is beside that.
      if (process.platform === 'linux')
        expect(await peakOf(gateway.child.pid ?? 0)).toBeLessThan(800 * 1024 * 1024);
    },
  );
});
