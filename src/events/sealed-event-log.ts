/** `sealEventLog`: an `EventLog` in which nothing can be read that is sensitive of an entity (`SECRET_FIELDS`). */
import type { Seal } from '../security/seal.ts';
import { type ChangeTexts, createTextChange } from '../security/text-change.ts';
import { SECRET_FIELDS } from '../upstream/secret-fields.ts';
import type { EventLog, LogState } from './event-log.ts';

/** Seals what goes into `log` and opens what comes out of it: who uses the log sees no difference. */
export function sealEventLog(log: EventLog, seal: Seal): EventLog {
  /** An entity is appended as what is known and within events, and a benchmark run within each event about it. */
  const closed = new WeakMap<object, unknown>();
  const close: ChangeEntity = (entity, changeTexts) => {
    const known = closed.get(entity) ?? changeTexts(entity, (text) => seal.close(text));
    closed.set(entity, known);
    return known;
  };
  const open: ChangeEntity = (entity, changeTexts) => changeTexts(entity, (text) => seal.open(text));
  const opened = (state: LogState): LogState => ({ ...state, entities: inEntities(state.entities, open) });
  return {
    state: async (topic) => opened(await log.state(topic)),
    append: async (topic, request) => {
      const result = await log.append(topic, {
        ...request,
        events: inEntities(request.events, close),
        entities: inEntities(request.entities, close),
      });
      if (result.kind === 'conflict') return { ...result, state: opened(result.state) };
      // What the log has made of the events is theirs again: nothing has to be opened.
      const skipped = request.events.length - result.entries.length;
      const entries = result.entries.map((entry, index) => ({
        ...entry,
        event: request.events[skipped + index] ?? entry.event,
      }));
      return { ...result, entries };
    },
    read: async (topic, after, limit) => {
      const page = await log.read(topic, after, limit);
      return page === 'gap' ? page : { ...page, entries: inEntities(page.entries, open) };
    },
    onAppend: (topic, wake) => log.onAppend(topic, wake),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}

/** By what an entity says in `type`, which is its kind with a capital. */
const CHANGES: ReadonlyMap<unknown, ChangeTexts> = new Map(
  Object.entries(SECRET_FIELDS).map(([kind, paths]) => [
    kind.charAt(0).toUpperCase() + kind.slice(1),
    createTextChange(paths),
  ]),
);

type ChangeEntity = (entity: object, changeTexts: ChangeTexts) => unknown;

/** Changes what is sensitive of each entity in a value, wherever in it that is, so that no event can be forgotten. */
function inEntities<T>(value: T, change: ChangeEntity): T {
  return walk(value, change) as T;
}

function walk(value: unknown, change: ChangeEntity): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => walk(item, change));
  const changeTexts = 'type' in value ? CHANGES.get(value.type) : undefined;
  if (changeTexts) return change(value, changeTexts);
  let changed: Record<string, unknown> | null = null;
  for (const [name, before] of Object.entries(value)) {
    if (typeof before !== 'object') continue;
    const after = walk(before, change);
    if (after !== before) (changed ??= { ...value })[name] = after;
  }
  return changed ?? value;
}
