import { request as httpRequest, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.ts';
import { type Answer, json, startStubServer } from '../upstream/stub-server.ts';

const path = (id: string) => `/download/scenario-runs/${id}/logs.zip`;

/** A gateway over an upstream that answers what a test says. */
async function createStage(answer: Answer, options: TestGatewayOptions = {}) {
  const upstream = await startStubServer(answer);
  const gateway = await createTestGateway({
    ...options,
    env: { RUNLOOP_BASE_URL: upstream.url, ...options.env },
  });
  return {
    upstream,
    gateway,
    url: `${gateway.url}${path('scr_1')}`,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

/** The headers are there, and nothing of the body has been read. */
function open(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, resolve);
    request.once('error', reject);
    request.end();
  });
}

/** How many bytes there are, or that the body broke off. */
async function lengthOf(body: IncomingMessage): Promise<number | 'broken'> {
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) bytes += chunk.byteLength;
    return bytes;
  } catch {
    return 'broken';
  }
}

async function errorOf(answer: Response) {
  const { errors } = (await answer.json()) as { errors: { message: string; extensions: object }[] };
  return { status: answer.status, ...errors[0] };
}

const brokenDownloads = ({ record }: TestGateway) =>
  record.lines().filter(({ event }) => event === 'download.broken');

describe('the logs of a run as a zip', () => {
  it('are the very bytes of the upstream, for one call', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.scenarioRun({ state: 'completed' });

    const answer = await fetch(`${gateway.url}${path(id)}`);
    const bytes = Buffer.from(await answer.arrayBuffer());

    expect(gateway.calls()).toEqual([`POST /v1/scenarios/runs/${id}/download_logs`]);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename="${id}-logs.zip"`,
      'cache-control': 'private, no-store',
      'content-length': String(bytes.byteLength),
    });
    const upstream = await fetch(`${gateway.simulator.url}/v1/scenarios/runs/${id}/download_logs`, {
      method: 'POST',
      headers: { authorization: 'Bearer any' },
    });
    expect(bytes.equals(Buffer.from(await upstream.arrayBuffer()))).toBe(true);
    expect(bytes.subarray(0, 2).toString()).toBe('PK');
  });

  it('exist or not, which HEAD answers by a call that reads no log', async () => {
    await using gateway = await createTestGateway();
    const { id } = gateway.world.insert.scenarioRun();

    const there = await fetch(`${gateway.url}${path(id)}`, { method: 'HEAD' });
    const missing = await fetch(`${gateway.url}${path('scr_nobody')}`, { method: 'HEAD' });

    expect([there.status, there.headers.get('content-type'), missing.status]).toEqual([
      200,
      'application/zip',
      404,
    ]);
    expect(gateway.calls()).toEqual([`GET /v1/scenarios/runs/${id}`, 'GET /v1/scenarios/runs/scr_nobody']);
  });

  it.each<[string, RequestInit, object]>([
    [
      'scr_nobody',
      {},
      { status: 404, message: 'There is no such scenario run', extensions: { code: 'NOT_FOUND' } },
    ],
    ['..%2f..%2fsecrets', {}, { status: 400, extensions: { code: 'BAD_USER_INPUT' } }],
    ['scr_1', { method: 'POST' }, { status: 405, extensions: { code: 'BAD_USER_INPUT' } }],
  ])('of %s are an error in JSON', async (id, init, error) => {
    await using gateway = await createTestGateway();

    expect(await errorOf(await fetch(`${gateway.url}${path(id)}`, init))).toMatchObject(error);
    expect(gateway.calls().filter((call) => call.includes('secrets'))).toEqual([]);
  });

  it('are refused to anonymous clients', async () => {
    await using gateway = await createTestGateway({ env: { AUTH: 'passthrough' } });
    const { id } = gateway.world.insert.scenarioRun();
    const ask = (headers: Record<string, string>) => fetch(`${gateway.url}${path(id)}`, { headers });

    const anonymous = await ask({});

    expect(anonymous.headers.get('www-authenticate')).toBe('Bearer');
    expect(await errorOf(anonymous)).toMatchObject({ status: 401, extensions: { code: 'UNAUTHENTICATED' } });
    expect(gateway.calls()).toEqual([]);
    expect((await ask({ authorization: 'Bearer ak_mine' })).status).toBe(200);
  });

  it('refused by the upstream are an error in JSON that says when to come back', async () => {
    await using stage = await createStage(json({}, 429, { 'retry-after': '7' }));

    const answer = await fetch(stage.url);

    expect(answer.headers.get('retry-after')).toBe('7');
    expect(await errorOf(answer)).toMatchObject({
      status: 429,
      extensions: { code: 'RATE_LIMITED', retryAfterMs: 7_000 },
    });
    expect(stage.upstream.requests).toHaveLength(1);
  });
});

describe('a download', () => {
  it('is passed on while the upstream still sends', async () => {
    let finish = () => undefined as unknown;
    await using stage = await createStage((response) => {
      response.writeHead(200, { 'content-type': 'application/zip' });
      response.write('first');
      finish = () => response.end('second');
    });

    const answer = await open(stage.url);
    const first = await answer.iterator({ destroyOnReturn: false }).next();
    finish();

    expect(String(first.value)).toBe('first');
    expect(await lengthOf(answer)).toBe('second'.length);
  });

  it('is read from the upstream no faster than its client takes it, and waits for it as long as it takes', async () => {
    const chunk = Buffer.alloc(64 * 1024);
    const chunks = 2_000;
    let written = 0;
    await using stage = await createStage(
      (response) => {
        response.writeHead(200, { 'content-type': 'application/zip' });
        const more = () => {
          while (written < chunks) {
            written++;
            if (!response.write(chunk)) {
              response.once('drain', more);
              return;
            }
          }
          response.end();
        };
        more();
      },
      { env: { UPSTREAM_BODY_TIMEOUT_MS: '200' } },
    );

    const answer = await open(stage.url);
    // As many turns as would let all of it through.
    for (let turn = 0; turn < 200; turn++) await fetch(`${stage.gateway.url}/health`);
    const whileUnread = written;

    expect(whileUnread).toBeLessThan(chunks / 4);
    expect(await lengthOf(answer)).toBe(chunks * chunk.byteLength);
  });

  it('ends upstream when its client goes away', async () => {
    await using stage = await createStage((response) => {
      response.writeHead(200, { 'content-type': 'application/zip' });
      response.write('first');
    });

    const answer = await open(stage.url);
    answer.destroy();

    await stage.upstream.requests[0]?.abandoned;
    expect(brokenDownloads(stage.gateway)).toEqual([]);
  });

  it('that breaks off upstream breaks off here, so that no part is taken for the whole', async () => {
    await using stage = await createStage((response) => {
      response.writeHead(200, { 'content-type': 'application/zip' });
      response.write('first', () => response.destroy());
    });

    expect(await lengthOf(await open(stage.url))).toBe('broken');
    expect(brokenDownloads(stage.gateway)).toMatchObject([{ code: 'UPSTREAM_UNAVAILABLE' }]);
  });

  it('larger than it may be is refused when the upstream says so, and breaks off when it does not', async () => {
    const large = Buffer.alloc(3_000);
    await using said = await createStage(
      (response) => response.writeHead(200, { 'content-length': large.byteLength }).end(large),
      { env: { DOWNLOAD_MAX_BYTES: '2048' } },
    );
    await using unsaid = await createStage(
      (response) => {
        response.writeHead(200);
        response.write(large.subarray(0, 1_000));
        response.end(large.subarray(1_000));
      },
      { env: { DOWNLOAD_MAX_BYTES: '2048' } },
    );

    expect(await errorOf(await fetch(said.url))).toMatchObject({
      status: 502,
      message: 'The answer of Runloop is larger than the gateway reads',
      extensions: { code: 'UPSTREAM_ERROR' },
    });
    expect(await lengthOf(await open(unsaid.url))).toBe('broken');
  });

  it('is one of at most so many of an account at once', async () => {
    const running: (() => void)[] = [];
    await using stage = await createStage(
      (response) => {
        response.writeHead(200);
        response.write('first');
        running.push(() => response.end());
      },
      { env: { DOWNLOAD_CONCURRENCY: '1' } },
    );

    const first = await open(stage.url);
    const refused = await errorOf(await fetch(stage.url));
    running[0]?.();
    const length = await lengthOf(first);
    const next = await open(stage.url);
    running[1]?.();

    expect(refused).toMatchObject({
      status: 429,
      message:
        'Expected at most 1 downloads of one caller at once (DOWNLOAD_CONCURRENCY), got one more: end one first',
      extensions: { code: 'RATE_LIMITED' },
    });
    expect([length, await lengthOf(next)]).toEqual([5, 5]);
  });

  it('takes no longer than it may', async () => {
    const clock = createFakeClock();
    await using stage = await createStage(
      (response) => {
        response.writeHead(200);
        response.write('first');
      },
      { env: { DOWNLOAD_TIMEOUT_MS: '5000' }, overrides: { clock } },
    );

    const before = clock.pending;
    const answer = await open(stage.url);
    const length = lengthOf(answer);
    await clock.advance(5_000);

    expect(await length).toBe('broken');
    await stage.upstream.requests[0]?.abandoned;
    expect(brokenDownloads(stage.gateway)).toMatchObject([{ code: 'UPSTREAM_TIMEOUT' }]);
    expect(clock.pending).toBe(before);
  });

  it('leaves its place when its client goes before the first byte', async () => {
    await using stage = await createStage(
      (response, number) => {
        if (number > 1) response.writeHead(200).end('zip');
      },
      { env: { DOWNLOAD_CONCURRENCY: '1' } },
    );
    const gone = new AbortController();
    const first = fetch(stage.url, { signal: gone.signal }).catch(() => 'gone');
    await stage.upstream.received(1);

    gone.abort();

    expect(await first).toBe('gone');
    await stage.upstream.requests[0]?.abandoned;
    expect((await fetch(stage.url)).status).toBe(200);
  });
});
