import { describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.ts';
import { createTokenFile, type TokenFile } from '../support/tokens.ts';

const gatewayWith = (file: TokenFile, env: TestGatewayOptions['env'] = {}) =>
  createTestGateway({ env: { AUTH_TOKENS_FILE: file.path, ...env } });

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

function insertRun({ world, url }: TestGateway) {
  const run = world.insert.benchmarkRun({ id: 'bmr_1' });
  world.insert.scenarioRun({ id: 'scr_1', benchmark_run_id: run.id });
  return {
    logs: `${url}/download/scenario-runs/scr_1/logs.zip`,
    csv: `${url}/export/benchmark-runs/bmr_1.csv`,
  };
}

async function outcomeOf(answer: Response) {
  const code = answer.ok
    ? null
    : ((await answer.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code;
  return [answer.status, code];
}

describe('a file', () => {
  it('is for callers whose scopes it needs, which differ between logs and exports', async () => {
    await using file = await createTokenFile();
    const reader = await file.issue('reader', { scopes: ['runs:read'] });
    const logger = await file.issue('logger', { scopes: ['logs:read'] });
    await using gateway = await gatewayWith(file);
    const { logs, csv } = insertRun(gateway);
    const ask = async (url: string, token: string) => outcomeOf(await fetch(url, bearer(token)));

    expect([
      await ask(csv, reader),
      await ask(logs, reader),
      await ask(csv, logger),
      await ask(logs, logger),
      await ask(csv, 'rlg_unknown'),
    ]).toEqual([
      [200, null],
      [403, 'FORBIDDEN'],
      [403, 'FORBIDDEN'],
      [200, null],
      [401, 'UNAUTHENTICATED'],
    ]);
  });

  it('is downloaded by a link, once, with a ticket of its caller', async () => {
    await using file = await createTokenFile();
    const reader = await file.issue('reader', { scopes: ['runs:read'] });
    await using gateway = await gatewayWith(file);
    const { logs, csv } = insertRun(gateway);
    const ticketOf = async () => {
      const answer = await fetch(`${gateway.url}/graphql/tickets`, {
        method: 'POST',
        body: '{}',
        headers: { 'Content-Type': 'application/json', ...bearer(reader).headers },
      });
      return ((await answer.json()) as { ticket: string }).ticket;
    };
    const ticket = await ticketOf();

    expect(await outcomeOf(await fetch(`${csv}?ticket=${ticket}`))).toEqual([200, null]);
    expect(await outcomeOf(await fetch(`${csv}?ticket=${ticket}`))).toEqual([401, 'UNAUTHENTICATED']);
    expect(await outcomeOf(await fetch(`${logs}?ticket=${await ticketOf()}`))).toEqual([403, 'FORBIDDEN']);
    expect(await outcomeOf(await fetch(csv))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('is paid for from the budget of its caller, call by call', async () => {
    await using gateway = await createTestGateway({ env: { CALLER_CALLS_PER_MINUTE: '4' } });
    const { logs, csv } = insertRun(gateway);

    // The run, its page and a name.
    expect(await outcomeOf(await fetch(csv))).toEqual([200, null]);
    expect(await outcomeOf(await fetch(logs))).toEqual([200, null]);
    const refused = await fetch(logs);

    expect(gateway.calls()).toHaveLength(4);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await outcomeOf(refused)).toEqual([429, 'RATE_LIMITED']);
    expect(gateway.calls()).toEqual([]);
  });
});
