/** `createFollowerStage`: followers of things that move a little and then end, over a world that stands still. */
import { execute, parse } from 'graphql';
import { schema } from '../../schema/index.ts';
import { loadConfig } from '../../src/config.ts';
import { GatewayError } from '../../src/errors.ts';
import type {
  EntityKind,
  ListKind,
  LiveEventOf,
  BenchmarkJobLiveEvent,
  BenchmarkRunLiveEvent,
  DevboxLiveEvent,
  LiveEvent,
  ScenarioRunLiveEvent,
  Watchable,
  WatchableOf,
  WatchKind,
  WatchRef,
} from '../../src/events/event.ts';
import type { Delivery } from '../../src/live/follow.ts';
import { type Follow, followFrom, type Following } from '../../src/live/following.ts';
import { type ListQuestion, listRef, questionOf } from '../../src/live/kinds/list-ref.ts';
import type { LiveTopic, TopicListener } from '../../src/live/live-topic.ts';
import { createLoaders } from '../../src/loaders/loaders.ts';
import { filterLists } from '../../src/loaders/filter-lists.ts';
import type { Caller } from '../../src/security/caller.ts';
import type { OperationContext } from '../../src/server/graphql/operation-context.ts';
import { createPresentErrors } from '../../src/server/graphql/present-error.ts';
import type { Sink, SubscriptionEnd } from '../../src/server/subscriptions/subscriber.ts';
import { createSubscriptions } from '../../src/server/subscriptions/subscriptions.ts';
import type { Page } from '../../src/upstream/types.ts';
import type { UpstreamSession } from '../../src/upstream/upstream.ts';
import { testCaller } from '../support/caller.ts';
import { createRecordingLog } from '../support/log.ts';
import { type Recording, replaySession } from '../support/replayed-session.ts';
import type { Variables } from './followers.ts';
import { openStillWorld } from './still-world.ts';
import type { ValuePool } from './values.ts';

export interface FollowerStage extends AsyncDisposable {
  /** What documents can ask for. */
  readonly pool: ValuePool;
  /** Follows by one document with each of the variables, from before the first event until after the last. */
  readonly follow: (asked: {
    readonly query: string;
    readonly operationName: string;
    readonly variables: readonly Variables[];
  }) => Promise<FollowedTogether>;
}

export interface FollowedTogether {
  /** What each of them got. */
  readonly told: readonly string[];
  /** How often an event was executed for one or more of them. */
  readonly executions: number;
}

const BOUNDS = loadConfig({});

/** So many events are there before anybody follows, and one comes after all do. */
const EARLIER_EVENTS = 1;

/** Where a follower may resume: at the beginning, behind the event that is there, and in no log. */
const EVENT_CURSORS = ['at 0', 'at 1', 'nowhere', ''];

export async function createFollowerStage(): Promise<FollowerStage> {
  const still = await openStillWorld({ scenarioRuns: 120 });
  const { clock, session } = still;
  /** Whoever asks is answered as whoever asked first, so that only what is asked makes a difference. */
  const recording: Recording = new Map();
  const things = await someThings(session);
  const presentErrors = createPresentErrors({ log: createRecordingLog().log, errorId: () => 'an error' });

  /** What is followed under way, by who follows: each follows by itself, as if nobody else did. */
  const worlds = new Map<string, World>();
  let follows = 0;
  const worldOf = ({ account }: Caller) => {
    const world = worlds.get(account.id);
    if (!world) throw new Error('Nobody follows any more');
    return world;
  };
  const subscriptions = createSubscriptions({
    schema,
    execute: (args) => {
      worldOf((args.contextValue as OperationContext).caller).executions++;
      return execute(args);
    },
    clock,
    createContext: ({ caller }) => {
      let loaders: OperationContext['loaders'] | undefined;
      const context: Partial<OperationContext> & Disposable = {
        caller,
        permits: () => true,
        get loaders() {
          return (loaders ??= filterLists(
            createLoaders(replaySession(session, { recording, faultyOneIn: Infinity, seed: 0 }).session),
            BOUNDS,
          ));
        },
        live: worldOf(caller).live,
        [Symbol.dispose]: () => undefined,
      };
      return context as OperationContext;
    },
    watchCaller: () => () => undefined,
    presentErrors,
    settings: { maxLag: 100, heartbeatMs: 1e9, stallTimeoutMs: 1e9, renderedEvents: 16 },
    onDefect: (error) => {
      throw error;
    },
  });

  return {
    pool: poolOf(things, clock.now()),
    follow: async ({ query, operationName, variables }) => {
      const caller = testCaller({ account: String(++follows) });
      const world = createWorld(things);
      worlds.set(caller.account.id, world);
      const document = parse(query);
      const sinks = [];
      for (const each of variables) {
        const sink = createSink();
        sinks.push(sink);
        const request = { document, text: query, variables: each, operationName, caller };
        const started = await subscriptions.start({ ...request, ...SAME_FOR_ALL }, sink);
        if (started.kind === 'started') started.subscriber.resume();
        if (started.kind === 'refused') sink.refuse(started.errors);
      }
      world.finish();
      const told = await Promise.all(sinks.map(({ all }) => all));
      worlds.delete(caller.account.id);
      return { told, executions: world.executions };
    },
    async [Symbol.asyncDispose]() {
      await subscriptions[Symbol.asyncDispose]();
      await still[Symbol.asyncDispose]();
    },
  };
}

