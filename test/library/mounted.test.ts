import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { deferred } from '../support/deferred.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway } from '../support/gateway.ts';
import { createRecordingLog } from '../support/log.ts';
import { openSocket } from '../support/socket.ts';
import { FOLLOW_RUN } from '../support/subscriptions.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Somebody's server with the gateway under /api, beside a route of its own. */
async function startHost({
  env = {},
  plugins = [],
  wrap = (handler) => handler,
}: {
  readonly env?: Readonly<Record<string, string>>;
  readonly plugins?: readonly object[];
  readonly wrap?: (handler: Listener, gateway: Gateway) => Listener;
} = {}) {
  const upstream = await createTestGateway();
  const config = loadConfig({
    BASE_PATH: '/api',
    RUNLOOP_BASE_URL: upstream.simulator.url,
    RUNLOOP_API_KEY: 'ak_test_key',
    ...env,
  });
  const gateway = await createGateway(config, { log: createRecordingLog().log, plugins });
  const handler = wrap(gateway.handler, gateway);
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/api/')) handler(request, response);
    else response.end('the host');
  });
  server.on('upgrade', gateway.upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    host,
    url: `${host}/api`,
    gateway,
    world: upstream.world,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

const ask = (url: string) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"query":"{ __typename }"}',
  });

describe('a mounted gateway', () => {
  it('answers beneath its path, beside routes of the host', async () => {
    await using server = await startHost();

    expect(await (await ask(server.url)).text()).toBe('{"data":{"__typename":"Query"}}');
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: 'alive' });
    expect(await (await fetch(server.host)).text()).toBe('the host');
    expect((await fetch(`${server.url}/nothing`)).status).toBe(404);
  });

  it('answers where the host has taken the path off, as Express does', async () => {
    await using server = await startHost({
      wrap: (handler) => (request, response) => {
        request.url = request.url?.slice('/api'.length) ?? '/';
        handler(request, response);
      },
    });

    expect((await ask(server.url)).status).toBe(200);
  });

  it('carries subscriptions over event streams and WebSockets, and calls plugins', async () => {
    let started = 0;
    await using server = await startHost({
      plugins: [
        {
          onSubscribe: () => {
            started++;
          },
        },
      ],
    });
    const { id } = server.world.insert.scenarioRun();
    using stream = await openEventStream(server.url, { query: FOLLOW_RUN, variables: { id } });
    await expect.poll(() => stream.events).toHaveLength(1);
    using socket = await openSocket(server.url);
    await socket.init();
    socket.subscribe('a', FOLLOW_RUN, { id });
    await expect.poll(() => socket.payloads('a')).toHaveLength(1);

    expect(started).toBe(2);
    expect(server.gateway.watches.subscriptions).toBe(2);
  });

  it('says that a body was read before it, instead of waiting for one', async () => {
    await using server = await startHost({
      wrap: (handler) => (request, response) => {
        request.resume().once('end', () => {
          handler(request, response);
        });
      },
    });
    const answer = await ask(server.url);

    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain('mount the gateway before what parses bodies');
  });

  it('ends what is under way when it is disposed, and refuses what comes later; the host goes on', async () => {
    const isExecuting = deferred<undefined>();
    const mayGoOn = deferred<undefined>();
    const slow = {
      onExecute: async () => {
        isExecuting.resolve(undefined);
        await mayGoOn.promise;
      },
    };
    await using server = await startHost({ plugins: [slow] });
    const { id } = server.world.insert.scenarioRun();
    using stream = await openEventStream(server.url, { query: FOLLOW_RUN, variables: { id } });
    await expect.poll(() => stream.events).toHaveLength(1);
    const answered = ask(server.url);
    await isExecuting.promise;
    const disposed = server.gateway[Symbol.asyncDispose]();
    await stream.ended;
    const refused = await ask(server.url);
    mayGoOn.resolve(undefined);

    expect((await answered).status).toBe(200);
    await disposed;
    expect(refused.status).toBe(503);
    expect((await ask(server.url)).status).toBe(503);
    expect(await (await fetch(server.host)).text()).toBe('the host');
  });

  it('ends connections that do not end by themselves, when the time is up', async () => {
    const isExecuting = deferred<undefined>();
    const stuck = {
      onExecute: () => {
        isExecuting.resolve(undefined);
        return new Promise(() => undefined);
      },
    };
    await using server = await startHost({ plugins: [stuck], env: { SHUTDOWN_TIMEOUT_MS: '0' } });
    const answered = ask(server.url).then(
      () => 'answered',
      () => 'ended',
    );
    await isExecuting.promise;
    await server.gateway[Symbol.asyncDispose]();

    expect(await answered).toBe('ended');
  });
});
