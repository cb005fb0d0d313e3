import { WebSocket } from 'ws';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';
import { HEAD, openConnection } from '../support/raw-requests.ts';

const BODY = '{"query":"{ __typename }"}';
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

describe('a body that comes in pieces', () => {
  it('is read whatever they are, when there are few', async () => {
    await using gateway = await createTestGateway();
    for (const pieces of [
      [BODY],
      Array.from(BODY),
      ['', BODY.slice(0, 3), BODY.slice(3)],
      [' '.repeat(9_000), BODY],
    ]) {
      using connection = await openConnection(gateway.url);
      connection.socket.write(
        `${CHUNKED}${pieces
          .filter((piece) => piece !== '')
          .map(chunk)
          .join('')}0\r\n\r\n`,
      );
      await connection.has('"__typename":"Query"');
    }
  });

  it('is refused when they are many and small, and its connection closed', async () => {
    await using gateway = await createTestGateway();
    using connection = await openConnection(gateway.url);

    connection.socket.write(CHUNKED + chunk(' ').repeat(2_000));
    await connection.ended;

    expect(connection.received()).toMatch(/^HTTP\/1\.1 400 /);
    expect(connection.received()).toContain('Expected the body in larger chunks');
  });

  it('takes no more memory than a few times its bytes while it comes', async () => {
    await using gateway = await createTestGateway();
    using connection = await openConnection(gateway.url);
    connection.socket.write(CHUNKED + chunk('x'.repeat(200)).repeat(1_000));
    const refused = connection.has('HTTP/1.1 4');

    connection.socket.write(chunk(' '.repeat(300_000)));

    await refused;
  });
});

describe('a message that comes in pieces', () => {
  it('closes the socket when they are many', async () => {
    await using gateway = await createTestGateway();
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, ['graphql-transport-ws']);
    await once(socket, 'open');

    for (let piece = 0; piece < 200; piece++) socket.send(' ', { fin: false });
    const [code] = (await once(socket, 'close')) as [number];

    expect(code).toBe(1008);
  });
});
