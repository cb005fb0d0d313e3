/** `observeSession`: every read passes the watchers: they apply what it shows, and it never answers with an older state than theirs. */
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { ListKind, WatchableEntity } from '../events/event.ts';
import type { ReadSpan } from '../events/event-log.ts';
import type { Account } from '../upstream/account.ts';
import type { Done } from '../upstream/endpoint-rows.ts';
import { ENTITIES, type ListName, LISTS, MUTATIONS, type WatchableKind } from '../upstream/endpoints.ts';
import { kindOf } from '../upstream/kinds.ts';
import type { Entity, Kind, Kinds } from '../upstream/types.ts';
import type { UpstreamSession } from '../upstream/upstream.ts';
import type { ListRead } from './account-watches.ts';
import { KINDS } from './kinds/kinds.ts';
import type { Live } from './live.ts';

/** The same session, with every entity that can be watched as fresh as is known. */
export function observeSession(
  session: UpstreamSession,
  { live, account, clock }: { readonly live: Live; readonly account: Account; readonly clock: Clock },
): UpstreamSession {
  /** Reads, and returns when that was. A rate limit that a query meets slows the account's polls too. */
  const timed = async <T>(
    read: () => Promise<T>,
  ): Promise<{ readonly answer: T; readonly span: ReadSpan }> => {
    const sentAtMs = clock.now();
    try {
      const answer = await read();
      // What others have asked for, or what was cached, was read before it was asked for here.
      const known = typeof answer === 'object' && answer !== null ? session.spanOf(answer) : undefined;
      return { answer, span: known ?? { sentAtMs, receivedAtMs: clock.now() } };
    } catch (error) {
      if (
        error instanceof GatewayError &&
        error.code === 'RATE_LIMITED' &&
        error.retryAfterMs !== undefined
      ) {
        live.slowDown(account, error.retryAfterMs);
      }
      throw error;
    }
  };

  /** What is known of the entity, which may be later than this read of it. */
  const latest = <T extends Entity | Done>(answer: T, span: ReadSpan): T =>
    isWatchable(answer) ? live.observe(account, answer, span) : answer;

  return {
    ...session,
    peek: (kind, id) => {
      const entity = session.peek(kind, id);
      const span = entity && isWatchableKind(kind) ? session.spanOf(entity) : undefined;
      return entity && span ? latest(entity, span) : entity;
    },
    get: async (kind, id) => {
      const { answer, span } = await timed(() => session.get(kind, id));
      return answer && latest(answer, span);
    },
    list: async (list, filter, page) => {
      const { answer, span } = await timed(() => session.list(list, filter, page));
      if (!isWatchableKind(LISTS[list].kind) || !live.isWatching(account)) return answer;
      const rows = answer.rows.map((row) =>
        row instanceof Error || row.isPartial ? row : latest(row, session.spanOf(row) ?? span),
      );
      if (isFollowedList(list) && page.after === undefined && page.limit > 0) {
        const readable = rows.flatMap((row) => (row instanceof Error ? [] : [row as WatchableEntity]));
        live.observeList(
          account,
          { list, filter: filter as ListRead['filter'], rows: readable, hasMore: answer.hasMore },
          span,
        );
      }
      return { ...answer, rows };
    },
    read: async (detail, of) => (await timed(() => session.read(detail, of))).answer,
    /**
     * What was done is seen by followers before its caller hears of it, and so is what became of it late. The answer may
     * be that of an earlier request with the same idempotency key, so it shows some instant up to now: it counts where it
     * shows that the entity has come further than was known.
     */
    send: async (name, input, options) => {
      const touched = MUTATIONS[name].touches(input);
      const touch = async () => {
        if (touched && isWatchableKind(touched.kind))
          await live.touch(account, { ...touched, kind: touched.kind });
      };
      /** What was made is a row of lists that nobody else would know to have changed. */
      const touchMade = async (answer: Kinds[WatchableKind]) => {
        const kind = kindOf(answer);
        if (answer.id !== touched?.id && isWatchableKind(kind))
          await live.touch(account, { kind, id: answer.id });
      };
      const see = async <T extends Entity | Done>(answer: T): Promise<T> => {
        const telling = Promise.all([touch(), isWatchable(answer) ? touchMade(answer) : null]);
        const seen = latest(answer, { sentAtMs: 0, receivedAtMs: clock.now() });
        await Promise.all([telling, live.recorded(account)]);
        return seen;
      };
      const { answer: mutation } = await timed(() => session.send(name, input, options));
      switch (mutation.kind) {
        case 'done':
          return { kind: 'done', value: await see(mutation.value) };
        case 'unknown':
          await touch();
          return { ...mutation, late: mutation.late.then((answer) => answer && see(answer)) };
        case 'missing':
        case 'refused':
          return mutation;
      }
    },
  };
}

/** Compiles while whatever the table calls watchable is something that can be followed. */
function isWatchable(answer: Entity | Done): answer is Kinds[WatchableKind] {
  return answer !== 'done' && isWatchableKind(kindOf(answer));
}

function isWatchableKind(kind: Kind): kind is WatchableKind {
  return ENTITIES[kind].isWatchable;
}

function isFollowedList(list: ListName): list is ListKind {
  return list in KINDS;
}
