/** The conditions on runs that the upstream does not know: which of them it can be asked all the same, and which runs meet the rest. */
import { GatewayError } from '../errors.ts';
import type { KeyValue, Outcome } from '../upstream/types.ts';

/** Conditions add up: a run has to meet all that are given. */
export interface RunConditions<State extends string> {
  /** Any of these; at least one. */
  readonly states?: readonly State[] | undefined;
  /** Started at this instant or later. A run without a start meets no condition on it. */
  readonly startedAfter?: number | undefined;
  /** Started before this instant. */
  readonly startedBefore?: number | undefined;
  /** Every pair has to be among the metadata, as it is written. */
  readonly metadata?: readonly KeyValue[] | undefined;
  readonly outcome?: Outcome | undefined;
  /** From 0 to 1, inclusive. A run without a score meets no condition on it. */
  readonly minScore?: number | undefined;
  /** From 0 to 1, inclusive. */
  readonly maxScore?: number | undefined;
  /** In milliseconds, 0 or more, inclusive. A run without a duration meets no condition on it. */
  readonly minDurationMs?: number | undefined;
  /** In milliseconds, inclusive. */
  readonly maxDurationMs?: number | undefined;
}

/** The fields of a run that conditions are matched against. */
export interface MatchableRun {
  readonly state: string;
  readonly startedAtMs: number | null;
  readonly metadata: readonly KeyValue[];
  readonly score: number | null;
  /** Null while the run goes on. */
  readonly durationMs: number | null;
  /** Null while there is none. */
  readonly outcome: Outcome | null;
}

/** How a list is asked for. */
export type ConditionsPlan<State extends string> =
  /** The conditions contradict each other: no run can meet them. */
  | { readonly kind: 'nothing' }
  /** The upstream is asked for `state`; every run that it answers meets the conditions. */
  | { readonly kind: 'upstream'; readonly state: State | undefined }
  /** The upstream filters by `state`; `conditions` are matched here, row by row. */
  | { readonly kind: 'scan'; readonly state: State | undefined; readonly conditions: RunConditions<State> };

/** Pairs of metadata in one filter. */
const MAX_METADATA = 20;

/** `state` is the one state that the list is asked for beside the conditions. BAD_USER_INPUT when a condition makes no sense. */
export function planConditions<State extends string>(
  state: State | undefined,
  conditions: RunConditions<State>,
): ConditionsPlan<State> {
  check(conditions);
  const { states, ...rest } = conditions;
  const wanted = states && [...new Set(states)].filter((each) => state === undefined || each === state);
  if (wanted?.length === 0) return { kind: 'nothing' };
  const only = wanted?.length === 1 ? wanted[0] : undefined;
  // What this version cannot name, it cannot ask for; it can see it.
  const one = state ?? only;
  const asked = one === 'unknown' ? undefined : one;
  const matchedStates = asked === undefined ? (wanted ?? (one === undefined ? undefined : [one])) : undefined;
  const left = { ...rest, ...(matchedStates ? { states: matchedStates } : {}) };
  const isLeft = Object.values(left).some((condition) => condition !== undefined);
  return isLeft ? { kind: 'scan', state: asked, conditions: left } : { kind: 'upstream', state: asked };
}

export function meets<State extends string>(conditions: RunConditions<State>, run: MatchableRun): boolean {
  const { states, startedAfter, startedBefore, metadata = [], outcome } = conditions;
  const { minScore, maxScore, minDurationMs, maxDurationMs } = conditions;
  const { startedAtMs, score, durationMs } = run;
  return (
    (states === undefined || states.some((state) => state === run.state)) &&
    (startedAfter === undefined || (startedAtMs !== null && startedAtMs >= startedAfter)) &&
    (startedBefore === undefined || (startedAtMs !== null && startedAtMs < startedBefore)) &&
    (outcome === undefined || run.outcome === outcome) &&
    isWithin(score, minScore, maxScore) &&
    isWithin(durationMs, minDurationMs, maxDurationMs) &&
    metadata.every(({ key, value }) =>
      run.metadata.some((entry) => entry.key === key && entry.value === value),
    )
  );
}

/** What has no value is within no bounds. */
function isWithin(value: number | null, min: number | undefined, max: number | undefined): boolean {
  if (min === undefined && max === undefined) return true;
  return value !== null && value >= (min ?? -Infinity) && value <= (max ?? Infinity);
}

/**
 * Whether a row is still `ahead` of the end of the runs that started late enough, or `behind` it: then no later row did. Lists
 * are in the order in which runs were made, newest first, and a run starts when it is made; `slackMs` is how far two starts
 * may be out of that order.
 */
export function placeOfStart(
  { startedAfter }: Pick<RunConditions<string>, 'startedAfter'>,
  { startedAtMs }: Pick<MatchableRun, 'startedAtMs'>,
  slackMs: number,
): 'ahead' | 'behind' | 'unknown' {
  if (startedAfter === undefined || startedAtMs === null) return 'unknown';
  return startedAtMs < startedAfter - slackMs ? 'behind' : 'ahead';
}

function check(conditions: RunConditions<string>): void {
  const { states, startedAfter, startedBefore, metadata, minScore, maxScore } = conditions;
  const { minDurationMs, maxDurationMs } = conditions;
  if (states?.length === 0) throw expected('`filter.states` to name at least one state, or to be absent');
  for (const [name, score] of Object.entries({ minScore, maxScore })) {
    if (score !== undefined && !(score >= 0 && score <= 1))
      throw expected(`\`filter.${name}\` to be 0 to 1, got ${String(score)}`);
  }
  for (const [name, durationMs] of Object.entries({ minDurationMs, maxDurationMs })) {
    if (durationMs !== undefined && !(durationMs >= 0))
      throw expected(`\`filter.${name}\` to be 0 or more milliseconds, got ${String(durationMs)}`);
  }
  checkBounds('Score', minScore, maxScore);
  checkBounds('DurationMs', minDurationMs, maxDurationMs);
  if (startedAfter !== undefined && startedBefore !== undefined && startedAfter >= startedBefore)
    throw expected('`filter.startedAfter` to be earlier than `filter.startedBefore`');
  if (metadata && (metadata.length === 0 || metadata.length > MAX_METADATA)) {
    throw expected(
      `\`filter.metadata\` to hold 1 to ${String(MAX_METADATA)} pairs, got ${String(metadata.length)}`,
    );
  }
}

function checkBounds(of: string, min: number | undefined, max: number | undefined): void {
  if (min === undefined || max === undefined || min <= max) return;
  throw expected(
    `\`filter.min${of}\` to be at most \`filter.max${of}\`, got ${String(min)} and ${String(max)}`,
  );
}

function expected(what: string): GatewayError {
  return new GatewayError('BAD_USER_INPUT', `Expected ${what}`);
}
