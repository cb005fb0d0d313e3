/** `Caller`: who is calling, whose upstream account answers them, what they may do and for how long. */
import { GatewayError } from '../errors.ts';
import type { Account } from '../upstream/account.ts';
import type { Scope } from './scopes.ts';

export interface CallerOptions {
  /** A stable name or a keyed hash, never anything that lets somebody in. It may be logged and counted by. */
  readonly id: string;
  readonly account: Account;
  readonly scopes: ReadonlySet<Scope>;
  /** When their credentials expire, as Unix time in milliseconds. @default null, never */
  readonly expiresAtMs?: number | null;
  /** Whether their credentials were taken back since they were presented. @default they never are */
  readonly isRevoked?: () => boolean;
}

export class Caller {
  readonly id: string;
  readonly account: Account;
  readonly scopes: ReadonlySet<Scope>;
  /** When their credentials expire, as Unix time in milliseconds; null when they never do. */
  readonly expiresAtMs: number | null;
  /**
   * Equal for callers who see the same: the account, and what they may do. Whatever is remembered of an answer, or shared
   * between those who wait for it, is kept under this.
   */
  readonly viewKey: string;
  /** Whether a caller let in now may have to be sent away later. */
  readonly canEnd: boolean;
  readonly #isRevoked: () => boolean;

  constructor(options: CallerOptions) {
    this.id = options.id;
    this.account = options.account;
    this.scopes = options.scopes;
    this.expiresAtMs = options.expiresAtMs ?? null;
    this.viewKey = `${options.account.id} ${[...options.scopes].sort().join(' ')}`;
    this.canEnd = this.expiresAtMs !== null || options.isRevoked !== undefined;
    this.#isRevoked = options.isRevoked ?? (() => false);
  }

  permits(scope: Scope): boolean {
    return this.scopes.has(scope);
  }

  /** Why they may not go on at this time: their credentials have expired or were taken back. Null while they may. */
  endAt(nowMs: number): GatewayError | null {
    if (this.expiresAtMs !== null && nowMs >= this.expiresAtMs)
      return new GatewayError('UNAUTHENTICATED', 'The token has expired: expected a fresh one');
    if (this.#isRevoked())
      return new GatewayError('UNAUTHENTICATED', 'The token was revoked: expected one that is still good');
    return null;
  }
}
