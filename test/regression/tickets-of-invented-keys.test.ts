/** With AUTH=passthrough, callers with invented keys took all tickets, and nobody else got one. */
import { describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';

const createStage = (env: Readonly<Record<string, string>>) =>
  createTestGateway({
    env: { AUTH: 'passthrough', ...env },
    simulator: { accounts: { ak_honest: { seed: 1 }, ak_other: { seed: 2 } } },
  });

const trade = async (gateway: TestGateway, key: string) => {
  const { status } = await fetch(`${gateway.url}/graphql/tickets`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
    body: '{}',
  });
  return status;
};

describe('a ticket', () => {
  it('is issued for a key that Runloop has accepted, and for no other', async () => {
    await using gateway = await createStage({ TICKET_MAX: '5' });
    for (let number = 0; number < 6; number++) {
      expect(await trade(gateway, `ak_invented_${String(number)}`)).toBe(401);
    }

    expect(await trade(gateway, 'ak_honest')).toBe(201);
  });

  it('leaves the places of others alone, however many one caller asks for', async () => {
    await using gateway = await createStage({ TICKET_MAX: '5', TICKET_MAX_PER_CALLER: '2' });
    for (let number = 0; number < 10; number++) expect(await trade(gateway, 'ak_other')).toBe(201);

    expect(await trade(gateway, 'ak_honest')).toBe(201);
  });

  it('is not issued for a key that the upstream has refused before, and asks the upstream nothing for it', async () => {
    await using gateway = await createStage({});
    await trade(gateway, 'ak_invented');
    gateway.calls();

    expect(await trade(gateway, 'ak_invented')).toBe(401);
    expect(gateway.calls()).toEqual([]);
  });
});
