import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once, setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Agent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';
import { startStubServer } from '../upstream/stub-server.ts';

const MIB = 1024 * 1024;
/** Logs that are asked for at once. */
const LOGS = 100;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What has come of an answer before it can be told to wait: what counts for nobody, and what is in its stream's buffers. */
const WAITING_BYTES = MIB / 4;

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

/** Sends a log as fast as it is taken, by turns with the others. */
async function sendLog(response: ServerResponse, logBytes: number): Promise<void> {
  const gone = once(response, 'close');
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"logs":[');
  for (let sent = 0; sent < logBytes && !response.destroyed; sent += LINES.length) {
    if (sent > 0) response.write(',');
    if (!response.write(LINES)) await Promise.race([once(response, 'drain'), gone]);
    await turn();
  }
  response.end(']}');
}

interface Unfinished extends Disposable {
  /** The most that it has been. */
  readonly most: number;
}

/** Counts what this process has read of answers of `origin` that are not complete, and tells each time that it is more. */
function countUnfinished(origin: string, onMore: (bytes: number) => void): Unfinished {
  const readOf = new Map<object, number>();
  let bytes = 0;
  let most = 0;
  const onChunk = (message: unknown) => {
    const { request: of, chunk } = message as { request: { origin: string }; chunk: Buffer };
    if (of.origin !== origin) return;
    readOf.set(of, (readOf.get(of) ?? 0) + chunk.length);
    bytes += chunk.length;
    most = Math.max(most, bytes);
    onMore(bytes);
  };
  const onEnd = (message: unknown) => {
    const { request: of } = message as { request: object };
    bytes -= readOf.get(of) ?? 0;
    readOf.delete(of);
  };
  const listeners = [
    ['undici:request:bodyChunkReceived', onChunk],
    ['undici:request:trailers', onEnd],
    ['undici:request:error', onEnd],
  ] as const;
  for (const [channel, listener] of listeners) subscribe(channel, listener);
  return {
    get most() {
      return most;
    },
    [Symbol.dispose]() {
      for (const [channel, listener] of listeners) unsubscribe(channel, listener);
    },
  };
}

describe.each([
  {
    logBytes: 3_000_000,
    budget: 8 * MIB,
    env: { UPSTREAM_READING_MAX_BYTES: String(8 * MIB) },
    answers: LOGS,
  },
  // How the rest of them goes on, the first tell.
  { logBytes: 30_000_000, budget: 64 * MIB, env: {}, answers: 5 },
])(
  `${String(LOGS)} logs of $logBytes bytes that are asked for at once`,
  ({ logBytes, budget, env, answers }) => {
    it(
      'are read in turns: what has come of them is within the budget, but for the one whose turn it is',
      { timeout: 300_000 },
      async () => {
        const bound = budget + logBytes + LINES.length + LOGS * WAITING_BYTES;
        const begun: ServerResponse[] = [];
        await using upstream = await startStubServer((response, _number, { url = '' }) => {
          if (url.includes('/logs')) {
            // All go on side by side.
            if (begun.push(response) === LOGS) for (const each of begun) void sendLog(each, logBytes);
          } else
            response.end(JSON.stringify({ id: url.split('/').at(-1), status: 'running', create_time_ms: 1 }));
        });
        await using gateway = await createTestGateway({
          env: {
            RUNLOOP_BASE_URL: upstream.url,
            OPERATION_TIMEOUT_MS: '600000',
            UPSTREAM_BODY_TIMEOUT_MS: '600000',
            UPSTREAM_HEADERS_TIMEOUT_MS: '600000',
            ...env,
          },
        });
        const client = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
        const stop = new AbortController();
        setMaxListeners(0, stop.signal);
        const isOver = once(stop.signal, 'abort');
        using unfinished = countUnfinished(upstream.url, (bytes) => {
          // Without a bound, all of them would come.
          if (bytes > bound) stop.abort();
        });
        const answered: unknown[] = [];
        const ask = async (number: number) => {
          const { body } = await request(`${gateway.url}/graphql`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({
              query: `{ devbox(id: "dbx_${String(number)}") { logs(first: 1) { nodes { message } } } }`,
            }),
            dispatcher: client,
            signal: stop.signal,
          });
          answered.push(await body.json());
          if (answered.length === answers) stop.abort();
        };

        const all = Promise.allSettled(Array.from({ length: LOGS }, (_, number) => ask(number)));
        await isOver;
        await all;
        await client.destroy();

        expect(unfinished.most).toBeGreaterThan(budget);
        expect(unfinished.most).toBeLessThanOrEqual(bound);
        expect(answered.length).toBeGreaterThanOrEqual(answers);
        for (const answer of answered)
          expect(answer).toMatchObject({ data: { devbox: { logs: { nodes: [{}] } } } });
      },
    );
  },
);
