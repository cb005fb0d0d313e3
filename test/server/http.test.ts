import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createHttpServer, type HttpServerOptions } from '../../src/server/http/http.ts';
import {
  createRequestListener,
  type RequestListenerOptions,
} from '../../src/server/http/request-listener.ts';
import type { Route } from '../../src/server/http/route.ts';
import { deferred } from '../support/deferred.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createRecordingLog } from '../support/log.ts';

async function startServer(
  route: Route,
  overrides: Partial<RequestListenerOptions & HttpServerOptions> = {},
) {
  const clock = createFakeClock();
  const record = createRecordingLog();
  let ids = 0;
  const answer = createRequestListener({
    clock,
    log: record.log,
    routes: new Map([['/graphql', route]]),
    requestMaxBytes: () => 1024,
    newId: () => `id-${String(++ids)}`,
    ...overrides,
  });
  const server = createHttpServer({
    clock,
    answer,
    keepAliveTimeoutMs: 75_000,
    shutdownTimeoutMs: () => 10_000,
    ...overrides,
  });
  const { port } = await server.listen('127.0.0.1', 0);
  return {
    url: `http://127.0.0.1:${String(port)}/graphql`,
    port,
    clock,
    record,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const echo: Route = ({ body, requestId }) =>
  Promise.resolve({
    status: 200,
    headers: { 'Content-Type': 'text/plain' },
    body: `${requestId} ${body ?? '-'}`,
  });

describe('a body', () => {
  it('is read when it fits', async () => {
    await using server = await startServer(echo);

    const answer = await fetch(server.url, { method: 'POST', body: 'x'.repeat(1024) });

    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(`id-1 ${'x'.repeat(1024)}`);
  });

  it('of announced length is refused when it is too large', async () => {
    await using server = await startServer(echo);

    const answer = await fetch(server.url, { method: 'POST', body: 'x'.repeat(1025) });

    expect(answer.status).toBe(413);
    expect(await answer.json()).toEqual({
      errors: [
        {
          message:
            'Expected a body of at most 1024 bytes (REQUEST_MAX_BYTES), got more: send it in several requests',
          extensions: { code: 'QUERY_TOO_COMPLEX' },
        },
      ],
    });
  });

  it('of unannounced length is refused when it turns out too large', async () => {
    await using server = await startServer(echo);
    const socket = connect(server.port, '127.0.0.1');
    socket.write('POST /graphql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    socket.write(`800\r\n${'x'.repeat(2048)}\r\n`);

    const [chunk] = (await once(socket, 'data')) as [Buffer];

    expect(chunk.toString()).toMatch(/^HTTP\/1.1 413 /);
    socket.destroy();
  });
});

describe('a request', () => {
  it('keeps the id that its client gave it, when a log line can hold it', async () => {
    await using server = await startServer(echo);

    const named = await fetch(server.url, { headers: { 'X-Request-Id': 'ci-42' } });
    const hostile = await fetch(server.url, { headers: { 'X-Request-Id': 'a b"}' } });

    expect(named.headers.get('x-request-id')).toBe('ci-42');
    expect(hostile.headers.get('x-request-id')).toBe('id-1');
  });

  it.each(['/', '/graphql/', '/graphqlx', '/anything/graphql', '/health/..'])(
    'for %s finds nothing',
    async (path) => {
      await using server = await startServer(echo);

      const answer = await fetch(new URL(path, server.url));

      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    },
  );

  it('that meets a defect is answered with an id that the log carries too', async () => {
    await using server = await startServer(() => Promise.reject(new Error('secret detail')));

    const answer = await fetch(server.url);

    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret detail');
    expect(server.record.lines()).toMatchObject([{ event: 'operation.failed', errorId: 'id-2' }]);
  });

  it('aborts its signal when the client disconnects, and answers nothing', async () => {
    const aborted = deferred<string>();
    await using server = await startServer(({ signal }) => {
      signal.addEventListener('abort', () => {
        aborted.resolve((signal.reason as Error).message);
      });
      return new Promise(() => undefined);
    });
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET /graphql HTTP/1.1\r\nHost: x\r\n\r\n', () => {
      socket.destroy();
    });

    expect(await aborted.promise).toBe('The client went away');
  });
});

describe('a client that goes away while it sends', () => {
  it('is answered by nothing, and counts as no failure', async () => {
    const server = await startServer(echo);
    const socket = connect(server.port, '127.0.0.1');
    socket.write('POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf', () => {
      socket.destroy();
    });
    await once(socket, 'close');
    const next = await fetch(server.url, { method: 'POST', body: 'x' });
    await server[Symbol.asyncDispose]();

    expect(next.status).toBe(200);
    expect(server.record.lines()).toEqual([]);
  });
});

describe('closing', () => {
  const slow = () => {
    const started = deferred<undefined>();
    const finished = deferred<undefined>();
    const route: Route = async () => {
      started.resolve(undefined);
      await finished.promise;
      return { status: 200, headers: {}, body: 'done' };
    };
    return { route, started: started.promise, finish: finished.resolve };
  };

  it('lets what runs finish and accepts nothing new', async () => {
    const work = slow();
    const server = await startServer(work.route);
    const answer = fetch(server.url);
    await work.started;

    const closing = server[Symbol.asyncDispose]();
    await expect(fetch(server.url)).rejects.toThrow('fetch failed');
    work.finish(undefined);

    expect(await (await answer).text()).toBe('done');
    await closing;
    expect(server.clock.pending).toBe(0);
  });

  it('cuts off what has not finished in time', async () => {
    const work = slow();
    const server = await startServer(work.route);
    const answer = fetch(server.url).then(
      () => 'answered',
      () => 'cut off',
    );
    await work.started;

    const closing = server[Symbol.asyncDispose]();
    await server.clock.advance(9_999);
    expect(await Promise.race([answer, Promise.resolve('running')])).toBe('running');
    await server.clock.advance(1);

    expect(await answer).toBe('cut off');
    await closing;
  });
});
