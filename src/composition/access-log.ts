/** `createAccessLog`: the line that each operation leaves, as many of them as the settings let it. */
import { hash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AccessLogConfig } from '../config/logs-config.ts';
import type { LogAttributes, Logger } from '../observability/logger.ts';
import { type Caller, ANONYMOUS } from '../security/caller.ts';
import type { OperationRecord } from '../server/graphql/operation-observer.ts';
import type { ReadDocument } from '../server/graphql/operation.ts';

export interface AccessLogOptions {
  readonly settings: AccessLogConfig;
  readonly clock: Clock;
  readonly log: Logger;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly nameOf: (read: ReadDocument) => string;
}

export interface AccessLog extends AsyncDisposable {
  readonly note: (record: OperationRecord) => void;
}

const WINDOW_MS = 1_000;

/** Anonymous clients can make lines, too, hence the bound. */
export function createAccessLog({ settings, clock, log, random, nameOf }: AccessLogOptions): AccessLog {
  const { level, share, maxPerSec } = settings;
  let endsAtMs = -Infinity;
  let written = 0;
  let leftOut = 0;
  let cancel: (() => void) | null = null;
  const tellLeftOut = () => {
    cancel?.();
    cancel = null;
    if (leftOut > 0) log[level]('operation.lines_left_out', { count: leftOut });
    leftOut = 0;
  };
  const hasRoom = (nowMs: number): boolean => {
    if (nowMs >= endsAtMs) {
      endsAtMs = nowMs + WINDOW_MS;
      written = 0;
    }
    if (written < maxPerSec) {
      written++;
      return true;
    }
    leftOut++;
    cancel ??= clock.after(Math.max(0, endsAtMs - nowMs), tellLeftOut);
    return false;
  };
  return {
    note: (record) => {
      if (record.errors.length === 0 && share < 1 && random() >= share) return;
      // Whoever is refused without being known could fill the log: `auth.refused` tells of them, sampled.
      if (!record.caller && record.errors.length > 0) return;
      const nowMs = clock.now();
      if (hasRoom(nowMs)) log[level]('operation.done', attributesOf(record, { nowMs, nameOf }));
    },
    [Symbol.asyncDispose]: () => {
      tellLeftOut();
      return Promise.resolve();
    },
  };
}

/** Never a value of what was asked: the hash of the document stands for it. */
function attributesOf(
  record: OperationRecord,
  { nowMs, nameOf }: Pick<AccessLogOptions, 'nameOf'> & { readonly nowMs: number },
): LogAttributes {
  const { read, caller, errors, subscription } = record;
  return {
    operation: read ? nameOf(read) : undefined,
    type: read?.operation,
    hash: read ? documentHash(read) : undefined,
    transport: record.transport,
    ...whoIs(caller),
    durationMs: nowMs - record.startedAtMs,
    answeredBy: record.answeredBy ?? undefined,
    calls: record.tally?.actual ?? 0,
    cost: record.predictedCalls ?? undefined,
    ...(record.isAbandoned ? { reason: 'left' } : {}),
    ...(subscription
      ? { reason: subscription.reason, deliveries: subscription.sent, skipped: subscription.skipped }
      : {}),
    status: record.status ?? undefined,
    ...(record.isAbandoned || errors.length === 0 ? {} : { code: codeOf(record), errors: errors.length }),
    requestId: record.requestId,
    traceId: record.trace?.traceId,
  };
}

/** The code of its first error; null when it has none. */
export function codeOf({ errors: [first] }: Pick<OperationRecord, 'errors'>): string | null {
  return first ? String(first.extensions['code']) : null;
}

/** The id of a key that was never accepted identifies nobody. */
function whoIs(caller: Caller | null): LogAttributes {
  if (!caller) return { caller: 'anonymous' };
  return caller.boundId === ANONYMOUS
    ? { caller: 'unverified' }
    : { caller: 'verified', callerId: caller.id };
}

const hashes = new WeakMap<ReadDocument, string>();

/** The SHA-256 of the document in hexadecimal, by which trusted and persisted documents are known. */
function documentHash(read: ReadDocument): string {
  const known = hashes.get(read);
  if (known !== undefined) return known;
  const made = hash('sha256', read.text, 'hex');
  hashes.set(read, made);
  return made;
}
