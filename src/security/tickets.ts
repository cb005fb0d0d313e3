/** `Tickets`: what stands for a caller in the address of an event stream, where no header can be set. */
import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Caller } from './caller.ts';
import type { KeyRing } from './secrets.ts';
import { createTicketOwners, digestOf, newSecret } from './ticket-owners.ts';

export interface TicketSettings {
  /** How long a ticket waits to be used, in milliseconds. */
  readonly ttlMs: number;
  /** How long the browser that used it may come back with it, in milliseconds, counted anew each time. */
  readonly resumeMs: number;
  /** Tickets of one caller at once; one more makes the oldest of them worthless. */
  readonly maxPerCaller: number;
  /** Tickets at once; one more is refused. */
  readonly max: number;
}

export interface Tickets {
  /** A fresh ticket for who has presented this header, good for one stream. RATE_LIMITED when there are too many. */
  issue(caller: Caller, authorization: string | null): Ticket;
  /**
   * The caller of a ticket. Its first use binds it to an `owner`: a secret that the client presents when it reconnects. The
   * secret that it presents is taken if it was made here for the same caller, so that nobody else can have chosen it.
   * UNAUTHENTICATED when the ticket is unknown, bound to another owner, or expired.
   */
  redeem(ticket: string, owner: string | null): Redeemed | Promise<Redeemed>;
  /** What `redeem` would say now. The ticket stays as it is: unused, or for as long as before. */
  peek(ticket: string, owner: string | null): Redeemed | Promise<Redeemed>;
}

/** Tickets that one process alone knows. */
export interface MemoryTickets extends Tickets {
  issue(caller: Caller): Ticket;
  redeem(ticket: string, owner: string | null): Redeemed;
  peek(ticket: string, owner: string | null): Redeemed;
  /** How many there are. */
  readonly size: number;
}

export const TICKET_IS_OVER = 'The ticket is unknown or over: expected a fresh one';
export const TICKET_WAS_USED = 'The ticket was used: expected a fresh one';

export interface Redeemed {
  readonly caller: Caller;
  readonly owner: string;
}

export interface Ticket {
  readonly ticket: string;
  /** Until when it has to be used, as Unix time in milliseconds. */
  readonly expiresAtMs: number;
}

interface Entry {
  readonly caller: Caller;
  /** The digest of its owner's secret; null while it is unused. */
  owner: Buffer | null;
  expiresAtMs: number;
}

export function createTickets(
  settings: TicketSettings,
  { clock, keys }: { readonly clock: Clock; readonly keys: KeyRing },
): MemoryTickets {
  // By the digest of the ticket, in the order of their making.
  const entries = new Map<string, Entry>();
  const keysOf = new Map<string, Set<string>>();

  const owners = createTicketOwners(keys);

  const remove = (key: string, { caller }: Entry) => {
    entries.delete(key);
    const keys = keysOf.get(caller.id);
    keys?.delete(key);
    if (keys?.size === 0) keysOf.delete(caller.id);
  };

  const isOver = ({ caller, expiresAtMs }: Entry) => {
    const nowMs = clock.now();
    return nowMs >= expiresAtMs || caller.endAt(nowMs) !== null;
  };

  const makeRoom = (caller: Caller) => {
    for (const key of keysOf.get(caller.id) ?? []) {
      const entry = entries.get(key);
      if (entry && (keysOf.get(caller.id)?.size ?? 0) >= settings.maxPerCaller) remove(key, entry);
    }
    if (entries.size < settings.max) return;
    for (const [key, entry] of entries) if (isOver(entry)) remove(key, entry);
    if (entries.size < settings.max) return;
    throw new GatewayError('RATE_LIMITED', 'Too many tickets wait to be used: come again later', {
      retryAfterMs: settings.ttlMs,
    });
  };

  const enter = (ticket: string, owner: string | null) => {
    const entry = entries.get(digestOf(ticket).toString('base64url'));
    if (!entry || isOver(entry)) throw new GatewayError('UNAUTHENTICATED', TICKET_IS_OVER);
    const secret = owners.ownerFor(entry.caller, owner);
    const digest = digestOf(secret);
    if (entry.owner && !timingSafeEqual(entry.owner, digest))
      throw new GatewayError('UNAUTHENTICATED', TICKET_WAS_USED);
    return { entry, digest, redeemed: { caller: entry.caller, owner: secret } };
  };

  return {
    get size() {
      return entries.size;
    },
    issue(caller) {
      makeRoom(caller);
      const ticket = newSecret();
      const expiresAtMs = Math.min(clock.now() + settings.ttlMs, caller.expiresAtMs ?? Infinity);
      const key = digestOf(ticket).toString('base64url');
      entries.set(key, { caller, owner: null, expiresAtMs });
      keysOf.set(caller.id, (keysOf.get(caller.id) ?? new Set()).add(key));
      return { ticket, expiresAtMs };
    },
    redeem(ticket, owner) {
      const { entry, digest, redeemed } = enter(ticket, owner);
      entry.owner = digest;
      entry.expiresAtMs = clock.now() + settings.resumeMs;
      return redeemed;
    },
    peek: (ticket, owner) => enter(ticket, owner).redeemed,
  };
}