const SAME_FOR_ALL = {
  lastEventId: undefined,
  requestId: 'a request',
  signal: new AbortController().signal,
};

/** Things that are followed together. */
interface World {
  readonly live: Following;
  /** Tells the last event of everything. */
  readonly finish: () => void;
  executions: number;
}

function createWorld(things: Things): World {
  const topics = new Map<string, Topic>();
  const topicOf: TopicOf = ({ kind, id }) => {
    const thing = isList(kind) ? pageOf(kind, id, things) : things[kind].find((each) => each.id === id);
    if (!thing) throw new GatewayError('NOT_FOUND', 'There is no such thing');
    const topic = topics.get(`${kind} ${id}`) ?? createTopic({ kind, id }, thing);
    topics.set(`${kind} ${id}`, topic);
    return topic;
  };
  const followList =
    <L extends ListKind>(list: L) =>
    (question: ListQuestion<L>, after: string | null | undefined) =>
      followOf<LiveEventOf<L>>(listRef(list, question), after, topicOf);
  return {
    live: {
      scenarioRun: (id, after) => followOf<ScenarioRunLiveEvent>({ kind: 'scenarioRun', id }, after, topicOf),
      benchmarkRun: (id, after) =>
        followOf<BenchmarkRunLiveEvent>({ kind: 'benchmarkRun', id }, after, topicOf),
      benchmarkJob: (id, after) =>
        followOf<BenchmarkJobLiveEvent>({ kind: 'benchmarkJob', id }, after, topicOf),
      devbox: (id, after) => followOf<DevboxLiveEvent>({ kind: 'devbox', id }, after, topicOf),
      benchmarkRuns: followList('benchmarkRuns'),
      scenarioRuns: followList('scenarioRuns'),
      benchmarkJobs: followList('benchmarkJobs'),
    },
    finish: () => {
      for (const topic of topics.values()) topic.finish();
    },
    executions: 0,
  };
}

type TopicOf = (ref: WatchRef) => Topic;

type Things = { readonly [K in EntityKind]: readonly WatchableOf<K>[] };

const ROWS_OF = {
  benchmarkRuns: 'benchmarkRun',
  scenarioRuns: 'scenarioRun',
  benchmarkJobs: 'benchmarkJob',
} as const satisfies Record<ListKind, EntityKind>;

function isList(kind: WatchKind): kind is ListKind {
  return kind in ROWS_OF;
}

/** Whatever is asked, the rows are the newest: which of them meet a condition is asked of others. */
function pageOf(list: ListKind, id: string, things: Things): Watchable {
  const { first } = questionOf(id);
  const rows = things[ROWS_OF[list]].slice(0, first);
  return { type: list, id, rows, hasMore: false, isExhaustive: true } as WatchableOf<ListKind>;
}

async function someThings(session: UpstreamSession): Promise<Things> {
  const page = { limit: 4, totalCount: false };
  const rows = async <T>(list: Promise<Page<T>>) =>
    (await list).rows.filter((row): row is Exclude<typeof row, Error> => !(row instanceof Error));
  return {
    scenarioRun: await rows(session.list('scenarioRuns', {}, page)),
    benchmarkRun: await rows(session.list('benchmarkRuns', {}, page)),
    benchmarkJob: await rows(session.list('benchmarkJobs', {}, page)),
    devbox: await rows(session.list('devboxes', {}, page)),
  };
}

