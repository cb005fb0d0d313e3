import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

const BODY = Buffer.from(
  '{"query":"query($v: ID!) { scenarioRun(id: $v) { name } }","variables":{"v":"scr_1"}}',
);

async function send({ url }: TestGateway, coding: string, body: Uint8Array) {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Content-Encoding': coding },
    body: Buffer.from(body),
  });
  return {
    status: answer.status,
    accepts: answer.headers.get('accept-encoding'),
    ...((await answer.json()) as {
      data?: unknown;
      errors?: readonly { message: string; extensions: { code: string } }[];
    }),
  };
}

describe('a body with a Content-Encoding', () => {
  it.each([
    ['gzip', gzipSync(BODY)],
    ['GZIP', gzipSync(BODY)],
    ['x-gzip', gzipSync(BODY)],
    ['deflate', deflateSync(BODY)],
    ['br', brotliCompressSync(BODY)],
    ['identity', BODY],
  ])('of %s is read', async (coding, body) => {
    await using gateway = await createTestGateway();
    gateway.world.insert.scenarioRun({ id: 'scr_1', name: 'packed' });

    expect(await send(gateway, coding, body)).toMatchObject({
      status: 200,
      data: { scenarioRun: { name: 'packed' } },
    });
  });

  it.each(['zstd', 'compress', 'gzip, gzip', 'x'])('of %s is 415, with what is accepted', async (coding) => {
    await using gateway = await createTestGateway();
    const { status, accepts, errors } = await send(gateway, coding, BODY);

    expect({ status, accepts }).toEqual({ status: 415, accepts: 'gzip, deflate, br, identity' });
    expect(errors?.[0]?.message).toContain('gzip, deflate, br, identity');
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('of %s is 413 when more comes out of it than a body may have', async (coding, compress) => {
    await using gateway = await createTestGateway();
    const bomb = compress(Buffer.alloc(64 * 1024 * 1024, ' '));
    const { status, errors } = await send(gateway, coding, bomb);

    expect(bomb.byteLength).toBeLessThan(256 * 1024);
    expect(status).toBe(413);
    expect(errors?.[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX');
  });

  it.each([
    ['is something else', BODY],
    ['is cut off', gzipSync(BODY).subarray(0, 20)],
  ])('is 400 when it %s', async (_what, body) => {
    await using gateway = await createTestGateway();
    const { status, errors } = await send(gateway, 'gzip', body);

    expect(status).toBe(400);
    expect(errors?.[0]?.message).toContain('Expected a body of gzip');
  });
});
