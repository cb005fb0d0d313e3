/** `callerWithin`: who of the callers of one account asks, for what they take turns at. */
import type { Config } from '../config.ts';
import type { Caller } from '../security/caller.ts';

/** Undefined where no account has several callers: what is bound per account binds its one caller already. */
export function callerWithin({ auth }: Pick<Config, 'auth'>, caller: Caller): string | undefined {
  return auth.mode === 'service' && auth.callers !== null ? caller.id : undefined;
}
