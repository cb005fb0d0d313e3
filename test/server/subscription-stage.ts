/** `Subscriptions` over a topic that a test fills, a graph of one field and sinks that write down what they get. */
import { execute, parse } from 'graphql';
import { createSchema } from 'graphql-yoga';
import { GatewayError } from '../../src/errors.ts';
import type { Delivery } from '../../src/live/follow.ts';
import { type Follow, followFrom } from '../../src/live/following.ts';
import type { LiveTopic, TopicListener } from '../../src/live/live-topic.ts';
import type { Rendered } from '../../src/server/subscriptions/broadcast.ts';
import type { OperationContext } from '../../src/server/graphql/operation-context.ts';
import type { OnDefect } from '../../src/process/repeat.ts';
import { createPresentErrors } from '../../src/server/graphql/present-error.ts';
import type { Sink, SubscriptionEnd } from '../../src/server/subscriptions/subscriber.ts';
import type { SubscriptionRequest } from '../../src/server/subscriptions/subscription-request.ts';
import { createSubscriptions } from '../../src/server/subscriptions/subscriptions.ts';
import { createCallerWatch } from '../../src/security/caller-watch.ts';
import type { Caller } from '../../src/security/caller.ts';
import type { Scope } from '../../src/security/scopes.ts';
import { testCaller } from '../support/caller.ts';
import { scenarioRun } from '../support/entities.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createRecordingLog } from '../support/log.ts';

export const FOLLOW_THING =
  'subscription($after: String, $word: String) { thing(after: $after) { sequence skipped echo(word: $word) } }';

export interface TestTopic {
  /** Adds so many events. */
  append(count?: number): void;
  complete(): void;
  fail(error: GatewayError): void;
  /** How many hold on to it. */
  readonly holders: number;
  readonly listeners: number;
}

export interface TestSink extends Sink {
  readonly sent: readonly Rendered[];
  /** What was sent, as numbers of events: with how many it skipped when it did. */
  told(): readonly string[];
  readonly beats: number;
  readonly ending: SubscriptionEnd | null;
  /** Whether the connection takes more. */
  isOpen: boolean;
}

export interface Question {
  readonly query?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly account?: string;
  readonly scopes?: readonly Scope[];
  /** Instead of a fresh one of the account and scopes. */
  readonly caller?: Caller;
  /** @default a-request */
  readonly requestId?: string;
}

export function createSubscriptionStage({ maxLag = 4 }: { readonly maxLag?: number } = {}) {
  const clock = createFakeClock();
  const record = createRecordingLog();
  const topic = createTestTopic();
  /** What each execution was asked, and what it waits for. */
  const executions: number[] = [];
  const contexts = { made: 0, disposed: 0, signals: [] as AbortSignal[] };
  let gate: Promise<unknown> = Promise.resolve();
  let hasDefect = false;

  const schema = createSchema<OperationContext>({
    typeDefs: `
      type Query { nothing: String }
      type Subscription { thing(after: String): Thing!  broken: Thing! }
      type Thing { sequence: Int!  skipped: Int!  echo(word: String): String }
    `,
    resolvers: {
      Subscription: {
        thing: {
          subscribe: (_root: unknown, { after }: { after?: string | null }) => followOf(topic.live, after),
          resolve: (delivery: Delivery) => delivery,
        },
        broken: {
          subscribe: () => {
            throw new GatewayError('NOT_FOUND', 'There is no such thing');
          },
        },
      },
      Thing: {
        sequence: async ({ sequence }: Delivery) => {
          executions.push(sequence);
          await gate;
          return sequence;
        },
        echo: (_delivery: Delivery, { word }: { word?: string }) => {
          if (hasDefect) throw new Error('a defect');
          return word ?? null;
        },
      },
    },
  });
  const onDefect: OnDefect = (error) => {
    record.log.error('process.task_failed', { task: 'a test' }, error);
  };
  const subscriptions = createSubscriptions({
    schema,
    execute,
    clock,
    createContext: ({ caller, signal }) => {
      contexts.made++;
      contexts.signals.push(signal);
      return {
        caller,
        [Symbol.dispose]: () => {
          contexts.disposed++;
        },
      } as unknown as OperationContext;
    },
    watchCaller: createCallerWatch({ clock, intervalMs: 5_000, onDefect }),
    presentErrors: createPresentErrors({ log: record.log, errorId: () => 'an-error' }),
    settings: { maxLag, heartbeatMs: 15_000, stallTimeoutMs: 60_000, renderedEvents: 16 },
    onDefect,
  });

  return {
    clock,
    record,
    topic,
    subscriptions,
    executions,
    contexts,
    /** Executions wait for this from now on. */
    holdExecutions: (until: Promise<unknown>) => {
      gate = until;
    },
    breakExecutions: () => {
      hasDefect = true;
    },
    /** Lets everything happen that needs no time. */
    settle: () => clock.advance(0),
    async start(question: Question = {}) {
      const { query = FOLLOW_THING, variables = {}, account = 'alice', scopes } = question;
      const client = new AbortController();
      const sink = createTestSink();
      const request: SubscriptionRequest = {
        document: parse(query),
        text: query,
        variables,
        operationName: null,
        caller: question.caller ?? testCaller({ account, scopes }),
        lastEventId: undefined,
        requestId: question.requestId ?? 'a-request',
        signal: client.signal,
      };
      const started = await subscriptions.start(request, sink);
      if (started.kind === 'started') started.subscriber.resume();
      await clock.advance(0);
      return {
        started,
        sink,
        leave: () => {
          client.abort(new Error('The client has left'));
          if (started.kind === 'started') started.subscriber[Symbol.dispose]();
        },
        /** The connection takes again. */
        drain: () => {
          sink.isOpen = true;
          if (started.kind === 'started') started.subscriber.resume();
        },
      };
    },
  };
}

