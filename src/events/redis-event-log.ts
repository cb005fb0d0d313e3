/** `createRedisEventLog`: the `EventLog` that replicas share. What it keeps on Redis can be read and made by replicas only. */
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { sizeOf } from '../memory/size.ts';
import type { Redis, RedisReply, RedisScript } from '../redis/redis.ts';
import type { AppendRequest, AppendResult, EventLog, KnownEntity, LogEntry, LogState } from './event-log.ts';
import type { EventBounds } from './event-window.ts';
import type { LogCipher } from './log-cipher.ts';
import { followTopics } from './followed-topics.ts';
import { isReadable, listOf, readEntries, readFields, readHead, unreadable } from './redis-log-replies.ts';
import { APPEND, LOG_FORMAT, LOOK, READ, STATE } from './redis-log-scripts.ts';
import type { Topic } from './topic.ts';

export interface RedisEventLogOptions {
  readonly redis: Redis;
  readonly cipher: LogCipher;
  readonly clock: Clock;
  /** Of each topic. A topic that nobody uses is forgotten after the greatest age. */
  readonly bounds: EventBounds;
  /** Names the epoch of each log that is begun; never the same twice. */
  readonly newId: () => string;
}

/** Each followed topic is looked at at least this often, in milliseconds. */
const LONGEST_INTERVAL_MS = 5_000;

/** Entities that are opened or closed before others get their turn. */
const IN_ONE_TURN = 500;

export function createRedisEventLog(options: RedisEventLogOptions): EventLog {
  const { redis, cipher, clock, bounds, newId } = options;
  const { maxEvents, maxBytes, maxAgeMs } = bounds;

  const nameOf = (topic: Topic) => `${LOG_FORMAT}:{${cipher.nameOf(topic)}}`;
  const keysOf = (topic: Topic) => ['m', 's', 'e'].map((part) => redis.key(`${nameOf(topic)}:${part}`));

  async function run(script: RedisScript, topic: Topic, args: readonly (string | number)[]) {
    const common = [newId(), maxEvents, maxBytes, maxAgeMs, redis.history];
    return reachable(redis.run(script, { keys: keysOf(topic), args: [...common, ...args] }));
  }

  const followed = followTopics({
    redis,
    clock,
    // Often enough that what is followed is never forgotten.
    intervalMs: Math.min(LONGEST_INTERVAL_MS, maxAgeMs / 3),
    channelOf: (topic) => redis.key(nameOf(topic)),
    look: (topic) => redis.run(LOOK, { keys: keysOf(topic), args: [maxAgeMs, redis.history] }),
  });

  async function openEntities(topic: Topic, reply: RedisReply): Promise<readonly KnownEntity[]> {
    const entities: KnownEntity[] = [];
    for (const [index, [field, sealed]] of readFields(reply).entries()) {
      if (index % IN_ONE_TURN === IN_ONE_TURN - 1) await nextTurn(clock);
      const known = cipher.open(`${nameOf(topic)} entity ${field}`, sealed);
      if (!isReadable(known)) throw unreadable();
      entities.push(known as KnownEntity);
    }
    return entities;
  }

  async function closeEntities(topic: Topic, entities: readonly KnownEntity[]): Promise<readonly string[]> {
    const args: string[] = [];
    for (const [index, known] of entities.entries()) {
      if (index % IN_ONE_TURN === IN_ONE_TURN - 1) await nextTurn(clock);
      const field = cipher.fieldOf(known.entity.id);
      args.push(field, cipher.close(`${nameOf(topic)} entity ${field}`, known));
    }
    return args;
  }

  async function stateOf(topic: Topic, [head, entities = null]: readonly RedisReply[]): Promise<LogState> {
    return { ...readHead(head), entities: await openEntities(topic, entities) };
  }

  return {
    async state(topic) {
      return stateOf(topic, listOf(await run(STATE, topic, [])));
    },
    async append(topic, request): Promise<AppendResult> {
      const { id, expected, events, isComplete = false, isListWhole = null, token = 0 } = request;
      const place = placeOf(nameOf(topic), expected.epoch);
      const sizes = events.map((event) => sizeOf(event));
      const reply = await run(APPEND, topic, [
        expected.epoch,
        expected.revision,
        id,
        token,
        isComplete ? '1' : '0',
        isListWhole === null ? '' : String(isListWhole),
        redis.key(nameOf(topic)),
        events.length,
        ...events.flatMap((event, index) => [sizes[index] ?? 0, cipher.close(place, event)]),
        ...(await closeEntities(topic, request.entities)),
      ]);
      const answer = listOf(reply);
      if (answer.length > 1) return { kind: 'conflict', state: await stateOf(topic, answer) };
      const head = readHead(answer[0]);
      return { kind: 'appended', head, entries: appendedEntries(request, sizes, head.sequence) };
    },
    async read(topic, after, limit) {
      const reply = await run(READ, topic, [after.epoch, after.sequence, limit]);
      if (reply === null) return 'gap';
      const [header, rows = null] = listOf(reply);
      const head = readHead(header);
      const place = placeOf(nameOf(topic), head.epoch);
      const entries = readEntries(rows, after.sequence).map(({ sequence, bytes, sealed }): LogEntry => {
        const event = cipher.open(place, sealed);
        if (!isReadable(event)) throw unreadable();
        return { sequence, bytes, event: event as LogEntry['event'] };
      });
      const last = after.sequence + entries.length;
      return { entries, head, isComplete: head.isComplete && last === head.sequence };
    },
    onAppend: (topic, wake) => reachable(followed.follow(topic, wake)),
    [Symbol.asyncDispose]: () => {
      followed[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

/** Where the events of one life of a log stand. */
function placeOf(name: string, epoch: string): string {
  return `${name} event ${epoch}`;
}

/** What the log has made of the events of an append that ended with this sequence. */
function appendedEntries(
  { events }: AppendRequest,
  sizes: readonly number[],
  sequence: number,
): readonly LogEntry[] {
  const first = sequence - events.length + 1;
  return events.map((event, index) => ({ sequence: first + index, event, bytes: sizes[index] ?? 0 }));
}

function nextTurn(clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.nextTurn(resolve);
  });
}

async function reachable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The record of what is watched cannot be reached', {
      cause: error,
    });
  }
}
