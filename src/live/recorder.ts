/** `createRecorder`: brings lessons into the log, one append at a time and in order, also when somebody else appends. */
import type { Clock } from '../clock.ts';
import type { EventLog, KnownEntity, LogVersion } from '../events/event-log.ts';
import type { Topic } from '../events/topic.ts';
import { coalesce } from './diff-benchmark-run.ts';
import type { EntityState, StateChange } from './entity-state.ts';

export interface Recorder {
  /** Records a lesson soon; many that come in one go are one append. */
  record(lesson: StateChange): void;
  /** Records that there will be no more. */
  complete(): void;
  /** Resolves when everything is in the log, and rejects when the log cannot take it: then it is tried again here. */
  flush(): Promise<void>;
}

export interface RecorderOptions {
  readonly log: EventLog;
  readonly topic: Topic;
  readonly clock: Clock;
  readonly knowledge: EntityState;
  /** What the knowledge was loaded from. */
  readonly version: LogVersion;
}

export function createRecorder({ log, topic, clock, knowledge, version }: RecorderOptions): Recorder {
  let expected = version;
  let waiting: StateChange[] = [];
  let isCompleting = false;
  /** The drain that is under way. Invariant: there is at most one, so appends never overtake each other. */
  let drain: Promise<void> | null = null;

  async function append(): Promise<void> {
    try {
      // What is offered one by one in this very turn becomes one append.
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
      const events = coalesce(batch.flatMap((lesson) => lesson.events));
      const result = await log.append(topic, { expected, events, entities: lastOfEach(batch), isComplete });
      if (result.kind === 'appended') expected = result.version;
      else await rebase(isComplete);
    } catch (error) {
      waiting = [...batch, ...waiting];
      isCompleting ||= isComplete;
      throw error;
    }
  }

  /** What waits was told as seen from a log that has moved on: it is told anew, as seen from where the log is now. */
  async function rebase(isComplete: boolean): Promise<void> {
    const state = await log.state(topic);
    const lesson = knowledge.rebase(state.entities, clock.now());
    expected = { epoch: state.epoch, revision: state.revision };
    // Nothing comes after the last event, whoever has told that.
    waiting = state.isComplete || isEmpty(lesson) ? [] : [lesson];
    isCompleting = !state.isComplete && (isCompleting || isComplete);
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
    record(lesson) {
      if (isEmpty(lesson)) return;
      waiting.push(lesson);
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

function lastOfEach(lessons: readonly StateChange[]): readonly KnownEntity[] {
  const last = new Map<string, KnownEntity>();
  for (const { entities } of lessons) for (const known of entities) last.set(known.entity.id, known);
  return [...last.values()];
}
