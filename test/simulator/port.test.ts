/** One port for two protocols, and its end. */
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { openStage } from './stage.ts';

describe('the port', () => {
  it('speaks HTTP/1.1 and HTTP/2 with prior knowledge at once', async () => {
    await using stage = await openStage();
    const { id } = stage.simulator.world().insert.scenario();
    const session = connectHttp2(stage.simulator.url);
    const [overHttp2, overHttp1] = await Promise.all([
      http2Get(session, `/v1/scenarios/${id}`),
      stage.get(`/v1/scenarios/${id}`),
    ]);
    expect(overHttp2.status).toBe(200);
    expect(overHttp2.text).toBe(overHttp1.text);
    session.destroy();
  });

  it('takes many requests on one HTTP/2 connection', async () => {
    await using stage = await openStage();
    const session = connectHttp2(stage.simulator.url);
    const replies = await Promise.all(
      Array.from({ length: 200 }, () => http2Get(session, '/v1/accounts/me')),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    session.destroy();
  });

  it('resets the HTTP/2 stream and not its neighbours', async () => {
    await using stage = await openStage();
    stage.simulator.faults.add({ path: '/v1/scenarios', kind: 'reset' });
    const session = connectHttp2(stage.simulator.url);
    const neighbour = http2Get(session, '/v1/accounts/me');
    await expect(http2Get(session, '/v1/scenarios')).rejects.toThrow();
    expect((await neighbour).status).toBe(200);
    expect((await http2Get(session, '/v1/accounts/me')).status).toBe(200);
    session.destroy();
  });

  it('understands a request that comes byte by byte', async () => {
    await using stage = await openStage();
    const socket = connect(stage.simulator.port, '127.0.0.1').setNoDelay(true);
    await once(socket, 'connect');
    const request =
      'POST /v1/scenarios HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';
    for (const character of request) await new Promise((resolve) => socket.write(character, resolve));
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 401 /);
    socket.destroy();
  });

  it('refuses what is no HTTP', async () => {
    await using stage = await openStage();
    const socket = connect(stage.simulator.port, '127.0.0.1');
    socket.write('hello\r\n\r\n');
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
  });

  it('rejects with EADDRINUSE when it is busy', async () => {
    await using stage = await openStage();
    await expect(openStage({ port: stage.simulator.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('lets go of everything when it is disposed of', async () => {
    const stage = await openStage({ speed: 10, size: { scale: 0.05, scenarioRuns: 20 } });
    const { simulator, clock } = stage;
    const { id } = simulator.world().insert.devbox();
    const session = connectHttp2(simulator.url);
    await http2Get(session, '/v1/accounts/me');
    const silent = connect(simulator.port, '127.0.0.1');
    await once(silent, 'connect');
    const before = clock.pending;
    const polling = stage.post(`/v1/devboxes/${id}/wait_for_status`, { statuses: ['suspended'] });
    await clock.sleepers(before + 1);
    simulator.faults.add({ path: '/v1/accounts/me', kind: 'stall' });
    const stalled = http2Get(session, '/v1/accounts/me').catch(() => undefined);
    const closed = [once(session, 'close'), once(silent, 'close')];

    await Promise.all([simulator[Symbol.asyncDispose](), expect(polling).rejects.toThrow()]);
    await Promise.all([stalled, ...closed]);
    await clock.advance(0);
    expect(clock.pending).toBe(0);
    await expect(stage.get('/v1/accounts/me')).rejects.toThrow();
  });
});

function http2Get(
  session: ClientHttp2Session,
  path: string,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': path, authorization: 'Bearer ak_test' });
    let [status, text] = [0, ''];
    stream.setEncoding('utf8');
    stream.on('response', (headers) => {
      status = headers[':status'] ?? 0;
    });
    stream.on('data', (chunk: string) => {
      text += chunk;
    });
    stream.on('end', () => {
      resolve({ status, text });
    });
    stream.on('error', reject);
    stream.on('close', () => {
      reject(new Error('The stream was closed'));
    });
  });
}
