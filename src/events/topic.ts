/** `Topic`: one account's view of one watched thing, the unit that a log, a cursor and a watcher belong to. */
import type { WatchRef } from './event.ts';

export interface Topic {
  /** `Account.id`, never a key. */
  readonly accountId: string;
  readonly ref: WatchRef;
}

/** Equal for equal topics. Only the last part can hold a colon: account ids are base64url, and kinds are names. */
export function topicKey({ accountId, ref }: Topic): string {
  return `${accountId}:${ref.kind}:${ref.id}`;
}
