/** A Redis that speaks TLS is trusted by the certificates that REDIS_CA_FILE names, or that Node.js trusts. */
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import { createGateway } from '../../src/gateway.ts';
import { createCertificate } from '../support/certificate.ts';
import { createFolder } from '../support/folder.ts';
import { createRecordingLog } from '../support/log.ts';
import { startProcess } from '../support/process.ts';
import { freePort, startRedisServer } from '../support/redis.ts';

async function startEncrypted() {
  const folder = await createFolder();
  const { cert, key } = createCertificate('redis');
  const certFile = await folder.write('redis.crt', cert);
  const port = await freePort();
  const server = await startRedisServer([
    ...['--tls-port', String(port), '--tls-auth-clients', 'no'],
    ...['--tls-cert-file', certFile, '--tls-key-file', await folder.write('redis.key', key)],
    ...['--tls-ca-cert-file', certFile, '--dir', folder.path],
  ]);
  return {
    url: `rediss://127.0.0.1:${String(port)}`,
    certFile,
    folder,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const ENV = {
  PORT: '0',
  RUNLOOP_API_KEY: 'ak_1',
  GATEWAY_SECRET: 's'.repeat(32),
  REDIS_REQUIRED_TO_START: 'on',
};

async function start(env: Readonly<Record<string, string>>) {
  const record = createRecordingLog();
  try {
    await using gateway = await createGateway(loadConfig({ ...ENV, ...env }), { log: record.log });
    return { problems: [], text: record.text(), gateway };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems, text: record.text() };
    throw error;
  }
}

describe('a Redis at rediss://', { timeout: 60_000 }, () => {
  it('with a certificate of its own is used where REDIS_CA_FILE names that, and only there', async () => {
    await using server = await startEncrypted();
    const trusting = await start({ REDIS_URL: server.url, REDIS_CA_FILE: server.certFile });
    expect(trusting.problems).toEqual([]);
    expect(trusting.text).toContain('"event":"redis.connected"');

    const { cert } = createCertificate('another');
    for (const env of [{}, { REDIS_CA_FILE: await server.folder.write('another.crt', cert) }])
      expect((await start({ REDIS_URL: server.url, ...env })).problems).toEqual([
        expect.stringMatching(
          /^REDIS_URL does not answer, expected a Redis that does with REDIS_REQUIRED_TO_START=on \(Redis is away: [A-Z_]+\)$/,
        ),
      ]);
  });

  it('is used where Node.js trusts its certificate by NODE_EXTRA_CA_CERTS', async () => {
    await using server = await startEncrypted();
    await using gateway = startProcess({
      ...ENV,
      SIMULATOR_PORT: '0',
      UPSTREAM: 'simulator',
      REDIS_URL: server.url,
      NODE_EXTRA_CA_CERTS: server.certFile,
    });
    await gateway.ready();

    expect(gateway.output()).toContain('"event":"redis.connected"');
  });

  it('is refused with a file that holds no certificate, by its name', async () => {
    await using folder = await createFolder();
    const empty = await folder.write('empty.crt', 'nothing');
    for (const path of [empty, `${folder.path}/missing.crt`])
      expect((await start({ REDIS_URL: 'rediss://127.0.0.1', REDIS_CA_FILE: path })).problems).toEqual([
        `REDIS_CA_FILE is ${JSON.stringify(path)}, expected a file of certificates (PEM) that can be read`,
      ]);
  });
});
