/** `createMemoryEventLog`: the `EventLog` of one process. It lives as long as the process does. */
import type { Clock } from '../clock.ts';
import type {
  AppendRequest,
  EventLog,
  KnownEntity,
  LogEntry,
  LogHead,
  LogState,
  LogVersion,
} from './event-log.ts';
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
  isListWhole: boolean | null;
  /** The greatest token that anything was appended under. */
  token: number;
  lastAppendId: string | null;
  usedAtMs: number;
  /** A log that somebody waits on is in use, and not forgotten. */
  readonly wakes: Set<(version: LogVersion) => void>;
}

export function createMemoryEventLog(options: MemoryEventLogOptions): EventLog {
  const { clock, bounds, maxTopics, maxTotalBytes, newId } = options;
  /** In the order of their last use, longest unused first. */
  const logs = new Map<string, TopicLog>();
  let totalBytes = 0;

  function logOf(topic: Topic): TopicLog {
    const key = topicKey(topic);
    const topicLog = logs.get(key) ?? begin();
    topicLog.usedAtMs = clock.now();
    logs.delete(key);
    logs.set(key, topicLog);
    resize(topicLog, () => {
      topicLog.window.trim(topicLog.usedAtMs);
    });
    forgetUnused(topicLog);
    return topicLog;
  }

  function begin(): TopicLog {
    return {
      epoch: newId(),
      revision: 0,
      window: new EventWindow(1, bounds),
      known: new Map(),
      knownBytes: 0,
      isComplete: false,
      isListWhole: null,
      token: 0,
      lastAppendId: null,
      usedAtMs: clock.now(),
      wakes: new Set(),
    };
  }

  /** Keeps the sum of all sizes true while `change` changes one of them. */
  function resize(topicLog: TopicLog, change: () => void): void {
    totalBytes -= topicLog.window.bytes + topicLog.knownBytes;
    change();
    totalBytes += topicLog.window.bytes + topicLog.knownBytes;
  }

  /** Forgets what is too old to be resumed, and then what does not fit; never what is in use, nor `current`. */
  function forgetUnused(current: TopicLog): void {
    const now = clock.now();
    for (const [key, topicLog] of logs) {
      const isTooOld = now - topicLog.usedAtMs > bounds.maxAgeMs;
      if (!isTooOld && logs.size <= maxTopics && totalBytes <= maxTotalBytes) return;
      if (topicLog === current || topicLog.wakes.size > 0) continue;
      logs.delete(key);
      totalBytes -= topicLog.window.bytes + topicLog.knownBytes;
    }
  }

  function know(topicLog: TopicLog, known: KnownEntity): void {
    const { id } = known.entity;
    const bytes = sizeOf(known.entity);
    topicLog.knownBytes += bytes - (topicLog.known.get(id)?.bytes ?? 0);
    topicLog.known.set(id, { known, bytes });
  }

  function store(
    topicLog: TopicLog,
    { id, events, entities, isComplete = false, isListWhole, token = 0 }: AppendRequest,
  ): readonly LogEntry[] {
    const now = clock.now();
    const entries: LogEntry[] = [];
    topicLog.revision++;
    topicLog.lastAppendId = id;
    topicLog.token = Math.max(topicLog.token, token);
    topicLog.isComplete ||= isComplete;
    topicLog.isListWhole = isListWhole ?? topicLog.isListWhole;
    resize(topicLog, () => {
      for (const known of entities) know(topicLog, known);
      for (const event of events) {
        const entry = { sequence: topicLog.window.newest + 1, event, bytes: sizeOf(event) };
        topicLog.window.push(entry, entry.bytes, now);
        entries.push(entry);
      }
    });
    return entries;
  }

  return {
    state: (topic) => Promise.resolve(stateOf(logOf(topic))),
    append(topic, request) {
      const { id, expected, events, token = 0 } = request;
      const topicLog = logOf(topic);
      const { epoch, revision, window } = topicLog;
      if (id === topicLog.lastAppendId) {
        const entries = entriesAfter(topicLog, window.newest - events.length, window.newest);
        return Promise.resolve({ kind: 'appended', head: headOf(topicLog), entries });
      }
      const isExpected = epoch === expected.epoch && revision === expected.revision;
      if (!isExpected || (token > 0 && token < topicLog.token))
        return Promise.resolve({ kind: 'conflict', state: stateOf(topicLog) });
      const entries = store(topicLog, request);
      const head = headOf(topicLog);
      for (const wake of [...topicLog.wakes]) wake(head);
      return Promise.resolve({ kind: 'appended', head, entries });
    },
    read(topic, { epoch, sequence }, limit) {
      const topicLog = logOf(topic);
      const { oldest, newest } = topicLog.window;
      if (epoch !== topicLog.epoch || sequence > newest || sequence + 1 < oldest)
        return Promise.resolve('gap');
      const until = Math.min(newest, sequence + limit);
      return Promise.resolve({
        entries: entriesAfter(topicLog, sequence, until),
        head: headOf(topicLog),
        isComplete: topicLog.isComplete && until === newest,
      });
    },
    onAppend(topic, wake) {
      const topicLog = logOf(topic);
      // Two that wait with the same function are two.
      const own = (version: LogVersion) => {
        wake(version);
      };
      topicLog.wakes.add(own);
      return Promise.resolve({
        [Symbol.dispose]: () => {
          topicLog.wakes.delete(own);
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

function headOf({ epoch, revision, window, isComplete, isListWhole }: TopicLog): LogHead {
  return { epoch, revision, sequence: window.newest, oldest: window.oldest, isComplete, isListWhole };
}

function stateOf(topicLog: TopicLog): LogState {
  return { ...headOf(topicLog), entities: Array.from(topicLog.known.values(), ({ known }) => known) };
}

/** Those that are kept, behind `sequence` and up to `until`. */
function entriesAfter({ window }: TopicLog, sequence: number, until: number): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  for (let next = sequence + 1; next <= until; next++) {
    const entry = window.get(next);
    if (entry) entries.push(entry);
  }
  return entries;
}
