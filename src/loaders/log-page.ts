/** `pageOfLog`: one page of the lines of a log, which the upstream hands out all at once. */
import { beginningOf } from '../values/beginning-of.ts';
import { GatewayError, UnreadableRow } from '../errors.ts';
import type { DevboxLog, DevboxLogSource, Row } from '../upstream/types.ts';
import type { ScannedRows } from './scan.ts';
import { stableOrder } from './stable-order.ts';

/** The conditions that the upstream does not know. They add up. */
export interface LogConditions {
  /** In the words of its source, whatever their case. */
  readonly level?: string | undefined;
  readonly source?: DevboxLogSource | undefined;
  /** Text in the message or the command, whatever its case. */
  readonly search?: string | undefined;
}

export interface LogBounds {
  /** Lines that are looked at for one page. */
  readonly maxLines: number;
  /** Bytes of the text on one page; a single line may be longer. */
  readonly pageMaxBytes: number;
  /** Characters of one message, of one command, and of what can be searched for. */
  readonly messageMaxChars: number;
}

/** Told what looking at a line costs, in characters. Throws when an operation has looked at as much as it may. */
export type Charge = (chars: number) => void;

const free: Charge = () => undefined;

/** What it costs to look at a line, whatever its texts. */
const LINE_CHARS = 100;

/** A line as it is shown. */
export interface LogLine extends DevboxLog {
  /** When it was written, and which of the lines of that instant it is: lines that come later leave it alone. */
  readonly cursor: string;
  /** Whether its message or command goes on beyond what is shown. */
  readonly isCut: boolean;
}

/** Where a line stands in its log. */
export interface LogPosition {
  readonly atMs: number;
  readonly ordinal: number;
}

interface Placed {
  readonly line: Row<DevboxLog>;
  readonly position: LogPosition;
}

/** Which part of a log: of the lines between two positions that meet the conditions, so many from one end. */
export interface LogRange {
  readonly count: number;
  readonly from: 'start' | 'end';
  readonly after: LogPosition | null;
  readonly before: LogPosition | null;
  readonly conditions: LogConditions;
}

/**
 * The page that a range asks for, oldest first. A line that cannot be read is on it, whatever the conditions. The log goes
 * on behind `resumeAfter`, or before it when it was looked at from the end.
 */
export function pageOfLog(
  lines: readonly Row<DevboxLog>[],
  { count, from, after, before, conditions }: LogRange,
  bounds: LogBounds,
  charge: Charge = free,
): ScannedRows<LogLine> {
  const matches = matcherOf(conditions, charge);
  const rows: Row<LogLine>[] = [];
  let lastShown: LogPosition | null = null;
  let lastSeen = from === 'start' ? after : before;
  let examined = 0;
  let bytes = 0;
  const answer = (hasMore: boolean, isExhaustive: boolean): ScannedRows<LogLine> => {
    const last = isExhaustive ? lastShown : lastSeen;
    return {
      rows: from === 'start' ? rows : rows.reverse(),
      hasMore,
      isExhaustive,
      resumeAfter: last && cursorOf(last),
    };
  };
  for (const { line, position } of placedLines(lines, from)) {
    charge(LINE_CHARS);
    if (after && !isBehind(position, after)) continue;
    if (before && !isBehind(before, position)) continue;
    if (++examined > bounds.maxLines) return answer(true, false);
    if (line instanceof GatewayError || matches(line)) {
      if (rows.length === count) return answer(true, true);
      const row = placed(line, position, bounds);
      bytes += row instanceof GatewayError ? 0 : bytesOf(row);
      if (rows.length > 0 && bytes > bounds.pageMaxBytes) return answer(true, false);
      rows.push(row);
      lastShown = position;
    }
    lastSeen = position;
  }
  return answer(false, true);
}

/** How many lines meet the conditions; null where not every line can be looked at, or read. */
export function countOfLog(
  lines: readonly Row<DevboxLog>[],
  conditions: LogConditions,
  { maxLines }: Pick<LogBounds, 'maxLines'>,
  charge: Charge = free,
): number | null {
  const isFiltered = Object.values(conditions).some((condition) => condition !== undefined);
  if (!isFiltered) return lines.length;
  if (lines.length > maxLines || lines.some((line) => line instanceof GatewayError)) return null;
  charge(lines.length * LINE_CHARS);
  const matches = matcherOf(conditions, charge);
  return lines.filter((line) => !(line instanceof GatewayError) && matches(line)).length;
}

