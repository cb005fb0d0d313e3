/** `createTicketOwners`: the secrets by which a browser shows that it is the one that has used a ticket. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Caller } from './caller.ts';
import type { KeyRing } from './secrets.ts';

export interface TicketOwners {
  /** The secret that a browser has brought when it was made for this caller, else a new one. */
  ownerFor(caller: Caller, brought: string | null): string;
  /** Whether it was made for this caller: nobody else can have chosen it for them. */
  isOwnerFor(caller: Caller, owner: string): boolean;
}

const SECRET_BYTES = 32;
/** A secret, and the signature that says for whom it was made. */
const OWNER = /^([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

export function createTicketOwners(keys: KeyRing): TicketOwners {
  const signature = (key: Buffer, secret: string, { id }: Caller) =>
    createHmac('sha256', key).update(`${secret} ${id}`).digest('base64url');
  const isOwnerFor = (caller: Caller, owner: string) => {
    const [, secret, signed] = OWNER.exec(owner) ?? [];
    if (secret === undefined || signed === undefined) return false;
    return keys.some((key) =>
      timingSafeEqual(Buffer.from(signed), Buffer.from(signature(key, secret, caller))),
    );
  };
  return {
    isOwnerFor,
    ownerFor: (caller, brought) => {
      if (brought !== null && isOwnerFor(caller, brought)) return brought;
      const secret = newSecret();
      return `${secret}.${signature(keys[0], secret, caller)}`;
    },
  };
}

export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
