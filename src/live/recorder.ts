/** `createRecorder`: brings changes of state into the log, one append at a time and in order, also when somebody else appends. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AppendRequest, AppendResult, LogHead, LogState } from '../events/event-log.ts';
import type { WatchKind } from '../events/event.ts';
import type { FollowedKind } from './kinds/followed-kind.ts';
import { KINDS } from './kinds/kinds.ts';
import { type KnownState, lastOfEach, type StateChange } from './known-state.ts';

export interface Recorder {
  /** Records a change soon; many that come in one go are one append. */
  record(change: StateChange): void;
  /** Records whether the latest list of parts has left none out. */
  recordList(isWhole: boolean): void;
  /** Records that there will be no more. */
  complete(): void;
  /** Resolves when everything is in the log, and rejects when the log cannot take it: then it is tried again here. */
  flush(): Promise<void>;
  /** The state is what the log adds up to: nothing waits, and nothing is on its way. */
  readonly isIdle: boolean;
  /** How the log stood when it was last appended to or read. */
  readonly head: LogHead;
  /** What others have appended up to here is in the state. */
  advance(head: LogHead): void;
  /** What is known was compared with another log than this one: it is compared anew. */
  rebase(recorded: LogState): void;
}

export interface RecorderOptions {
  readonly kind: WatchKind;
  readonly append: (request: AppendRequest) => Promise<AppendResult>;
  readonly clock: Clock;
  readonly state: KnownState;
  /** What the state was loaded from. */
  readonly head: LogHead;
  /** Of the lease that is polled under now; 0 without one. */
  readonly token: () => number;
}

/** Changes that wait for a log that is away; when there are more, they become one. */
const MAX_WAITING = 100;

type Batch = Omit<AppendRequest, 'expected'>;

export function createRecorder(options: RecorderOptions): Recorder {
  const { append, clock, state } = options;
  const kind: FollowedKind = KINDS[options.kind];
  const name = randomUUID();
  let batches = 0;
  let { head } = options;
  let waiting: StateChange[] = [];
  let isCompleting = false;
  let isListWhole: boolean | null = null;
  /** What was sent and not answered: it may be in the log, so it is sent again as it was. */
  let unanswered: Batch | null = null;
  /** The last append has failed. */
  let isAway = false;
  /** The drain that is under way. Invariant: there is at most one, so appends never overtake each other. */
  let drain: Promise<void> | null = null;

  const hasMore = () => unanswered !== null || waiting.length > 0 || isCompleting || isListWhole !== null;

  async function appendAll(): Promise<void> {
    try {
      // The changes that are recorded one by one in this very turn become one append.
      await Promise.resolve();
      while (hasMore()) await appendBatch();
    } finally {
      // In the same turn as the last look at what waits: what came between the two would be left there.
      drain = null;
    }
  }

  async function appendBatch(): Promise<void> {
    const batch = (unanswered ??= nextBatch());
    const result = await append({ ...batch, expected: head }).catch((error: unknown) => {
      isAway = true;
      throw error;
    });
    isAway = false;
    unanswered = null;
    if (result.kind === 'appended') ({ head } = result);
    else {
      isCompleting ||= batch.isComplete === true;
      isListWhole ??= batch.isListWhole ?? null;
      rebase(result.state);
    }
  }

  function nextBatch(): Batch {
    const batch = {
      id: `${name}-${String(++batches)}`,
      events: kind.coalesce(waiting.flatMap((change) => change.events)),
      entities: lastOfEach(waiting),
      isComplete: isCompleting,
      isListWhole,
      token: options.token(),
    };
    waiting = [];
    isCompleting = false;
    isListWhole = null;
    return batch;
  }

  /** What waits was compared with a log that somebody else has appended to since: it is compared anew with that log. */
  function rebase(recorded: LogState): void {
    const change = state.rebase(recorded.entities, clock.now());
    if (recorded.isListWhole === null) isListWhole ??= head.isListWhole;
    head = recorded;
    // Nothing comes after the last event, whoever has recorded that.
    waiting = recorded.isComplete || isEmpty(change) ? [] : [change];
    isCompleting &&= !recorded.isComplete;
    if (recorded.isComplete || isListWhole === recorded.isListWhole) isListWhole = null;
  }

  function flush(): Promise<void> {
    drain ??= appendAll();
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
      if (isAway && waiting.length > MAX_WAITING) waiting = [state.squash(waiting, clock.now())];
      start();
    },
    recordList(isWhole) {
      if (head.isListWhole === isWhole && isListWhole === null) return;
      isListWhole = isWhole;
      start();
    },
    complete() {
      isCompleting = true;
      start();
    },
    flush: () => (hasMore() || drain ? flush() : Promise.resolve()),
    get isIdle() {
      return drain === null && !hasMore();
    },
    get head() {
      return head;
    },
    advance(next) {
      head = next;
    },
    rebase(recorded) {
      rebase(recorded);
      if (hasMore()) start();
    },
  };
}

function isEmpty({ events, entities }: StateChange): boolean {
  return events.length === 0 && entities.length === 0;
}
