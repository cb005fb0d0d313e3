import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFolder } from '../support/folder.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';
import { createTokenFile } from '../support/tokens.ts';

const DEEP = '{ scenarioRuns(first: 1) { nodes { id scenario { id } } } }';
const LIST = '{ scenarioRuns(first: 5) { nodes { id } } }';

const codesOf = ({
  errors,
}: {
  readonly errors: readonly { readonly extensions: { readonly code: string } }[];
}) => errors.map(({ extensions }) => extensions.code);
const linesOf = (gateway: TestGateway, event: string) =>
  gateway.record.lines().filter((line) => line['event'] === event);

describe('bounds on documents', () => {
  it('that are lowered refuse a document that was read and cached before, whatever it comes by', async () => {
    await using gateway = await createTestGateway();
    using socket = await openSocket(gateway.url);
    await socket.init();
    for (let times = 0; times < 4; times++) expect(codesOf(await gateway.query(DEEP))).toEqual([]);

    await gateway.reload({ QUERY_MAX_DEPTH: '3' });

    const refused = await gateway.query(DEEP);
    expect(codesOf(refused)).toEqual(['QUERY_TOO_COMPLEX']);
    expect(refused.text).toContain('QUERY_MAX_DEPTH');
    socket.subscribe('1', DEEP);
    await socket.received(2);
    expect(JSON.stringify(socket.messages)).toContain('QUERY_MAX_DEPTH');
    expect(linesOf(gateway, 'config.reloaded')).toMatchObject([{ changed: 'QUERY_MAX_DEPTH' }]);
  });

  it('that are raised let in a document whose refusal was cached', async () => {
    await using gateway = await createTestGateway({ env: { QUERY_MAX_DEPTH: '3' } });
    for (let times = 0; times < 4; times++)
      expect(codesOf(await gateway.query(DEEP))).toEqual(['QUERY_TOO_COMPLEX']);

    await gateway.reload({ QUERY_MAX_DEPTH: '4' });

    expect(codesOf(await gateway.query(DEEP))).toEqual([]);
  });

  it('decide which documents are trusted', async () => {
    await using folder = await createFolder();
    const path = await folder.write('documents.json', { deep: DEEP, list: LIST });
    await using gateway = await createTestGateway({ env: { TRUSTED_DOCUMENTS_FILE: path } });
    expect(codesOf(await gateway.query(DEEP))).toEqual([]);

    await gateway.reload({ QUERY_MAX_DEPTH: '3' });

    expect(codesOf(await gateway.query(DEEP))).toHaveLength(1);
    expect(codesOf(await gateway.query(LIST))).toEqual([]);
    expect(linesOf(gateway, 'documents.left_out')).toMatchObject([{ count: 1 }]);
  });
});

describe('a limit that changes holds for what comes then', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['of what an operation may cost', { QUERY_MAX_CALLS: '1' }, 'QUERY_MAX_CALLS'],
    ['of the rows of a page', { QUERY_MAX_PAGE_SIZE: '4' }, 'QUERY_MAX_PAGE_SIZE'],
    ['of what a caller may spend', { CALLER_CALLS_PER_MINUTE: '1' }, 'CALLER_CALLS_PER_MINUTE'],
    ['of the body of a request', { REQUEST_MAX_BYTES: '1024' }, 'REQUEST_MAX_BYTES'],
  ])('%s', async (_what, env, setting) => {
    await using gateway = await createTestGateway({ env: { ANSWER_REUSE: 'off', CACHE: 'off' } });
    const ask = () => gateway.query(DEEP.replace('first: 1', 'first: 5'), { padding: 'x'.repeat(2_000) });
    expect(codesOf(await ask())).toEqual([]);

    await gateway.reload(env);
    expect((await ask()).text).toContain(setting);

    await gateway.reload();
    expect(codesOf(await ask())).toEqual([]);
  });

  it('of the time that an operation may take', async () => {
    await using gateway = await createTestGateway();
    await gateway.reload({ OPERATION_TIMEOUT_MS: '5' });
    gateway.simulator.faults.add({ kind: 'stall', path: '/v1/**' });

    expect((await gateway.query(LIST)).text).toContain('was not answered within 5 ms');
  });

  it('of which lines are written', async () => {
    await using gateway = await createTestGateway({ env: { LOG_LEVEL: 'info' } });

    await gateway.reload({ LOG_LEVEL: 'error', CACHE_LIVE_MS: '5' });
    expect(gateway.record.lines()).toEqual([]);
    await gateway.reload({ LOG_LEVEL: 'info' });
    expect(linesOf(gateway, 'config.reloaded')).toMatchObject([{ changed: 'LOG_LEVEL' }]);
  });

  it('of whose pages may use the gateway', async () => {
    await using gateway = await createTestGateway();
    const headers = { Origin: 'https://dashboard.example' };
    const statusOf = async () => (await gateway.query('{ __typename }', undefined, { headers })).status;
    expect(await statusOf()).toBe(403);

    await gateway.reload({ CORS_ORIGINS: 'https://dashboard.example' });

    expect(await statusOf()).toBe(200);
  });
});

describe('files', () => {
  it('of tokens are in force when the reload has ended, long before they are looked at by themselves', async () => {
    await using tokens = await createTokenFile();
    const token = await tokens.issue('ci');
    await using gateway = await createTestGateway({
      env: { AUTH_TOKENS_FILE: tokens.path },
      overrides: { clock: createFakeClock() },
    });
    const ask = async () =>
      codesOf(await gateway.query(LIST, undefined, { headers: { Authorization: `Bearer ${token}` } }));
    expect(await ask()).toEqual([]);

    await writeFile(tokens.path, '{ "tokens": [] }');
    await gateway.reload();

    expect(await ask()).toEqual(['UNAUTHENTICATED']);
    expect(linesOf(gateway, 'auth.tokens_changed').at(-1)).toMatchObject({ revoked: 'ci' });
  });

  it('that are broken change nothing, and are told', async () => {
    await using tokens = await createTokenFile();
    const token = await tokens.issue('ci');
    await using gateway = await createTestGateway({ env: { AUTH_TOKENS_FILE: tokens.path } });

    await writeFile(tokens.path, 'broken');
    await gateway.reload();

    const answer = await gateway.query(LIST, undefined, { headers: { Authorization: `Bearer ${token}` } });
    expect(codesOf(answer)).toEqual([]);
    expect(linesOf(gateway, 'auth.file_broken')).toHaveLength(1);
  });
});

describe('settings that need a restart', () => {
  it('are named, and change nothing', async () => {
    await using gateway = await createTestGateway();

    await gateway.reload({ CACHE_LIVE_MS: '5', RUNLOOP_API_KEY: 'ak_canary', QUERY_MAX_DEPTH: '15' });

    expect(linesOf(gateway, 'config.restart_needed')).toMatchObject([
      { settings: 'RUNLOOP_API_KEY CACHE_LIVE_MS' },
    ]);
    expect(gateway.record.text()).not.toContain('ak_canary');
    expect(codesOf(await gateway.query(LIST))).toEqual([]);
  });
});
