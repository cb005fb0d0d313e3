/** A `Live` over an upstream in memory and a clock that stands still, and followers that write down what they get. */
import { GatewayError } from '../../src/errors.ts';
import type { EventLog } from '../../src/events/event-log.ts';
import type { ListKind, LiveEvent, LiveEventOf, WatchRef } from '../../src/events/event.ts';
import { createMemoryEventLog } from '../../src/events/memory-event-log.ts';
import type { Replicas } from '../../src/events/replicas.ts';
import { type Delivery, type FollowStep, nextFor, startReader } from '../../src/live/follow.ts';
import { createLive, type Live } from '../../src/live/live.ts';
import type { LiveOptions, PollFailedEvent } from '../../src/live/live-options.ts';
import { DEFAULT_LIVE_SETTINGS, type LiveSettings } from '../../src/live/live-settings.ts';
import { Account } from '../../src/upstream/account.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { createFakeUpstream, type FakeUpstream } from '../support/fake-upstream.ts';

export interface LiveStage extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly upstream: FakeUpstream;
  readonly log: EventLog;
  readonly live: Live;
  readonly account: Account;
  readonly pollFailures: readonly PollFailedEvent[];
  /** Follows `ref`, takes what is there at once and whatever comes, as a client does that is never slow. */
  follow(
    ref: WatchRef,
    options?: { readonly after?: string; readonly account?: Account },
  ): Promise<TestFollower>;
}

export interface TestFollower {
  readonly deliveries: readonly Delivery[];
  /** How it ended; null while it goes on. */
  readonly end: Exclude<FollowStep, { kind: 'deliver' | 'wait' }> | null;
  readonly leave: () => void;
}

export interface LiveStageOptions {
  readonly settings?: Partial<LiveSettings>;
  readonly random?: () => number;
  readonly clock?: FakeClock;
  readonly log?: EventLog;
  readonly replicas?: Replicas;
  readonly upstream?: FakeUpstream;
  readonly onRecordedElsewhere?: LiveOptions['onRecordedElsewhere'];
}

export function accountOf(key: string): Account {
  return new Account(key, { hashSecret: 'test' });
}

export function createLiveStage(options: LiveStageOptions = {}): LiveStage {
  const clock = options.clock ?? createFakeClock();
  const upstream = options.upstream ?? createFakeUpstream(clock);
  const settings = { ...DEFAULT_LIVE_SETTINGS, jitter: 0, ...options.settings };
  const log = options.log ?? createTestLog(clock, settings);
  const account = accountOf('ak_1');
  const pollFailures: PollFailedEvent[] = [];
  const live = createLive({
    upstream,
    log,
    clock,
    random: options.random ?? (() => 0.5),
    cursorKeys: [Buffer.from('secret')],
    settings,
    ...(options.replicas ? { replicas: options.replicas } : {}),
    ...(options.onRecordedElsewhere ? { onRecordedElsewhere: options.onRecordedElsewhere } : {}),
    observer: { pollFailed: (event) => pollFailures.push(event) },
  });
  return {
    clock,
    upstream,
    log,
    live,
    account,
    pollFailures,
    async follow(ref, { after, account: other = account } = {}) {
      const topic = await live.open(other, ref, { signal: new AbortController().signal });
      const deliveries: Delivery[] = [];
      let end: TestFollower['end'] = null;
      let reader = startReader(topic, { after });
      const step = () => {
        while (!end) {
          const next = nextFor(reader, topic, { maxLag: settings.followerMaxLag });
          if (next.kind === 'wait') return;
          if (next.kind === 'deliver') {
            deliveries.push(next.delivery);
            reader = next.reader;
          } else {
            end = next;
            topic[Symbol.dispose]();
          }
        }
      };
      topic.subscribe({ wake: step });
      step();
      return {
        deliveries,
        get end() {
          return end;
        },
        leave: () => {
          topic[Symbol.dispose]();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await live[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
    },
  };
}

export function createTestLog(clock: FakeClock, settings: LiveSettings): EventLog {
  let epochs = 0;
  return createMemoryEventLog({
    clock,
    bounds: {
      maxEvents: settings.logMaxEvents,
      maxBytes: settings.logMaxBytes,
      maxAgeMs: settings.logMaxAgeMs,
    },
    maxTopics: settings.logMaxTopics,
    maxTotalBytes: settings.logMaxTotalBytes,
    newId: () => `epoch-${String(++epochs)}`,
  });
}

/** Each delivery in short: `=running` for a snapshot, `running>scored` for a change. */
export function summaries(deliveries: readonly Delivery[]): readonly string[] {
  return deliveries.map(({ kind, event, skipped }) => {
    const words = wordsOf(event);
    return (
      (skipped > 0 ? `(${String(skipped)}) ` : '') + (kind === 'snapshot' ? `=${words[1]}` : words.join('>'))
    );
  });
}

function wordsOf(event: LiveEvent): readonly [string, string] {
  switch (event.type) {
    case 'scenarioRun':
      return [event.previousState ?? '', event.scenarioRun.state];
    case 'benchmarkRun': {
      const changes = event.changes.map(
        ({ previousState, scenarioRun }) => ` ${scenarioRun.id}:${previousState ?? ''}>${scenarioRun.state}`,
      );
      return [event.previousState ?? '', event.benchmarkRun.state + changes.join('')];
    }
    case 'benchmarkJob':
      return [event.previousState ?? '', event.benchmarkJob.state];
    case 'devbox':
      return [event.previousStatus ?? '', event.devbox.status];
    case 'benchmarkRuns':
    case 'scenarioRuns':
    case 'benchmarkJobs':
      return wordsOfList(event);
  }
}

/** Of a list its rows, and what happened to them: `+` added, `~` changed, `-` removed. */
function wordsOfList({ page, changes }: LiveEventOf<ListKind>): readonly [string, string] {
  const rows = page.rows.map(({ id, state }) => `${id}:${state}`).join(' ');
  const signs = { added: '+', changed: '~', removed: '-' };
  const news = changes.map(
    ({ kind, row, previousState }) => `${signs[kind]}${row.id}:${previousState ?? ''}>${row.state}`,
  );
  return [news.join(' '), `[${rows}]`];
}

export function errorOf(code: GatewayError['code'], retryAfterMs?: number): GatewayError {
  return new GatewayError(code, 'as told', retryAfterMs === undefined ? {} : { retryAfterMs });
}
