/** `createLogTail`: one topic's log in the memory of this process, so that a follower's step never waits. */
import type { Clock } from '../clock.ts';
import type { Cursors } from '../events/cursor.ts';
import type { EventLog, LogEntry, LogHead, LogPage, LogState, LogVersion } from '../events/event-log.ts';
import { type EventBounds, EventWindow } from '../events/event-window.ts';
import type { Watchable } from '../events/event.ts';
import type { Topic } from '../events/topic.ts';
import type { ScenarioCountMemo } from '../statistics/run-totals.ts';
import type { ReadMark } from '../upstream/types.ts';
import type { Delivery, FollowSource } from './follow.ts';
import type { FollowedKind } from './kinds/followed-kind.ts';
import { KINDS } from './kinds/kinds.ts';
import type { RunningTotals } from './running-totals.ts';

export interface LogTail extends Pick<FollowSource, 'epoch' | 'head' | 'entry' | 'locate' | 'isComplete'> {
  /** The watched thing at `head`. */
  readonly current: Watchable;
  /** How things are at `head`, or at the end of a log that has not been read yet; `atMs` is when they were last seen to be so. */
  snapshot(atMs: number): Delivery;
  /** Whether everything up to this append is here. */
  has(version: LogVersion): boolean;
  /** Takes what this process has appended itself, so that it need not be read. Nothing is taken when something is missing before it. */
  take(entries: readonly LogEntry[], head: LogHead): void;
  /** Reads what was appended since the last read. Resolves to false when the log has begun anew, and this tail is of no use. */
  catchUp(): Promise<boolean>;
}

/** A log in which the watched thing was recorded, as it is now. */
export interface TailBase {
  readonly state: LogState;
  readonly subject: Watchable;
}

export interface LogTailOptions {
  readonly log: EventLog;
  readonly topic: Topic;
  readonly cursors: Cursors;
  readonly clock: Clock;
  readonly bounds: EventBounds;
  /** Whether every scenario run of a watched benchmark run was listed. */
  readonly isListWhole: () => boolean;
  /** Where the order of all reads is: what is read of other things from now on is no older than what the log says. */
  readonly mark: () => ReadMark;
  /** When what is taken or read next was appended, as far as this process can tell. @default now */
  readonly appendedAtMs?: () => number;
  /** What others have appended has been read. Followers get it after this has returned. */
  readonly onRead: (page: LogPage) => void;
  /** Some of what others have appended was dropped before it was read: this is what all of it adds up to. */
  readonly onSkipped: (state: LogState) => void;
}

/** Entries of one read of the log. */
const READ_LIMIT = 500;

/** Is empty until it has caught up: what the log holds up to `base` can then be replayed. */
export function createLogTail(base: TailBase, options: LogTailOptions): LogTail {
  const { log, topic, cursors, clock, bounds } = options;
  const kind: FollowedKind = KINDS[topic.ref.kind];
  const scenarioCount: ScenarioCountMemo = { value: undefined };
  let { state, subject: current } = base;
  let { revision } = state;
  let totals = totalsIn(state);
  let window = new EventWindow<Delivery>(state.oldest, bounds);
  let isComplete = state.isComplete && window.newest === state.sequence;
  let snapshot: Delivery | null = null;
  /** Since when things are as they are at `head`. */
  let mark = options.mark();
  /** The catching up that is under way, if any. */
  let reading: Promise<boolean> | null = null;
  /** Something was appended since the reading that is under way began. */
  let isBehind = false;

  function totalsIn({ entities, sequence }: LogState): RunningTotals | null {
    return kind.totals({ entities, sequence }, { isWhole: options.isListWhole, memo: scenarioCount });
  }

  function push({ sequence, event, bytes }: LogEntry): void {
    const cursor = cursors.encode(topic, { epoch: state.epoch, sequence });
    mark = options.mark();
    const now = clock.now();
    const appendedAtMs = options.appendedAtMs?.() ?? now;
    const entry = { kind: 'changed', cursor, sequence, skipped: 0, event, mark, appendedAtMs } as const;
    window.push({ ...entry, ...totalsAt(sequence) }, bytes, now);
    totals?.take(sequence, event);
    totals?.forget(window.oldest);
    if (sequence > state.sequence) current = kind.subject(event);
  }

  function totalsAt(sequence: number): Pick<Delivery, 'totals'> {
    const own = totals;
    return own ? { totals: () => own.at(sequence) } : {};
  }

  async function readOn(): Promise<boolean> {
    try {
      while (isBehind) {
        isBehind = false;
        if (!(await readPage())) return false;
      }
      return true;
    } finally {
      // In the same turn as the last look at `isBehind`: a wake-up between the two would be lost.
      reading = null;
    }
  }

  async function readPage(): Promise<boolean> {
    const page = await log.read(topic, { epoch: state.epoch, sequence: window.newest }, READ_LIMIT);
    if (page === 'gap') {
      isBehind = true;
      return restart();
    }
    const { entries, head } = page;
    for (const entry of entries) push(entry);
    isComplete = page.isComplete;
    if (entries.length === READ_LIMIT) isBehind = true;
    else revision = Math.max(revision, head.revision);
    options.onRead(page);
    return true;
  }

  /** The log has dropped what was to be read next: the tail starts anew from what is left. */
  async function restart(): Promise<boolean> {
    const next = await log.state(topic);
    const subject = subjectIn(next, topic);
    if (next.epoch !== state.epoch || !subject) return false;
    state = next;
    current = subject;
    window = new EventWindow(state.oldest, bounds);
    totals = totalsIn(state);
    mark = options.mark();
    options.onSkipped(state);
    return true;
  }

  return {
    get epoch() {
      return state.epoch;
    },
    get head() {
      return window.newest;
    },
    get current() {
      return current;
    },
    get isComplete() {
      return isComplete;
    },
    entry: (sequence) => window.get(sequence),
    locate(cursor) {
      const position = cursors.decode(topic, cursor);
      const isDropped = position?.epoch === state.epoch && position.sequence + 1 < window.oldest;
      return isDropped ? null : position;
    },
    snapshot(atMs) {
      // Until what the log holds has been read, `current` is ahead of the window.
      const sequence = Math.max(window.newest, state.sequence);
      if (snapshot?.sequence !== sequence || snapshot.event.atMs !== atMs) {
        const cursor = cursors.encode(topic, { epoch: state.epoch, sequence });
        const event = kind.snapshot(current, atMs);
        snapshot = { kind: 'snapshot', cursor, sequence, skipped: 0, event, mark, ...totalsAt(sequence) };
      }
      return snapshot;
    },
    has: (version) => version.epoch === state.epoch && version.revision <= revision,
    take(entries, head) {
      // While a page is on its way, nobody knows up to where it will be.
      if (reading || head.epoch !== state.epoch || window.newest + entries.length !== head.sequence) return;
      for (const entry of entries) push(entry);
      revision = head.revision;
      isComplete = head.isComplete;
    },
    catchUp() {
      isBehind = true;
      reading ??= readOn();
      return reading;
    },
  };
}

/** The watched thing, when there is anything in the log. */
function subjectIn({ entities }: LogState, { ref }: Topic): Watchable | undefined {
  return entities.find(({ entity }) => entity.id === ref.id)?.entity;
}
