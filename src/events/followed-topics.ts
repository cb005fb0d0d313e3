/** `followTopics`: wakes those who follow a topic when something is appended to it, and looks for itself, for a wake may be lost. */
import { type Clock, startDeadline } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Redis, RedisReply } from '../redis/redis.ts';
import { raceSignal } from '../values/race-signal.ts';
import type { LogVersion } from './event-log.ts';
import { readVersion, readWake } from './redis-log-replies.ts';
import { type Topic, topicKey } from './topic.ts';

export type Wake = (version: LogVersion | null) => void;

export interface FollowedTopics extends Disposable {
  /** Resolves when Redis has acknowledged that the topic is followed. */
  follow(topic: Topic, wake: Wake): Promise<Disposable>;
}

export interface FollowedTopicsOptions {
  readonly redis: Redis;
  readonly clock: Clock;
  /** How often all followed topics are looked at, in milliseconds. */
  readonly intervalMs: number;
  readonly channelOf: (topic: Topic) => string;
  /** How the log of a topic stands. */
  readonly look: (topic: Topic) => Promise<RedisReply>;
}

interface FollowedTopic {
  readonly topic: Topic;
  readonly wakes: Set<Wake>;
}

/** The longest that a new follower waits for Redis. */
const FOLLOW_TIMEOUT_MS = 2_000;

export function followTopics(options: FollowedTopicsOptions): FollowedTopics {
  const { redis, clock, intervalMs, channelOf, look } = options;
  const topics = new Map<string, FollowedTopic>();
  let cancel: (() => void) | null = null;
  let isDisposed = false;

  const wakeAll = ({ wakes }: FollowedTopic, version: LogVersion | null) => {
    for (const wake of [...wakes]) wake(version);
  };

  const stopListening = redis.onReconnect(() => {
    // What was published meanwhile is lost.
    for (const followed of topics.values()) wakeAll(followed, null);
  });

  /** The commands of all topics travel together. */
  async function lookAtAll(): Promise<void> {
    await Promise.all(
      [...topics.values()].map(async (followed) => {
        try {
          wakeAll(followed, readVersion(await look(followed.topic)));
        } catch {
          // Redis is away: it is looked again when it is back.
        }
      }),
    );
  }

  function arm(): void {
    if (cancel || isDisposed || topics.size === 0) return;
    cancel = clock.after(intervalMs, () => {
      void lookAtAll().finally(() => {
        cancel = null;
        arm();
      });
    });
  }

  return {
    async follow(topic, wake) {
      if (!redis.isReady) throw away();
      const key = topicKey(topic);
      const followed = topics.get(key) ?? { topic, wakes: new Set<Wake>() };
      // Two that wait with the same function are two.
      const own: Wake = (version) => {
        wake(version);
      };
      followed.wakes.add(own);
      topics.set(key, followed);
      const leave = () => {
        followed.wakes.delete(own);
        if (followed.wakes.size === 0 && topics.get(key) === followed) topics.delete(key);
      };
      const subscribing = redis.subscribe(channelOf(topic), (message) => {
        own(readWake(message));
      });
      try {
        using deadline = startDeadline(clock, FOLLOW_TIMEOUT_MS, { reason: away });
        const subscription = await raceSignal(subscribing, deadline.signal);
        arm();
        return {
          [Symbol.dispose]: () => {
            leave();
            subscription.unsubscribe();
          },
        };
      } catch (error) {
        leave();
        // Redis may acknowledge it yet.
        subscribing.then(
          (late) => {
            late.unsubscribe();
          },
          () => undefined,
        );
        throw error;
      }
    },
    [Symbol.dispose]() {
      isDisposed = true;
      stopListening();
      cancel?.();
      topics.clear();
    },
  };
}

function away(): GatewayError {
  return new GatewayError('UPSTREAM_UNAVAILABLE', 'Nothing more can be followed while Redis is away');
}
