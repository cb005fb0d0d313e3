/** `createRecorder`: brings changes of state into the log, one append at a time and in order, also when somebody else appends. */
import type { Clock } from '../clock.ts';
import type { EventLog, KnownEntity, LogVersion } from '../events/event-log.ts';
import type { Topic } from '../events/topic.ts';
import type { EntityState, StateChange } from './entity-state.ts';
import type { FollowedKind } from './kinds/followed-kind.ts';
import { KINDS } from './kinds/kinds.ts';

export interface Recorder {
  /** Records a change soon; many that come in one go are one append. */
  record(change: StateChange): void;
  /** Records that there will be no more. */
  complete(): void;
  /** Resolves when everything is in the log, and rejects when the log cannot take it: then it is tried again here. */
  flush(): Promise<void>;
}

export interface RecorderOptions {
  readonly log: EventLog;
  readonly topic: Topic;
  readonly clock: Clock;
  readonly state: EntityState;
  /** What the state was loaded from. */
  readonly version: LogVersion;
}

export function createRecorder({ log, topic, clock, state, version }: RecorderOptions): Recorder {
  const kind: FollowedKind = KINDS[topic.ref.kind];
  let expected = version;
  let waiting: StateChange[] = [];
  let isCompleting = false;
  /** The drain that is under way. Invariant: there is at most one, so appends never overtake each other. */
  let drain: Promise<void> | null = null;

  async function append(): Promise<void> {
    try {
      // The changes that are recorded one by one in this very turn become one append.
      await Promise.resolve();
      while (waiting.length > 0 || isCompleting) await appendBatch();
    } finally {
      // In the same turn as the last look at what waits: what came between the two would be left there.
      drain = null;
    }
  }

  async function appendBatch(): Promise<void> {
    const batch = waiting;
    const isComplete = isCompleting;
    waiting = [];
    isCompleting = false;
    try {
      const events = kind.coalesce(batch.flatMap((change) => change.events));
      const result = await log.append(topic, { expected, events, entities: lastOfEach(batch), isComplete });
      if (result.kind === 'appended') expected = result.version;
      else await rebase(isComplete);
    } catch (error) {
      waiting = [...batch, ...waiting];
      isCompleting ||= isComplete;
      throw error;
    }
  }

  /** What waits was compared with a log that somebody else has appended to since: it is compared anew with that log. */
  async function rebase(isComplete: boolean): Promise<void> {
    const recorded = await log.state(topic);
    const change = state.rebase(recorded.entities, clock.now());
    expected = { epoch: recorded.epoch, revision: recorded.revision };
    // Nothing comes after the last event, whoever has recorded that.
    waiting = recorded.isComplete || isEmpty(change) ? [] : [change];
    isCompleting = !recorded.isComplete && (isCompleting || isComplete);
  }

  function flush(): Promise<void> {
    drain ??= append();
    return drain;
  }

  /** A failure shows at the next `flush` that somebody waits for. */
  function start(): void {
    flush().catch(() => undefined);
  }

  return {
    record(change) {
      if (isEmpty(change)) return;
      waiting.push(change);
      start();
    },
    complete() {
      isCompleting = true;
      start();
    },
    flush: () => (waiting.length === 0 && !isCompleting && !drain ? Promise.resolve() : flush()),
  };
}

function isEmpty({ events, entities }: StateChange): boolean {
  return events.length === 0 && entities.length === 0;
}

function lastOfEach(changes: readonly StateChange[]): readonly KnownEntity[] {
  const last = new Map<string, KnownEntity>();
  for (const { entities } of changes) for (const known of entities) last.set(known.entity.id, known);
  return [...last.values()];
}
