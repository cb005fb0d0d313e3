import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';

const run = promisify(execFile);
const JAVA = new URL('../support/java/AskTwice.java', import.meta.url).pathname;

/** Whether there is such a program here; the tests with it are skipped by its name elsewhere. */
const has = async (program: string, version: string) =>
  run(program, [version]).then(
    () => true,
    () => false,
  );
const [hasJava, hasCurl] = await Promise.all([has('java', '--version'), has('curl', '--version')]);

/** Asks on a connection of its own, and tells whether that stays open behind the answer. */
async function ask(
  url: string,
  { headers, body, method }: { headers: IncomingHttpHeaders; body?: string; method?: string },
) {
  const asked = request(url, { method: method ?? (body === undefined ? 'GET' : 'POST'), headers });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += String(chunk);
  return { status: answer.statusCode, text, connection: answer.headers.connection };
}

const QUERY = '?query=%7B__typename%7D';
const ANSWER = '{"data":{"__typename":"Query"}}';
const JSON_BODY = { 'content-type': 'application/json' };

describe('an offer of another protocol than WebSocket is ignored, and its request answered', () => {
  it.each([
    ['h2c', { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQ' }],
    ['TLS', { connection: 'Upgrade', upgrade: 'TLS/1.2' }],
    ['several, WebSocket among them', { connection: 'upgrade', upgrade: 'h2c, websocket' }],
    ['what nobody knows', { connection: 'upgrade', upgrade: 'x' }],
  ])('by GET and by POST: %s', async (_what, headers) => {
    await using gateway = await createTestGateway();
    const url = `${gateway.url}/graphql`;

    expect(await ask(url + QUERY, { headers })).toMatchObject({ status: 200, text: ANSWER });
    expect(
      await ask(url, { headers: { ...headers, ...JSON_BODY }, body: '{"query":"{__typename}"}' }),
    ).toMatchObject({ status: 200, text: ANSWER });
    expect(await ask(`${gateway.url}/health`, { headers })).toMatchObject({ status: 200 });
    expect(await ask(`${gateway.url}/nowhere`, { headers })).toMatchObject({ status: 404 });
  });

  it('and a body that offers WebSocket is a request like any other', async () => {
    await using gateway = await createTestGateway();
    const headers = { connection: 'Upgrade', upgrade: 'websocket', ...JSON_BODY };
    const answer = await ask(`${gateway.url}/graphql`, { headers, body: '{"query":"{__typename}"}' });

    expect(answer).toMatchObject({ status: 200, text: ANSWER });
  });

  it('while WebSocket is spoken with who asks for it, in whatever letters', async () => {
    await using gateway = await createTestGateway();
    using socket = await openSocket(gateway.url, { headers: { Upgrade: 'WebSocket' } });
    await socket.init();

    expect(socket.messages).toEqual([{ type: 'connection_ack' }]);
  });

  it.skipIf(!hasJava)(
    'by the HttpClient of Java, which offers h2c with every request',
    async () => {
      await using gateway = await createTestGateway();
      const { stdout } = await run('java', [JAVA, `${gateway.url}/graphql`]);

      expect(stdout.trim().split('\n')).toEqual([`200 ${ANSWER}`, `200 ${ANSWER}`]);
    },
    60_000,
  );

  it.skipIf(!hasCurl)('by curl --http2', async () => {
    await using gateway = await createTestGateway();
    const post = ['-H', 'Content-Type: application/json', '-d', '{"query":"{__typename}"}'];
    const { stdout } = await run('curl', ['-s', '--http2', ...post, `${gateway.url}/graphql`]);

    expect(stdout).toBe(ANSWER);
  });
});
