/** `callerWithin`: the id of a caller within their account, for the fair queues among its callers. */
import type { Config } from '../config.ts';
import type { Caller } from '../security/caller.ts';

/** Undefined where no account has several callers: what is bound per account binds its one caller already. */
export function callerWithin({ auth }: Pick<Config, 'auth'>, caller: Caller): string | undefined {
  return auth.mode === 'service' && auth.callers !== null ? caller.id : undefined;
}
