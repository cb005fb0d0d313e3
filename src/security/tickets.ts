/** `Tickets`: what stands for a caller in the address of an event stream, where no header can be set. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Caller } from './caller.ts';
import type { KeyRing } from './secrets.ts';

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
  /** A fresh ticket, good for one stream. RATE_LIMITED when there are too many. */
  issue(caller: Caller): Ticket;
  /**
   * Whose ticket it is. Whoever uses it first owns it from then on: `owner` is a secret that they present when they come
   * back, theirs if they brought one that was made here for the same caller: nobody else can have chosen it for them. UNAUTHENTICATED when it is unknown, used by somebody else, or over.
   */
  redeem(ticket: string, owner: string | null): Redeemed;
  /** What `redeem` would say now. The ticket stays as it is: unused, or for as long as before. */
  peek(ticket: string, owner: string | null): Redeemed;
  /** How many there are. */
  readonly size: number;
}

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

const SECRET_BYTES = 32;
/** What `newOwner` makes: a secret, and the signature that says for whom it was made. */
const OWNER = /^([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

export function createTickets(
  settings: TicketSettings,
  { clock, keys }: { readonly clock: Clock; readonly keys: KeyRing },
): Tickets {
  // By the digest of the ticket, in the order of their making.
  const entries = new Map<string, Entry>();
  const keysOf = new Map<string, Set<string>>();

  const signature = (key: Buffer, secret: string, { id }: Caller) =>
    createHmac('sha256', key).update(`${secret} ${id}`).digest('base64url');

  const newOwner = (caller: Caller) => {
    const secret = newSecret();
    return `${secret}.${signature(keys[0], secret, caller)}`;
  };

  const isOwnerFor = (owner: string, caller: Caller) => {
    const [, secret, signed] = OWNER.exec(owner) ?? [];
    if (secret === undefined || signed === undefined) return false;
    return keys.some((key) =>
      timingSafeEqual(Buffer.from(signed), Buffer.from(signature(key, secret, caller))),
    );
  };

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
    if (!entry || isOver(entry))
      throw new GatewayError('UNAUTHENTICATED', 'The ticket is unknown or over: expected a fresh one');
    const secret = owner !== null && isOwnerFor(owner, entry.caller) ? owner : newOwner(entry.caller);
    const digest = digestOf(secret);
    if (entry.owner && !timingSafeEqual(entry.owner, digest))
      throw new GatewayError('UNAUTHENTICATED', 'The ticket was used: expected a fresh one');
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

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
