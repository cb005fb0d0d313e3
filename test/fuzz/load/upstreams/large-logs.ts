/** An upstream whose devboxes have logs of tens of megabytes, in front of the simulator, which answers all else. */
import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTurnBudget } from '../../../../src/process/turn-budget.ts';
import { count } from '../counts.ts';
import { listens, startStillSimulator } from '../upstream-process.ts';

/** One piece of all logs per turn: who asks for something else is answered at once, as by an upstream of many processes. */
const acquireTurn = createTurnBudget({ nextTurn: (wake) => setImmediate(wake), perTurn: 1 });

/** Of one log: just below what is read of one answer. */
const LOG_BYTES = 30_000_000;
const LARGE = /^\/v1\/devboxes\/(dbx_large\w*)(\/logs)?(\?|$)/;

/** Lines as the upstream writes them, few enough that others are answered between two pieces. */
const LINES = Buffer.from(
  JSON.stringify(
    Array.from({ length: 250 }, (_, line) => ({
      level: 'info',
      source: 'entrypoint',
      timestamp_ms: 1_767_225_600_000 + line,
      message: `line ${String(line)} ${'of a log that says the same over and over again. '.repeat(4)}`,
    })),
  ).slice(1, -1),
);

const simulator = await startStillSimulator();

const server = createServer((request, response) => {
  const [, id, logs] = LARGE.exec(request.url ?? '') ?? [];
  if (id === undefined) passOn(request, response);
  else if (logs === undefined)
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ id, status: 'running', create_time_ms: 1 }));
  else void sendLog(response);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
listens(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);

async function sendLog(response: ServerResponse): Promise<void> {
  count('logs begun');
  const gone = once(response, 'close');
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"logs":[');
  for (let sent = 0; sent < LOG_BYTES && !response.destroyed; sent += LINES.length) {
    if (sent > 0) response.write(',');
    if (!response.write(LINES)) await Promise.race([once(response, 'drain'), gone]);
    await acquireTurn(1);
  }
  if (!response.destroyed) count('logs sent');
  response.end(']}');
}

function passOn(request: IncomingMessage, response: ServerResponse): void {
  const { method, headers } = request;
  const passed = send(simulator.url + (request.url ?? ''), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  // Who has gone, on either side, is not waited for.
  passed.on('error', () => response.destroy());
  response.on('close', () => passed.destroy());
  request.pipe(passed);
}
