import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Pool } from 'undici';
import { describe, expect, it } from 'vitest';
import { receive } from '../../src/upstream/rest/receive.ts';
import { deferred } from '../support/deferred.ts';

const WHOLE_UP_TO_BYTES = 10;

async function createStage(listener: RequestListener) {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pool = new Pool(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, {
    connections: 1,
  });
  const gone = new AbortController();
  return {
    server,
    gone,
    ask: (signal = gone.signal) =>
      receive(pool, { method: 'GET', path: '/' }, { signal, wholeUpToBytes: WHOLE_UP_TO_BYTES }),
    async [Symbol.asyncDispose]() {
      await pool.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('an answer', () => {
  it('is handed over as a whole when it is small, in however many chunks it comes', async () => {
    await using stage = await createStage((_request, response) => {
      response.write('{"a":');
      setImmediate(() => response.end('1}'));
    });

    const { status, body } = await stage.ask();

    expect(status).toBe(200);
    expect(Buffer.concat(body as readonly Buffer[]).toString()).toBe('{"a":1}');
  });

  it('is a stream of all its bytes when it is larger', async () => {
    const large = 'x'.repeat(1_000_000);
    await using stage = await createStage((_request, response) => response.end(large));

    const { body } = await stage.ask();

    expect(body).toBeInstanceOf(Readable);
    expect(await text(body as Readable)).toBe(large);
    // Its socket, the only one, is free again.
    expect(await text((await stage.ask()).body as Readable)).toBe(large);
  });

  it('is a stream when it is encoded, except the body of a failure', async () => {
    let status = 200;
    await using stage = await createStage((_request, response) =>
      response.writeHead(status, { 'content-encoding': 'gzip' }).end('short'),
    );

    const { body } = await stage.ask();
    expect(await text(body as Readable)).toBe('short');
    status = 503;
    expect((await stage.ask()).body).toEqual([Buffer.from('short')]);
  });

  it('whose body breaks off is an error, of the request or of the stream', async () => {
    let sent = 'short';
    await using stage = await createStage((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000 });
      response.write(sent, () => response.destroy());
    });

    await expect(stage.ask()).rejects.toThrow();
    sent = 'longer than what is whole';
    const { body } = await stage.ask();
    await expect(text(body as Readable)).rejects.toThrow();
  });
});

describe('a signal that aborts', () => {
  it('ends a request that waits for a socket at once, and leaves the others', async () => {
    const released = deferred<undefined>();
    await using stage = await createStage((_request, response) => {
      void released.promise.then(() => response.end('first'));
    });
    const first = stage.ask();
    const waiting = new AbortController();
    const second = stage.ask(waiting.signal);

    waiting.abort(new Error('nobody waits'));

    await expect(second).rejects.toThrow('nobody waits');
    released.resolve(undefined);
    expect((await first).status).toBe(200);
  });

  it.each([
    ['that is whole', 'short'],
    ['that is streamed', 'longer than what is whole'],
  ])('ends a body %s, and closes its socket', async (_what, sent) => {
    await using stage = await createStage((_request, response) => {
      response.write(sent);
    });
    const closed = deferred<undefined>();
    stage.server.on('connection', (socket) => socket.once('close', closed.resolve.bind(null, undefined)));
    const read = stage
      .ask()
      .then(({ body }) => (body instanceof Readable ? text(body) : Buffer.concat(body).toString()));
    await once(stage.server, 'request');

    stage.gone.abort(new Error('nobody waits'));

    await expect(read).rejects.toThrow('nobody waits');
    await closed.promise;
  });
});
