/** `createSharedTickets`: tickets that any replica accepts, once: each holds the credentials of its caller, sealed. */
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { createScript, type Redis, RedisRefusal, RedisUnavailable } from '../redis/redis.ts';
import type { Caller } from './caller.ts';
import { createSeal } from './seal.ts';
import type { Secrets } from './secrets.ts';
import { createTicketOwners, digestOf, newSecret } from './ticket-owners.ts';
import { TICKET_IS_OVER, TICKET_WAS_USED, type Tickets, type TicketSettings } from './tickets.ts';

export interface SharedTicketsOptions {
  readonly redis: Redis;
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** Who presents credentials, which may not be good any more. */
  readonly authenticate: (authorization: string | null) => Promise<Caller>;
}

/** What is sealed in a ticket. */
const CONTENT = z.strictObject({
  /** Its own name. */
  id: z.string(),
  authorization: z.string().nullable(),
  expiresAtMs: z.number(),
});

/** No longer than it has to be for the longest credentials. */
const MAX_LENGTH = 12_000;

/**
 * The used tickets of one caller are a hash: the id of each, whose owner it is by a digest, and until when they may come back.
 * One more than there may be takes the place of the one that ends first.
 * KEYS: the hash. ARGV: id, digest of the owner, now, whether it may be used for the first time, until when the owner may come
 * back, how many there may be, how long the hash is kept, whether it is only looked at.
 */
const USE = createScript(`
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held then
  local digest, untilMs = string.match(held, '^(%S+) (%d+)$')
  if digest ~= ARGV[2] then return 'used' end
  if tonumber(untilMs) <= tonumber(ARGV[3]) then return 'over' end
elseif ARGV[4] ~= '1' then
  return 'over'
end
if ARGV[8] == '1' then return 'open' end
if not held and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[6]) then
  local all = redis.call('HGETALL', KEYS[1])
  local first, firstMs = nil, math.huge
  for at = 1, #all, 2 do
    local endMs = tonumber(string.match(all[at + 1], '(%d+)$')) or 0
    if endMs < firstMs then first, firstMs = all[at], endMs end
  end
  redis.call('HDEL', KEYS[1], first)
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[7])
return 'open'
`);

export function createSharedTickets(settings: TicketSettings, options: SharedTicketsOptions): Tickets {
  const { redis, secrets, clock, authenticate } = options;
  const { ttlMs, resumeMs, maxPerCaller } = settings;
  const seal = createSeal(secrets.ring('sealed tickets'));
  const owners = createTicketOwners(secrets.ring('tickets'));

  const read = (ticket: string) => {
    try {
      if (ticket.length > MAX_LENGTH) throw new RangeError('No ticket of ours is so long');
      return CONTENT.parse(JSON.parse(seal.open(ticket)));
    } catch {
      throw new GatewayError('UNAUTHENTICATED', TICKET_IS_OVER);
    }
  };

  const use = async (ticket: string, brought: string | null, isLook: boolean) => {
    const { id, authorization, expiresAtMs } = read(ticket);
    const caller = await authenticate(authorization);
    const owner = owners.ownerFor(caller, brought);
    const nowMs = clock.now();
    const verdict = await redis
      .run(USE, {
        keys: [redis.key(`tickets:${secrets.hide(caller.id)}`)],
        args: [
          id,
          digestOf(owner).toString('base64url'),
          nowMs,
          nowMs < expiresAtMs ? 1 : 0,
          nowMs + resumeMs,
          maxPerCaller,
          // An unused ticket is not to be used twice either where nobody may come back.
          Math.max(resumeMs, ttlMs) + ttlMs,
          isLook ? 1 : 0,
        ],
      })
      .catch((error: unknown) => {
        if (!(error instanceof RedisUnavailable) && !(error instanceof RedisRefusal)) throw error;
        // Whoever was here before is admitted: nobody else has this secret.
        if (owner === brought) return 'open';
        throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Tickets cannot be checked at the moment', {
          cause: error,
        });
      });
    if (verdict === 'open') return { caller, owner };
    throw new GatewayError('UNAUTHENTICATED', verdict === 'used' ? TICKET_WAS_USED : TICKET_IS_OVER);
  };

  return {
    issue(caller, authorization) {
      const expiresAtMs = Math.min(clock.now() + ttlMs, caller.expiresAtMs ?? Infinity);
      const ticket = seal.close(JSON.stringify({ id: newSecret(), authorization, expiresAtMs }));
      return { ticket, expiresAtMs };
    },
    redeem: (ticket, owner) => use(ticket, owner, false),
    peek: (ticket, owner) => use(ticket, owner, true),
  };
}
