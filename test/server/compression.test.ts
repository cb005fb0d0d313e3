import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import { chooseEncoding, createCompression } from '../../src/server/http/compression.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { FOLLOW_RUN } from '../support/subscriptions.ts';

const RUNS = '{ scenarioRuns(first: 50) { nodes { id name state startedAt } } }';

interface RawAnswer {
  readonly status: number;
  readonly encoding: string | undefined;
  readonly vary: string | undefined;
  readonly tag: string | undefined;
  readonly length: number;
  readonly body: Buffer;
}

/** What goes over the wire: undici decodes nothing. */
async function ask(
  { url }: TestGateway,
  headers: Readonly<Record<string, string>> = {},
  query = RUNS,
): Promise<RawAnswer> {
  const answer = await request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  const body = Buffer.from(await answer.body.arrayBuffer());
  const text = (name: string) => answer.headers[name] as string | undefined;
  return {
    status: answer.statusCode,
    encoding: text('content-encoding'),
    vary: text('vary'),
    tag: text('etag'),
    length: Number(text('content-length')),
    body,
  };
}

async function createStage(
  env: Readonly<Record<string, string>> = {},
  clock?: FakeClock,
): Promise<TestGateway> {
  const gateway = await createTestGateway({ env, ...(clock ? { overrides: { clock } } : {}) });
  for (let index = 0; index < 50; index++) gateway.world.insert.scenarioRun({ name: `run ${String(index)}` });
  return gateway;
}

describe('an answer', () => {
  it('is the same in every encoding, and smaller', async () => {
    await using gateway = await createStage();
    const plain = await ask(gateway);
    const br = await ask(gateway, { 'accept-encoding': 'gzip, deflate, br' });
    const gzip = await ask(gateway, { 'accept-encoding': 'gzip' });

    expect([plain.encoding, br.encoding, gzip.encoding]).toEqual([undefined, 'br', 'gzip']);
    expect(brotliDecompressSync(br.body)).toEqual(plain.body);
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    for (const answer of [plain, br, gzip]) {
      expect(answer.length).toBe(answer.body.byteLength);
      expect(answer.vary).toMatch(/Accept-Encoding/);
    }
    expect(Math.max(br.length, gzip.length)).toBeLessThan(plain.length / 2);
  });

  it('from the cache is the same again, and revalidated by its tag in any encoding', async () => {
    await using gateway = await createStage({ CACHE_LIVE_MS: '1000' }, createFakeClock());
    const first = await ask(gateway, { 'accept-encoding': 'br' });
    const again = await ask(gateway, { 'accept-encoding': 'br' });
    const known = await ask(gateway, { 'accept-encoding': 'gzip', 'if-none-match': first.tag ?? '' });

    expect(first.tag).toMatch(/^W\/"/);
    expect(again).toEqual(first);
    expect(known).toMatchObject({ status: 304, tag: first.tag, encoding: undefined });
    expect(known.body.byteLength).toBe(0);
  });

  it('that is small, or for a client that accepts no encoding, is sent uncompressed', async () => {
    await using gateway = await createStage();
    const small = await ask(gateway, { 'accept-encoding': 'br' }, '{ __typename }');
    const refused = await ask(gateway, { 'accept-encoding': 'br;q=0, gzip;q=0' });

    expect([small.encoding, refused.encoding]).toEqual([undefined, undefined]);
    expect(JSON.parse(small.body.toString())).toEqual({ data: { __typename: 'Query' } });
    expect(refused.vary).toMatch(/Accept-Encoding/);
  });

  it('is sent uncompressed when compression is off, and compressed from the set size on when it is on', async () => {
    await using off = await createStage({ COMPRESSION: 'off' });
    await using large = await createStage({ COMPRESSION_MIN_BYTES: '1000000' });
    const asked = { 'accept-encoding': 'br' };

    expect([(await ask(off, asked)).encoding, (await ask(large, asked)).encoding]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('that is an event stream is never compressed', async () => {
    await using gateway = await createStage();
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await openEventStream(gateway.url, {
      query: FOLLOW_RUN,
      variables: { id },
      headers: { 'Accept-Encoding': 'br, gzip' },
    });

    await stream.received(1);

    expect(stream.headers['content-encoding']).toBeUndefined();
    expect(stream.text).toContain('"SNAPSHOT"');
  });
});

describe('the compressed form of a cached answer', () => {
  it('is made once', async () => {
    const compress = createCompression({ minBytes: 1 });
    const body = Buffer.from('{"data":"'.padEnd(4_000, 'a'));
    const answer = { status: 200, headers: { 'Content-Type': 'application/json' }, body };
    const first = await compress(answer, 'br');
    const again = compress(answer, 'br');

    expect(again).not.toBeInstanceOf(Promise);
    expect((await again).body).toBe(first.body);
    expect(await compress(answer, 'gzip')).toMatchObject({ headers: { 'Content-Encoding': 'gzip' } });
  });

  it('is not made of bytes that are encoded already, or no text of ours', () => {
    const compress = createCompression({ minBytes: 1 });
    const body = Buffer.from('something');
    for (const headers of [
      { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      { 'Content-Type': 'application/zip' },
      { 'Content-Type': 'text/event-stream' },
    ]) {
      const answer = { status: 200, headers, body };
      expect(compress(answer, 'br')).toBe(answer);
    }
  });
});

describe('the encoding', () => {
  it.each([
    ['br', 'br'],
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['x-gzip, deflate', null],
    ['*', 'br'],
    ['br;q=0, *', 'gzip'],
    ['gzip;q=1, br;q=0.5', 'gzip'],
    ['identity, gzip;q=0.5', null],
    ['identity;q=0.5, gzip;q=0.5', 'gzip'],
    ['GZIP ; Q=0.8', 'gzip'],
    ['', null],
    ['br;q=0', null],
    ['br;q=nonsense', null],
  ])('for %j is %j', (header, encoding) => {
    expect(chooseEncoding(header)).toBe(encoding);
  });
});
