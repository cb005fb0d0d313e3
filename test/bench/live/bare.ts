/** The floor: the same bytes to everybody, by `node:http` and by `ws`, and nothing else. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { answerQuestions } from './child.ts';

const FIRST = '{"data":null}';
const streams = new Set<ServerResponse>();
const sockets = new Set<WebSocket>();
let bytes: Buffer = Buffer.alloc(0);

const server = createServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write(`event: next\ndata: ${FIRST}\n\n`);
  streams.add(response);
  response.once('close', () => streams.delete(response));
});
new WebSocketServer({
  server,
  perMessageDeflate: false,
  handleProtocols: () => 'graphql-transport-ws',
}).on('connection', (socket) => {
  socket.on('message', (message: Buffer) => {
    const { type, id } = JSON.parse(message.toString('utf8')) as {
      readonly type: string;
      readonly id?: string;
    };
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
    if (type !== 'subscribe') return;
    socket.send(`{"id":"${id ?? ''}","type":"next","payload":${FIRST}}`);
    sockets.add(socket);
  });
  socket.once('close', () => sockets.delete(socket));
});
server.listen(0, '127.0.0.1');

const questions = {
  url: () => `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
  /** What to send from now on. */
  take: ({ text }: { readonly text: string }) => {
    bytes = Buffer.from(text);
  },
  publish: () => {
    for (const response of streams) response.write(bytes);
    for (const socket of sockets) socket.send(bytes, { binary: false });
  },
};
export type BareQuestions = typeof questions;

answerQuestions(questions);
