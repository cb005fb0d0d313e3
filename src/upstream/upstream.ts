/** `Upstream`: what the gateway needs from the REST API, typed by the table of its endpoints. */
import type { Account } from './account.ts';
import type { UpstreamCaller } from './caller.ts';
import type { Download } from './download.ts';
import type {
  DetailName,
  Details,
  DownloadName,
  ListName,
  ListedBy,
  Lists,
  MutationName,
  Mutations,
  WaitName,
  Waits,
} from './endpoints.ts';
import type { Mutation, MutationOptions } from './mutations.ts';
import type { PageRequest } from './page-request.ts';
import type { Kind, Kinds, Page, ReadSpan } from './types.ts';

/**
 * The REST API as one caller sees it. Every method sends one request, more only to retry or where a list is too large
 * for one answer. What is asked of an entity that the upstream does not know is null; every other failure of a read is
 * a `GatewayError`. Ids must be valid ones (see `assertId`).
 */
export interface UpstreamSession {
  get<K extends Kind>(kind: K, id: string): Promise<Kinds[K] | null>;
  /** A page of a list; NOT_FOUND when the upstream does not know the entity that it is a list of. */
  list<L extends ListName>(
    list: L,
    filter: Lists[L]['filter'],
    page: PageRequest,
  ): Promise<Page<Kinds[ListedBy<L>]>>;
  /** What an entity has beside itself, such as its usage. */
  read<D extends DetailName>(detail: D, of: Details[D]['of']): Promise<Details[D]['answer'] | null>;
  /**
   * The entity as soon as it is as wanted, or `unchanged` when it was not for so long. Waits without taking a slot or a
   * socket from other calls.
   */
  wait<W extends WaitName>(
    wait: W,
    on: Waits[W]['on'],
  ): Promise<Kinds[Waits[W]['kind']] | 'unchanged' | null>;
  /**
   * A file, which is read no faster than its reader takes it. It takes no slot and no socket from other calls. Iterating
   * fails with a `GatewayError` where it breaks off.
   */
  download(download: DownloadName, id: string): Promise<Download | null>;
  /**
   * Changes something upstream. It is sent again, under the same idempotency key, only where the upstream surely did not
   * act on it: no byte of it had left, or the answer was a 429, or a 503 that itself asks for it by `x-should-retry`.
   * Once it has left it goes on, whoever has gone meanwhile. Rejects with a `GatewayError` when surely nothing was done
   * and no `Mutation` says why: no connection, too many requests, a key that is refused.
   */
  send<M extends MutationName>(
    mutation: M,
    input: Mutations[M]['input'],
    options: MutationOptions,
  ): Promise<Mutation<Mutations[M]['answer']>>;
  /** The entity, or that there is none, when that is known without a call; undefined when it takes one. */
  readonly peek: <K extends Kind>(kind: K, id: string) => Kinds[K] | null | undefined;
  /** When an entity or a page was read that some session has answered; undefined when that is not known. */
  readonly spanOf: (answer: object) => ReadSpan | undefined;
}

export interface Upstream extends AsyncDisposable {
  /** The API as `caller` sees it. Cheap: made anew for every operation. */
  session(caller: UpstreamCaller): UpstreamSession;
  /** Whether calls of this account that nobody waits for would hold up no other, as far as is known now. */
  hasSpareSlots(account: Account): boolean;
  /**
   * Resolves when the upstream answers at all, and, given an account, accepts its key. Rejects with a `GatewayError`
   * that is safe to show.
   */
  ping(account: Account | null, signal: AbortSignal): Promise<void>;
  /**
   * Closes every socket that no call is using, and the others after their calls. Whoever calls next pays for a new one:
   * for the moment when nothing is expected.
   */
  releaseSockets(): void;
}
