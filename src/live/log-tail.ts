/** `createLogTail`: one topic's log in the memory of this process, so that a follower's step never waits. */
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Cursors } from '../events/cursor.ts';
import type { EventLog, LogEntry, LogState } from '../events/event-log.ts';
import { type EventBounds, EventWindow } from '../events/event-window.ts';
import type { Watchable } from '../events/event.ts';
import type { Topic } from '../events/topic.ts';
import type { ScenarioCountMemo } from '../statistics/run-totals.ts';
import type { ReadMark } from '../upstream/types.ts';
import type { Delivery, FollowSource } from './follow.ts';
import type { FollowedKind } from './kinds/followed-kind.ts';
import { KINDS } from './kinds/kinds.ts';
import type { RunningTotals } from './running-totals.ts';

export interface LogTail extends Pick<FollowSource, 'head' | 'entry' | 'locate' | 'isComplete'> {
  /** The watched thing at `head`. */
  readonly current: Watchable;
  /** How things are at `head`; `atMs` is when they were last seen to be so. */
  snapshot(atMs: number): Delivery;
  /** Reads what was appended since the last read. Resolves to false when the log was lost, so that nothing more can be read. */
  catchUp(): Promise<boolean>;
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
}

/** Entries of one read of the log. */
const READ_LIMIT = 500;

/** It has caught up with the log when this resolves. */
export async function createLogTail(options: LogTailOptions): Promise<LogTail> {
  const { log, topic, cursors, clock, bounds } = options;
  const kind: FollowedKind = KINDS[topic.ref.kind];
  const scenarioCount: ScenarioCountMemo = { value: undefined };
  let state = await log.state(topic);
  let totals = totalsIn(state);
  let window = new EventWindow<Delivery>(state.oldest, bounds);
  let current = subjectIn(state, topic);
  let isComplete = false;
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

  function take({ sequence, event, bytes }: LogEntry): void {
    const cursor = cursors.encode(topic, { epoch: state.epoch, sequence });
    mark = options.mark();
    const entry = { kind: 'changed', cursor, sequence, skipped: 0, event, mark } as const;
    window.push({ ...entry, ...totalsAt(sequence) }, bytes, clock.now());
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
    for (const entry of page.entries) take(entry);
    isComplete = page.isComplete;
    if (page.entries.length === READ_LIMIT) isBehind = true;
    return true;
  }

  /** The log has dropped what was to be read next: the tail starts anew from what is left. */
  async function restart(): Promise<boolean> {
    const next = await log.state(topic);
    if (next.epoch !== state.epoch) return false;
    state = next;
    window = new EventWindow(state.oldest, bounds);
    totals = totalsIn(state);
    current = subjectIn(state, topic);
    mark = options.mark();
    return true;
  }

  const tail: LogTail = {
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
      if (position?.epoch !== state.epoch || position.sequence > window.newest) return null;
      return position.sequence + 1 < window.oldest ? null : position.sequence;
    },
    snapshot(atMs) {
      const sequence = window.newest;
      if (snapshot?.sequence !== sequence || snapshot.event.atMs !== atMs) {
        const cursor = cursors.encode(topic, { epoch: state.epoch, sequence });
        const event = kind.snapshot(current, atMs);
        snapshot = { kind: 'snapshot', cursor, sequence, skipped: 0, event, mark, ...totalsAt(sequence) };
      }
      return snapshot;
    },
    catchUp() {
      isBehind = true;
      reading ??= readOn();
      return reading;
    },
  };
  await tail.catchUp();
  return tail;
}

function subjectIn({ entities }: LogState, { ref }: Topic): Watchable {
  const subject = entities.find(({ entity }) => entity.id === ref.id);
  // A log is read only after a base was recorded in it: this one was lost in between.
  if (!subject)
    throw new GatewayError('UPSTREAM_UNAVAILABLE', 'What was recorded of the watched thing is lost');
  return subject.entity;
}
