import { describe, expect, it } from 'vitest';
import { createSecrets } from '../../src/security/secrets.ts';
import { createTickets } from '../../src/security/tickets.ts';
import { testCaller } from '../support/caller.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const SETTINGS = { ttlMs: 30_000, resumeMs: 3_600_000, maxPerCaller: 3, max: 5 };

function stage() {
  const clock = createFakeClock();
  return { clock, tickets: createTickets(SETTINGS, { clock, keys: createSecrets(null).ring('tickets') }) };
}

const UNKNOWN = 'The ticket is unknown or over: expected a fresh one';
const USED = 'The ticket was used: expected a fresh one';

describe('a ticket', () => {
  it('stands for the caller who asked for it, and is of no use to whoever reads it afterwards', () => {
    const { tickets } = stage();
    const alice = testCaller();
    const { ticket } = tickets.issue(alice);

    expect(tickets.redeem(ticket, null).caller).toBe(alice);
    expect(() => tickets.redeem(ticket, null)).toThrow(USED);
    expect(() => tickets.redeem(ticket, 'x'.repeat(43))).toThrow(USED);
  });

  it('lets its user come back with the secret that they got, for as long as they do', async () => {
    const { clock, tickets } = stage();
    const { ticket } = tickets.issue(testCaller());
    const { owner } = tickets.redeem(ticket, null);
    for (let time = 0; time < 3; time++) {
      await clock.advance(SETTINGS.resumeMs - 1);
      expect(tickets.redeem(ticket, owner).owner).toBe(owner);
    }
    await clock.advance(SETTINGS.resumeMs);

    expect(() => tickets.redeem(ticket, owner)).toThrow(UNKNOWN);
  });

  it('is used under the secret that a browser has already, if that is one', () => {
    const { tickets } = stage();
    const [one, other] = [tickets.issue(testCaller()), tickets.issue(testCaller())];
    const { owner } = tickets.redeem(one.ticket, 'not a secret');

    expect(owner).toMatch(/^[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}$/);
    expect(tickets.redeem(other.ticket, owner).owner).toBe(owner);
  });

  it('expires when it is not used in time, and when the credentials of its caller do', async () => {
    const { clock, tickets } = stage();
    const late = tickets.issue(testCaller());
    const caller = testCaller({ expiresAtMs: clock.now() + 10_000 });
    const ending = tickets.issue(caller);
    expect(ending.expiresAtMs).toBe(clock.now() + 10_000);
    const { owner } = tickets.redeem(ending.ticket, null);
    await clock.advance(10_000);
    expect(() => tickets.redeem(ending.ticket, owner)).toThrow(UNKNOWN);
    await clock.advance(20_000);

    expect(() => tickets.redeem(late.ticket, null)).toThrow(UNKNOWN);
  });

  it('cannot be made up', () => {
    const { tickets } = stage();
    tickets.issue(testCaller());

    for (const made of ['', 'x', 'x'.repeat(43)]) expect(() => tickets.redeem(made, null)).toThrow(UNKNOWN);
  });
});

describe('the memory of tickets', () => {
  it('is bounded for each caller, whose oldest goes first', () => {
    const { tickets } = stage();
    const issued = Array.from({ length: 4 }, () => tickets.issue(testCaller()).ticket);

    expect(tickets.size).toBe(3);
    expect(() => tickets.redeem(issued[0]!, null)).toThrow(UNKNOWN);
    expect(tickets.redeem(issued[1]!, null).caller.id).toBe('alice');
  });

  it('is bounded for all together, which is no excuse to take somebody’s away', async () => {
    const { clock, tickets } = stage();
    const issued = ['a', 'b', 'c', 'd', 'e'].map((account) => tickets.issue(testCaller({ account })).ticket);
    expect(() => tickets.issue(testCaller({ account: 'f' }))).toThrow(
      expect.objectContaining({ code: 'RATE_LIMITED', retryAfterMs: 30_000 }) as Error,
    );
    expect(tickets.redeem(issued[0]!, null).caller.id).toBe('a');
    await clock.advance(SETTINGS.ttlMs);
    tickets.issue(testCaller({ account: 'f' }));

    // What was used stays, what was not makes room.
    expect(tickets.size).toBe(2);
  });
});
