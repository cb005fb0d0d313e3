/** Readers of what the scripts of the log answer: whoever can write to Redis may have made it, so nothing of it is believed unseen. */
import { GatewayError } from '../errors.ts';
import type { RedisReply } from '../redis/redis.ts';
import type { LogHead, LogVersion } from './event-log.ts';

export interface SealedEntry {
  readonly sequence: number;
  readonly bytes: number;
  readonly sealed: string;
}

/** No value of a log is longer; what is longer is not even opened. */
const MAX_LENGTH = 64 * 1024 * 1024; // 64 MiB
const MAX_EPOCH_LENGTH = 64;

export function unreadable(): GatewayError {
  return new GatewayError('UPSTREAM_UNAVAILABLE', 'The record of what is watched cannot be read');
}

export function listOf(reply: RedisReply | undefined): readonly RedisReply[] {
  if (typeof reply !== 'object' || reply === null) throw unreadable();
  return reply;
}

export function readHead(reply: RedisReply | undefined): LogHead {
  const [epoch, revision, sequence, oldest, complete, whole] = listOf(reply);
  return {
    epoch: readEpoch(epoch),
    revision: readCount(revision),
    sequence: readCount(sequence),
    oldest: readCount(oldest),
    isComplete: readCount(complete) === 1,
    isListWhole: whole === '' ? null : whole === 'true',
  };
}

/** Names and values in turn, as `HGETALL` answers them. */
export function readFields(reply: RedisReply): readonly (readonly [field: string, value: string])[] {
  const texts = listOf(reply).map(readText);
  return texts.flatMap((field, index) => (index % 2 === 0 ? [[field, texts[index + 1] ?? ''] as const] : []));
}

/** Entries of a stream behind a sequence, each with its time, its size and itself. */
export function readEntries(reply: RedisReply, after: number): readonly SealedEntry[] {
  return listOf(reply).map((row, index) => {
    const [id, fields] = listOf(row);
    const [, , , bytes, , sealed] = listOf(fields);
    const sequence = after + 1 + index;
    if (id !== `${String(sequence)}-0`) throw unreadable();
    return { sequence, bytes: readCount(bytes), sealed: readText(sealed ?? null) };
  });
}

/** What a wake says: an epoch, a sequence and a revision. Null for anything else. */
export function readWake(message: string): LogVersion | null {
  const [, epoch, revision] = /^([\w-]{1,64}) \d{1,15} (\d{1,15})$/.exec(message) ?? [];
  return epoch === undefined ? null : { epoch, revision: Number(revision) };
}

/** What the script `LOOK` answers. Null when there is no log, or nothing that can be understood. */
export function readVersion(reply: RedisReply): LogVersion | null {
  if (reply === null) return null;
  const [epoch, revision] = listOf(reply);
  return { epoch: readEpoch(epoch), revision: readCount(revision) };
}

/** Whether it is something that a replica has closed: what it is, replicas know. */
export function isReadable(opened: unknown): opened is object {
  return typeof opened === 'object' && opened !== null;
}

function readEpoch(reply: RedisReply | undefined): string {
  if (typeof reply !== 'string' || reply === '' || reply.length > MAX_EPOCH_LENGTH) throw unreadable();
  return reply;
}

function readText(reply: RedisReply): string {
  if (typeof reply !== 'string' || reply.length > MAX_LENGTH) throw unreadable();
  return reply;
}

function readCount(reply: RedisReply | undefined): number {
  const count = typeof reply === 'string' ? Number(reply) : reply;
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) throw unreadable();
  return count;
}