/**
 * By time, from either end; lines of the same instant, and what does not say when it was written, stay where the upstream has
 * them. A log may have a hundred thousand lines of which one is shown: no object is made for the others.
 */
function* placedLines(lines: readonly Row<DevboxLog>[], from: LogRange['from']): Generator<Placed> {
  const { times, order } = inOrder(lines);
  const placeAt = (index: number) => order?.[index] ?? index;
  const timeAt = (index: number) => times[placeAt(index)] ?? 0;
  let instant = NaN;
  let ordinal = 0;
  for (let step = 0; step < times.length; step++) {
    const index = from === 'start' ? step : times.length - 1 - step;
    const line = lines[placeAt(index)];
    const atMs = timeAt(index);
    if (atMs === instant) ordinal += from === 'start' ? 1 : -1;
    else {
      instant = atMs;
      ordinal = from === 'start' ? 0 : linesBefore(index, timeAt);
    }
    if (line) yield { line, position: { atMs, ordinal } };
  }
}

/** How many lines of the same instant are before this one. */
function linesBefore(index: number, timeAt: (index: number) => number): number {
  let before = 0;
  while (before < index && timeAt(index - before - 1) === timeAt(index)) before++;
  return before;
}

/** When each line was written, and the lines in that order; null where they are in it already, as nearly always. */
function inOrder(lines: readonly Row<DevboxLog>[]): {
  readonly times: Float64Array;
  readonly order: Uint32Array | null;
} {
  const times = new Float64Array(lines.length);
  let latestMs = 0;
  let isOrdered = true;
  // Without an iterator, which takes several times as long.
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    const atMs = line === undefined || line instanceof GatewayError ? latestMs : (line.atMs ?? latestMs);
    if (atMs < latestMs) isOrdered = false;
    times[index] = latestMs = atMs;
  }
  return { times, order: isOrdered ? null : stableOrder(times) };
}

function isBehind(position: LogPosition, after: LogPosition): boolean {
  return position.atMs > after.atMs || (position.atMs === after.atMs && position.ordinal > after.ordinal);
}

function matcherOf({ level, source, search }: LogConditions, charge: Charge): (line: DevboxLog) => boolean {
  const [wantedLevel, text] = [level?.toLowerCase(), search?.toLowerCase()];
  const isIn = (part: string | null) => {
    if (part === null || text === undefined) return false;
    charge(part.length);
    return part.toLowerCase().includes(text);
  };
  return (line) =>
    (wantedLevel === undefined || line.level.toLowerCase() === wantedLevel) &&
    (source === undefined || line.source === source) &&
    (text === undefined || isIn(line.message) || isIn(line.command));
}

/** What cannot be read has its place all the same, which its cursor tells. */
function placed(line: Row<DevboxLog>, position: LogPosition, { messageMaxChars }: LogBounds): Row<LogLine> {
  return line instanceof GatewayError
    ? new UnreadableRow(cursorOf(position), line)
    : shown(line, position, messageMaxChars);
}

function shown(line: DevboxLog, position: LogPosition, maxChars: number): LogLine {
  const message = line.message && beginningOf(line.message, maxChars);
  const command = line.command && beginningOf(line.command, maxChars);
  const isCut = message !== line.message || command !== line.command;
  return { ...line, message, command, isCut, cursor: cursorOf(position) };
}

function bytesOf({ message, command }: LogLine): number {
  return Buffer.byteLength(message ?? '') + Buffer.byteLength(command ?? '');
}

function cursorOf({ atMs, ordinal }: LogPosition): string {
  return `${String(atMs)}-${String(ordinal)}`;
}

/** The position that a cursor names; BAD_USER_INPUT when it names none. */
export function positionOf(cursor: string, argument: 'after' | 'before' = 'after'): LogPosition {
  const [, atMs, ordinal] = /^(\d{1,16})-(\d{1,9})$/.exec(cursor) ?? [];
  if (atMs === undefined || ordinal === undefined) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `Expected \`${argument}\` to be a cursor of this log, such as one of \`pageInfo\` of another page`,
    );
  }
  return { atMs: Number(atMs), ordinal: Number(ordinal) };
}
