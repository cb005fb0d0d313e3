/** Tickets for keys that somebody has made up: there is room for so many tickets of all callers together. */
import { request } from 'undici';
import type { Attack } from '../attack.ts';
import { get, keepBusy } from '../target.ts';
import { prepareUpstream } from '../upstream-process.ts';

/** So few that they would be taken in the shortest trial. */
const TICKETS = 200;

const TYPE = { 'content-type': 'application/json' };

export const attack: Attack = {
  sends: 'requests for tickets, each with a key that was made up, until all would be taken',
  env: { TICKET_MAX: String(TICKETS), TICKET_MAX_PER_CALLER: '10' },
  prepare: () => prepareUpstream('known-keys'),
  strike: (target) =>
    keepBusy(64, async (number) => {
      const status = await get(
        { url: `${target.url}/graphql/tickets` },
        {
          method: 'POST',
          body: '{}',
          headers: { ...TYPE, authorization: `Bearer ak_invented_${String(number)}` },
        },
      );
      if (status === 201) throw new Error('A key that was made up was traded for a ticket');
    }),
  reaches: { 'answered 401': 2 * TICKETS, 'calls with keys that are not known': TICKETS },
  meanwhile: async ({ url }, authorization) => {
    const { statusCode, body } = await request(`${url}/graphql/tickets`, {
      method: 'POST',
      body: '{}',
      headers: { ...TYPE, authorization },
    });
    await body.dump();
    if (statusCode !== 201) throw new Error(`An honest caller got no ticket: ${String(statusCode)}`);
  },
};
