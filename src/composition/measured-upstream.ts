/** The upstream and Redis, as metrics, and what is looked at only when somebody asks. */
import type { Clock } from '../clock.ts';
import type { Live } from '../live/live.ts';
import type { PlanMemoryOptions } from '../loaders/plan/plan-memory.ts';
import type { Series } from '../observability/metrics/durations.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import type { OpenedRedis, RedisObserver } from '../redis/open-redis.ts';
import { RedisRefusal } from '../redis/redis.ts';
import type { WebSocketEndpoint } from '../server/subscriptions/websocket.ts';
import type { CachingUpstream } from '../upstream/cache/caching-upstream.ts';
import type { CallEvent, UpstreamObserver } from '../upstream/observer.ts';
import type { RestUpstream } from '../upstream/rest/rest.ts';

export function measureUpstream(metrics: Metrics, observer: UpstreamObserver): UpstreamObserver {
  // By the labels as one text, which is found faster than an object with them.
  const known = new Map<string, Series>();
  const queued = {
    interactive: metrics.upstreamQueue.series({ priority: 'interactive' }),
    background: metrics.upstreamQueue.series({ priority: 'background' }),
  };
  const seriesOf = ({ method, route, cause, result }: CallEvent): Series => {
    const ended = 'status' in result ? String(result.status) : result.failure;
    const key = `${method} ${route} ${cause} ${ended}`;
    const found = known.get(key);
    if (found) return found;
    const made = metrics.upstreamCalls.series({ method, route, cause, result: ended });
    known.set(key, made);
    return made;
  };
  return {
    ...observer,
    call: (event) => {
      const { method, route, priority, durationMs, queuedMs, attempt } = event;
      seriesOf(event).recordMs(durationMs);
      queued[priority].recordMs(queuedMs);
      if (attempt > 1) metrics.upstreamRetries.inc({ method, route });
      observer.call(event);
    },
  };
}

export function measureGuesses(metrics: Metrics): PlanMemoryOptions['onGuess'] & object {
  return (kind, found) => {
    metrics.plannedLists.inc({ kind });
    metrics.plannedLookUps.inc({ kind }, found);
    // The list is a call, too.
    metrics.savedCalls.inc({ kind }, Math.max(0, found - 1));
  };
}

export function measureRedisObserver(metrics: Metrics, observer: RedisObserver): RedisObserver {
  return {
    ...observer,
    lost: (reason) => {
      metrics.redisLosses.inc();
      observer.lost(reason);
    },
    failed: (error) => {
      metrics.redisFailures.inc();
      observer.failed(error);
    },
  };
}

/** The same Redis, with how long each of its answers took. `clock` is that of the machine, as Redis is on the network. */
export function measureRedis(metrics: Metrics, clock: Clock, redis: OpenedRedis): OpenedRedis {
  metrics.onCollect(() => {
    metrics.redisUp.set(redis.isReady ? 1 : 0);
  });
  const timed = async <T>(command: string, work: () => Promise<T>): Promise<T> => {
    const startedAtMs = clock.now();
    let result = 'unavailable';
    try {
      const reply = await work();
      result = 'ok';
      return reply;
    } catch (error) {
      if (error instanceof RedisRefusal) result = 'refused';
      throw error;
    } finally {
      metrics.redisCommands.series({ command, result }).recordMs(clock.now() - startedAtMs);
    }
  };
  return {
    ...redis,
    get isReady() {
      return redis.isReady;
    },
    send: (command, options) => timed(command[0], () => redis.send(command, options)),
    sendAll: (commands, options) => timed('several', () => redis.sendAll(commands, options)),
    run: (script, call, options) => timed('script', () => redis.run(script, call, options)),
  };
}

/** What is looked at only when somebody asks. */
export function measureState(
  metrics: Metrics,
  state: {
    readonly live: Live;
    readonly upstream: CachingUpstream;
    readonly rest: Pick<RestUpstream, 'load'>;
    readonly sockets: Pick<WebSocketEndpoint, 'size'>;
  },
): void {
  metrics.onCollect(() => {
    const { live, upstream, rest, sockets } = state;
    metrics.watchers.set(live.watcherCount);
    metrics.sockets.set(sockets.size);
    metrics.cacheBytes.set(upstream.cached.bytes);
    metrics.cacheEntries.set(upstream.cached.size);
    metrics.cacheReads.reset();
    for (const [kind, { hits, misses }] of Object.entries(upstream.counts)) {
      metrics.cacheReads.inc({ kind, result: 'hit' }, hits);
      metrics.cacheReads.inc({ kind, result: 'miss' }, misses);
    }
    const { load } = rest;
    metrics.upstreamRunning.set(load.running);
    metrics.upstreamWaiting.set({ priority: 'interactive' }, load.waiting.interactive);
    metrics.upstreamWaiting.set({ priority: 'background' }, load.waiting.background);
    metrics.limitedAccounts.set(load.limitedAccounts);
    metrics.pausedAccounts.set(load.pausedAccounts);
    if (load.slowestPerSec === null) metrics.slowestRate.remove();
    else metrics.slowestRate.set(load.slowestPerSec);
  });
}
