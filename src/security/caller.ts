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
  /** Whether it is known that they are who they say. @default it is */
  readonly isVerified?: () => boolean;
  /** Asks those who know whether their credentials are still good, unless they said so lately. @default nobody else knows */
  readonly confirm?: () => Promise<void>;
}

/** What counts for whoever is not known, all of them together. No caller has it for an id. */
export const ANONYMOUS = '';

export class Caller {
  readonly id: string;
  readonly account: Account;
  readonly scopes: ReadonlySet<Scope>;
  /** When their credentials expire, as Unix time in milliseconds; null when they never do. */
  readonly expiresAtMs: number | null;
  /**
   * Equal for callers with the same view: the account and the scopes. Cached and shared answers are stored under this key.
   */
  readonly viewKey: string;
  /** Whether the credentials can expire or be revoked. */
  readonly canEnd: boolean;
  readonly #isRevoked: () => boolean;
  readonly #isVerified: () => boolean;
  readonly #confirm: () => Promise<void>;

  constructor(options: CallerOptions) {
    this.id = options.id;
    this.account = options.account;
    this.scopes = options.scopes;
    this.expiresAtMs = options.expiresAtMs ?? null;
    this.viewKey = `${options.account.id} ${[...options.scopes].sort().join(' ')}`;
    this.canEnd = this.expiresAtMs !== null || options.isRevoked !== undefined;
    this.#isRevoked = options.isRevoked ?? never;
    this.#isVerified = options.isVerified ?? always;
    this.#confirm = options.confirm ?? nothingToConfirm;
  }

  /**
   * The key of budgets, slots and queues: the id of a verified caller. Unverified callers share the bounds of ANONYMOUS, or
   * invented credentials would multiply them.
   */
  get boundId(): string {
    return this.#isVerified() ? this.id : ANONYMOUS;
  }

  /** Rejects when those who know say that the credentials are not good, or cannot say so of ones that they never accepted. */
  confirm(): Promise<void> {
    return this.#confirm();
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

const never = () => false;
const always = () => true;
const nothingToConfirm = () => Promise.resolve();
