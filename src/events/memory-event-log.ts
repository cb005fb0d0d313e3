/** `createMemoryEventLog`: the `EventLog` of one process. It lives as long as the process does. */
import type { Clock } from '../clock.ts';
import type { KnownEntity, EventLog, LogEntry, LogState } from './event-log.ts';
import { type EventBounds, EventWindow } from './event-window.ts';
import { sizeOf } from '../memory/size.ts';
import { type Topic, topicKey } from './topic.ts';

export interface MemoryEventLogOptions {
  readonly clock: Clock;
  /** Of each topic. */
  readonly bounds: EventBounds;
  /** Topics that are remembered; beyond it, the longest unused are forgotten. */
  readonly maxTopics: number;
  /** What the remembered topics may take together; beyond it, the longest unused are forgotten. */
  readonly maxTotalBytes: number;
  /** Names the epoch of each log that is begun; never the same twice. */
  readonly newId: () => string;
}

/** One topic's log. */
interface TopicLog {
  readonly epoch: string;
  revision: number;
  readonly window: EventWindow<LogEntry>;
  readonly known: Map<string, { readonly known: KnownEntity; readonly bytes: number }>;
  /** What `known` takes. */
  knownBytes: number;
  isComplete: boolean;
  usedAtMs: number;
  /** A tape that somebody waits on is in use, and not forgotten. */
  readonly wakes: Set<() => void>;
}

export function createMemoryEventLog(options: MemoryEventLogOptions): EventLog {
  const { clock, bounds, maxTopics, maxTotalBytes, newId } = options;
  /** In the order of their last use, longest unused first. */
  const logs = new Map<string, TopicLog>();
  let totalBytes = 0;

  function logOf(topic: Topic): TopicLog {
    const key = topicKey(topic);
    const tape = logs.get(key) ?? begin();
    tape.usedAtMs = clock.now();
    logs.delete(key);
    logs.set(key, tape);
    resize(tape, () => {
      tape.window.trim(tape.usedAtMs);
    });
    forgetUnused(tape);
    return tape;
  }

  function begin(): TopicLog {
    return {
      epoch: newId(),
      revision: 0,
      window: new EventWindow(1, bounds),
      known: new Map(),
      knownBytes: 0,
      isComplete: false,
      usedAtMs: clock.now(),
      wakes: new Set(),
    };
  }

  /** Keeps the sum of all sizes true while `change` changes one of them. */
  function resize(tape: TopicLog, change: () => void): void {
    totalBytes -= tape.window.bytes + tape.knownBytes;
    change();
    totalBytes += tape.window.bytes + tape.knownBytes;
  }

  /** Forgets what is too old to be resumed, and then what does not fit; never what is in use, nor `current`. */
  function forgetUnused(current: TopicLog): void {
    const now = clock.now();
    for (const [key, tape] of logs) {
      const isTooOld = now - tape.usedAtMs > bounds.maxAgeMs;
      if (!isTooOld && logs.size <= maxTopics && totalBytes <= maxTotalBytes) return;
      if (tape === current || tape.wakes.size > 0) continue;
      logs.delete(key);
      totalBytes -= tape.window.bytes + tape.knownBytes;
    }
  }

  function know(tape: TopicLog, known: KnownEntity): void {
    const { id } = known.entity;
    const bytes = sizeOf(known.entity);
    tape.knownBytes += bytes - (tape.known.get(id)?.bytes ?? 0);
    tape.known.set(id, { known, bytes });
  }

  return {
    state(topic) {
      const tape = logOf(topic);
      const state: LogState = {
        epoch: tape.epoch,
        revision: tape.revision,
        sequence: tape.window.newest,
        oldest: tape.window.oldest,
        entities: Array.from(tape.known.values(), ({ known }) => known),
        isComplete: tape.isComplete,
      };
      return Promise.resolve(state);
    },
    append(topic, { expected, events, entities, isComplete = false }) {
      const tape = logOf(topic);
      if (tape.epoch !== expected.epoch || tape.revision !== expected.revision) {
        return Promise.resolve({ kind: 'conflict' });
      }
      tape.revision++;
      tape.isComplete ||= isComplete;
      const now = clock.now();
      resize(tape, () => {
        for (const known of entities) know(tape, known);
        for (const event of events) {
          const bytes = sizeOf(event);
          tape.window.push({ sequence: tape.window.newest + 1, event, bytes }, bytes, now);
        }
      });
      for (const wake of [...tape.wakes]) wake();
      return Promise.resolve({ kind: 'appended', version: { epoch: tape.epoch, revision: tape.revision } });
    },
    read(topic, { epoch, sequence }, limit) {
      const tape = logOf(topic);
      const { oldest, newest } = tape.window;
      if (epoch !== tape.epoch || sequence > newest || sequence + 1 < oldest) return Promise.resolve('gap');
      const until = Math.min(newest, sequence + limit);
      const entries: LogEntry[] = [];
      for (let next = sequence + 1; next <= until; next++) {
        const entry = tape.window.get(next);
        if (entry) entries.push(entry);
      }
      return Promise.resolve({ entries, isComplete: tape.isComplete && until === newest });
    },
    onAppend(topic, wake) {
      const tape = logOf(topic);
      // Two that wait with the same function are two.
      const own = () => {
        wake();
      };
      tape.wakes.add(own);
      return Promise.resolve({
        [Symbol.dispose]: () => {
          tape.wakes.delete(own);
        },
      });
    },
    [Symbol.asyncDispose]() {
      logs.clear();
      totalBytes = 0;
      return Promise.resolve();
    },
  };
}
