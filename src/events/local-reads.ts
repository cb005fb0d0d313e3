/** `withLocalReads`: a log in which each replica finds when things were read by its own clock. */
import type { Clock } from '../clock.ts';
import type { EventLog, KnownEntity, LogState } from './event-log.ts';

/** As it is kept in a log that replicas share. */
interface StampedEntity extends KnownEntity {
  readonly readBy: string;
}

/**
 * Clocks of different machines are never compared. What another replica has read was read before it was heard of here, and
 * nobody can tell how long before: a read of this replica is later when it was asked for after that, and else the two are
 * told apart by how far the thing has come. `name` is that of this replica, and never given twice.
 */
export function withLocalReads(
  log: EventLog,
  { name, clock }: { readonly name: string; readonly clock: Clock },
): EventLog {
  const stamp = (known: KnownEntity): StampedEntity => ({ ...known, readBy: name });

  function localise(state: LogState): LogState {
    const elsewhere = { sentAtMs: 0, receivedAtMs: clock.now() };
    const entities = state.entities.map((known) => {
      const { entity, read } = known;
      return { entity, read: 'readBy' in known && known.readBy === name ? read : elsewhere };
    });
    return { ...state, entities };
  }

  return {
    state: async (topic) => localise(await log.state(topic)),
    append: async (topic, request) => {
      const result = await log.append(topic, { ...request, entities: request.entities.map(stamp) });
      return result.kind === 'conflict' ? { ...result, state: localise(result.state) } : result;
    },
    read: (topic, after, limit) => log.read(topic, after, limit),
    onAppend: (topic, wake) => log.onAppend(topic, wake),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}