function createTestSink(): TestSink {
  const sent: Rendered[] = [];
  let beats = 0;
  let end: SubscriptionEnd | null = null;
  return {
    sent,
    transport: 'event-stream',
    isOpen: true,
    told: () =>
      sent.map(({ payload }) => {
        const { thing } = (
          JSON.parse(payload.toString()) as { data: { thing: { sequence: number; skipped: number } } }
        ).data;
        return (thing.skipped > 0 ? `(${String(thing.skipped)}) ` : '') + String(thing.sequence);
      }),
    get beats() {
      return beats;
    },
    get ending() {
      return end;
    },
    send(event) {
      if (end) throw new Error('Sent after the end');
      sent.push(event);
      return this.isOpen;
    },
    heartbeat: () => {
      beats++;
    },
    end: (why) => {
      if (end) throw new Error('Ended twice');
      end = why;
    },
  };
}

/** Cursors are the sequences themselves. */
function createTestTopic(): TestTopic & { readonly live: () => LiveTopic } {
  const listeners = new Set<TopicListener>();
  const entries: Delivery[] = [];
  let holders = 0;
  let isComplete = false;
  let failure: GatewayError | null = null;
  const current = scenarioRun({ id: 'scr_1' });
  const deliveryOf = (kind: Delivery['kind'], sequence: number): Delivery => ({
    kind,
    cursor: String(sequence),
    sequence,
    skipped: 0,
    event: { type: 'scenarioRun', atMs: 0, previousState: null, scenarioRun: current },
  });
  const wake = () => {
    for (const listener of [...listeners]) listener.wake();
  };
  const live = (): LiveTopic => {
    holders++;
    let own: TopicListener | undefined;
    return {
      ref: { kind: 'scenarioRun', id: 'scr_1' },
      current,
      epoch: 'an epoch',
      get head() {
        return entries.length;
      },
      entry: (sequence) => entries[sequence - 1],
      snapshot: () => deliveryOf('snapshot', entries.length),
      locate: (cursor) => ({ epoch: 'an epoch', sequence: Number(cursor) }),
      isBehind: false,
      get isComplete() {
        return isComplete;
      },
      get failure() {
        return failure;
      },
      isClosed: false,
      subscribe: (listener) => {
        own = listener;
        listeners.add(listener);
      },
      [Symbol.dispose]: () => {
        if (own) listeners.delete(own);
        holders--;
      },
    };
  };
  return {
    live,
    append: (count = 1) => {
      for (let added = 0; added < count; added++) {
        entries.push(deliveryOf('changed', entries.length + 1));
        wake();
      }
    },
    complete: () => {
      isComplete = true;
      wake();
    },
    fail: (error) => {
      failure = error;
      wake();
    },
    get holders() {
      return holders;
    },
    get listeners() {
      return listeners.size;
    },
  };
}

function followOf(live: () => LiveTopic, after: string | null | undefined): Follow {
  return {
    ref: { kind: 'scenarioRun', id: 'scr_1' },
    open: ({ lastEventId }) => Promise.resolve(followFrom(live(), lastEventId ?? after)),
    [Symbol.asyncIterator]: () => {
      throw new Error('A transport steps through the topic itself');
    },
  };
}
