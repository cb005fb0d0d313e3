/** Callers as an authenticator would accept them. */
import { Caller, type CallerOptions } from '../../src/security/caller.ts';
import { ALL_SCOPES, type Scope } from '../../src/security/scopes.ts';
import { Account } from '../../src/upstream/account.ts';

/** A caller with every scope by default; equal names of accounts are equal accounts. */
export function testCaller({
  account = 'alice',
  scopes,
  ...rest
}: {
  readonly account?: string;
  readonly scopes?: readonly Scope[] | undefined;
} & Partial<Pick<CallerOptions, 'expiresAtMs' | 'isRevoked'>> = {}): Caller {
  return new Caller({
    id: account,
    account: new Account(`ak_${account}`, { hashSecret: 'test' }),
    scopes: scopes ? new Set(scopes) : ALL_SCOPES,
    ...rest,
  });
}
