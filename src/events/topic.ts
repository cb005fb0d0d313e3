/** `Topic`: one account's view of one watched thing, the unit that a log, a cursor and a watcher belong to. */
import type { WatchRef } from './event.ts';

export interface Topic {
  /** `Account.id`, never a key. */
  readonly accountId: string;
  readonly ref: WatchRef;
}

/** Equal for equal topics. Neither part can hold a colon: ids are validated, account ids are base64url. */
export function topicKey({ accountId, ref }: Topic): string {
  return `${accountId}:${ref.kind}:${ref.id}`;
}
