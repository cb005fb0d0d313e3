/** `schedule`: how long to wait until the next poll. Decides only; waits nowhere. */
import type { LiveSettings } from './live-settings.ts';

/**
 * - `active`: it goes on.
 * - `scored`: it has its result and may stay like that for ever.
 * - `list`: it is a list, which goes on for ever.
 * - `ending`: it has become terminal, and is read once more.
 */
export type PollMode = 'active' | 'scored' | 'list' | 'ending';

export interface ScheduleInput {
  readonly pollMode: PollMode;
  /** When something of it has changed last, as Unix time in milliseconds. */
  readonly lastChangedAtMs: number;
  /** How many calls a poll takes. */
  readonly weight: number;
  /** How many polls have failed in a row. */
  readonly failures: number;
  /** Until when the upstream wants no polls of this account; in the past when it has not said so. */
  readonly slowUntilMs: number;
  readonly nowMs: number;
  /** From 0 to below 1: spreads polls, so that what was started together does not stay together. */
  readonly random: number;
}

type ScheduleSettings = Pick<
  LiveSettings,
  | 'pollIntervalMs'
  | 'idlePollIntervalMs'
  | 'idleAfterMs'
  | 'scoredPollIntervalMs'
  | 'listPollIntervalMs'
  | 'listIdlePollIntervalMs'
  | 'confirmAfterMs'
  | 'jitter'
  | 'errorBackoffMaxMs'
>;

/** Milliseconds from now. */
export function schedule(input: ScheduleInput, settings: ScheduleSettings): number {
  const { slowUntilMs, nowMs, random } = input;
  const factor = 1 + settings.jitter * (2 * random - 1);
  const waitMs = Math.max(backoffMs(input, settings), intervalMs(input, settings)) * factor;
  const penaltyMs = slowUntilMs - nowMs;
  // Never earlier than the upstream asked, and not everybody in the same instant.
  return penaltyMs > 0 ? Math.max(waitMs, penaltyMs + random * settings.pollIntervalMs) : waitMs;
}

function intervalMs(input: ScheduleInput, settings: ScheduleSettings): number {
  const { pollMode, lastChangedAtMs, nowMs, weight } = input;
  if (pollMode === 'ending') return settings.confirmAfterMs;
  const { idleAfterMs } = settings;
  const { usualMs, slowestMs } = intervalsOf(pollMode, settings);
  const quietMs = nowMs - lastChangedAtMs;
  const ease = idleAfterMs === 0 ? 1 : clamp((quietMs - idleAfterMs) / idleAfterMs);
  return weight * (usualMs + ease * (slowestMs - usualMs));
}

/** The wait while things change, and when nothing has changed for long. */
function intervalsOf(pollMode: PollMode, settings: ScheduleSettings) {
  const { pollIntervalMs, idlePollIntervalMs, scoredPollIntervalMs } = settings;
  switch (pollMode) {
    case 'list':
      return { usualMs: settings.listPollIntervalMs, slowestMs: settings.listIdlePollIntervalMs };
    case 'scored':
      return { usualMs: pollIntervalMs, slowestMs: scoredPollIntervalMs };
    default:
      return { usualMs: pollIntervalMs, slowestMs: idlePollIntervalMs };
  }
}

function backoffMs({ failures }: ScheduleInput, settings: ScheduleSettings): number {
  return failures === 0 ? 0 : Math.min(settings.errorBackoffMaxMs, settings.pollIntervalMs * 2 ** failures);
}

function clamp(part: number): number {
  return Math.min(1, Math.max(0, part));
}
