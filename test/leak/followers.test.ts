import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { createTestGateway } from '../support/gateway.ts';
import { heapInUse } from '../support/heap.ts';
import { FOLLOW_RUN, RARE_POLLS } from '../support/subscriptions.ts';

const FOLLOWERS = 500;

/** Clients in a thread of their own, so that their memory does not count. */
const CLIENTS = `
const { connect } = require('node:net');
const { parentPort } = require('node:worker_threads');
const { WebSocket } = require('ws');
const open = {
  'event stream': ({ url, body }) => new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname);
    const head = 'POST /graphql HTTP/1.1\\r\\nHost: ' + url.host + '\\r\\nAccept: text/event-stream\\r\\nContent-Type: application/json\\r\\n';
    socket.write(head + 'Content-Length: ' + Buffer.byteLength(body) + '\\r\\n\\r\\n' + body);
    socket.on('data', (bytes) => { if (bytes.includes('event: next')) resolve(); });
  }),
  WebSocket: ({ url, body }) => new Promise((resolve) => {
    const socket = new WebSocket(url.href.replace('http', 'ws') + 'graphql', 'graphql-transport-ws');
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('message', (text) => {
      const { type } = JSON.parse(text);
      if (type === 'connection_ack') socket.send('{"id":"1","type":"subscribe","payload":' + body + '}');
      if (type === 'next') resolve();
    });
  }),
};
parentPort.on('message', async ({ transport, url, body, count }) => {
  for (let opened = 0; opened < count; opened++) await open[transport]({ url: new URL(url), body });
  parentPort.postMessage('opened');
});
`;

/** What is compiled meanwhile counts, too: the middle one of several measurements has least of that. */
const ROUNDS = 3;

/** Memory of this process for each follower of a server, in bytes. */
async function bytesOfFollower(transport: string, url: string, id: string): Promise<number> {
  const clients = new Worker(CLIENTS, { eval: true });
  const body = JSON.stringify({ query: FOLLOW_RUN, variables: { id } });
  const follow = async (count: number) => {
    clients.postMessage({ transport, url, body, count });
    await once(clients, 'message');
  };
  // What the first ones need is needed once.
  await follow(50);
  const before = await heapInUse();
  await follow(FOLLOWERS);
  const bytes = ((await heapInUse()) - before) / FOLLOWERS;
  await clients.terminate();
  return bytes;
}

/** Only Node.js and ws, whose memory for a connection every gateway needs. */
async function startBareServer() {
  const streams = new Set<ServerResponse>();
  const sockets = new Set<WebSocket>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('event: next\n\n');
    streams.add(response);
    response.once('close', () => streams.delete(response));
  });
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('message', (text: Buffer) => {
      const isInit = text.toString() === '{"type":"connection_init"}';
      socket.send(isInit ? '{"type":"connection_ack"}' : '{"id":"1","type":"next","payload":{}}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    [Symbol.dispose]: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function middleOf(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[(values.length - 1) / 2] ?? NaN;
}

describe('an idle follower', () => {
  it.each([
    // A median is between 1.0 and 1.13: what is left is what the line of the log about its end needs.
    ['event stream', 1.25],
    ['WebSocket', 2.5],
  ])(
    'over %s takes less than %s times the memory of its bare connection',
    { timeout: 60_000 },
    async (transport, most) => {
      using bare = await startBareServer();
      await using gateway = await createTestGateway({ env: RARE_POLLS });
      const { id } = gateway.world.insert.scenarioRun();

      const floors: number[] = [];
      const measured: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        floors.push(await bytesOfFollower(transport, bare.url, id));
        measured.push(await bytesOfFollower(transport, gateway.url, id));
      }

      expect(middleOf(measured) / middleOf(floors)).toBeLessThan(most);
    },
  );
});