function poolOf(things: Things, nowMs: number): ValuePool {
  const ids = (kind: EntityKind) => things[kind].map(({ id }) => id);
  return {
    ids: {
      scr: ids('scenarioRun'),
      bmr: ids('benchmarkRun'),
      bmj: ids('benchmarkJob'),
      dbx: ids('devbox'),
      none: ['scr_nobody'],
    },
    texts: ['agent', 'model', ''],
    instantsMs: [nowMs - 86_400_000, nowMs, 0],
    pageSizes: [1, 2, 3],
    eventCursors: EVENT_CURSORS,
  };
}

interface Topic {
  readonly live: () => LiveTopic;
  /** Tells the last event. */
  readonly finish: () => void;
}

function createTopic(ref: WatchRef, thing: Watchable): Topic {
  const listeners = new Set<TopicListener>();
  let head = EARLIER_EVENTS;
  const deliveryOf = (kind: Delivery['kind'], sequence: number): Delivery => ({
    kind,
    cursor: `at ${String(sequence)}`,
    sequence,
    skipped: 0,
    event: eventOf(thing, kind),
  });
  const snapshot = deliveryOf('snapshot', EARLIER_EVENTS);
  return {
    live: () => {
      let own: TopicListener | undefined;
      return {
        ref,
        current: thing,
        epoch: 'an epoch',
        get head() {
          return head;
        },
        entry: (sequence) => (sequence > head ? undefined : deliveryOf('changed', sequence)),
        snapshot: () => snapshot,
        locate: (cursor) =>
          /^at \d$/.test(cursor) ? { epoch: 'an epoch', sequence: Number(cursor.slice(3)) } : null,
        isBehind: false,
        get isComplete() {
          return head > EARLIER_EVENTS;
        },
        failure: null,
        isClosed: false,
        subscribe: (listener) => {
          own = listener;
          listeners.add(listener);
        },
        [Symbol.dispose]: () => {
          if (own) listeners.delete(own);
        },
      };
    },
    finish: () => {
      head = EARLIER_EVENTS + 1;
      for (const listener of [...listeners]) listener.wake();
    },
  };
}

function eventOf(thing: Watchable, kind: Delivery['kind']): LiveEvent {
  const isChange = kind === 'changed';
  switch (thing.type) {
    case 'ScenarioRun':
      return { type: 'scenarioRun', atMs: 0, previousState: isChange ? 'running' : null, scenarioRun: thing };
    case 'BenchmarkRun':
      return {
        type: 'benchmarkRun',
        atMs: 0,
        previousState: isChange ? 'running' : null,
        benchmarkRun: thing,
        changes: [],
      };
    case 'BenchmarkJob':
      return { type: 'benchmarkJob', atMs: 0, previousState: null, benchmarkJob: thing };
    case 'Devbox':
      return { type: 'devbox', atMs: 0, previousStatus: isChange ? 'queued' : null, devbox: thing };
    default: {
      const [row] = thing.rows;
      const added = { kind: 'added', row, previousState: null, index: 0 };
      const changes = isChange && row ? [added] : [];
      // Rows and changes are those of the same list.
      return { type: thing.type, atMs: 0, page: thing, changes } as LiveEventOf<ListKind>;
    }
  }
}

function followOf<E extends LiveEvent>(
  ref: WatchRef,
  after: string | null | undefined,
  topicOf: TopicOf,
): Follow<E> {
  return {
    ref,
    open: () => Promise.resolve(followFrom(topicOf(ref).live(), after)),
    [Symbol.asyncIterator]: () => {
      throw new Error('A transport steps through the topic itself');
    },
  };
}

/** Writes down what it is sent, until the end. */
function createSink(): Sink & { readonly all: Promise<string>; readonly refuse: (why: unknown) => void } {
  const lines: string[] = [];
  let finish: (all: string) => void = () => undefined;
  const all = new Promise<string>((resolve) => {
    finish = resolve;
  });
  const end = (why: SubscriptionEnd) => {
    lines.push(why.kind);
    finish(lines.join('\n'));
  };
  return {
    all,
    transport: 'event-stream',
    send: ({ streamEvent }) => {
      lines.push(streamEvent.toString());
      return true;
    },
    heartbeat: () => undefined,
    refuse: (why) => {
      lines.push(JSON.stringify(why));
      finish(lines.join('\n'));
    },
    end,
  };
}
