/** The floor: `node:http` that reads a request and sends bytes which it was given. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerQuestions } from '../live/child.ts';

let bytes = Buffer.alloc(0);

const server = createServer((request, response) => {
  request.on('data', () => undefined);
  request.on('end', () => {
    response
      .writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': bytes.byteLength,
      })
      .end(bytes);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1');

const questions = {
  url: () => `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
  send: ({ body }: { readonly body: string }) => {
    bytes = Buffer.from(body);
  },
};
export type BareQuestions = typeof questions;

answerQuestions(questions);
