/** `planBatch`: the fewest calls that may answer a batch of look-ups by id, from what is known of the ids. It decides only. */
import type { Experience } from './plan-experience.ts';
import type { BatchGuess, Strategy, Wanted } from './strategy.ts';

export interface Plan {
  /** To be got one by one. */
  readonly gets: readonly string[];
  readonly guesses: readonly BatchGuess[];
  /** Strategies that would have been taken, had they paid lately. */
  readonly skipped: readonly Strategy[];
}

/** What one guess may ask for at most. */
export interface PlanBounds {
  /** Rows; with 0 nothing is guessed. */
  readonly maxRows: number;
  /** Bytes of an answer, by the size that rows had so far. */
  readonly maxBytes: number;
}

export interface PlanOptions {
  /** The strategies that there are, best first. */
  readonly strategies: readonly Strategy[];
  readonly experience: Experience;
  readonly bounds: PlanBounds;
}

/** Rows that `within` and `newest` ask for in any case: lists of definitions are short. */
const ROWS_AT_LEAST = 100;

/** Rows that cost about as much as one call: a guess asks for no more of them than it can spare calls. */
const ROWS_PER_CALL = 20;

/** Rows that a seek asks for beyond those it expects to need. */
const SLACK_ROWS = 10;

/** Each wanted id once, in some guess or among the gets. */
export function planBatch(wanted: readonly Wanted[], options: PlanOptions): Plan {
  // A list never costs less than getting the one thing.
  const [one] = wanted;
  if (one && wanted.length === 1) return { gets: [one.id], guesses: [], skipped: [] };
  const { strategies, experience, bounds } = options;
  const maxRows = Math.min(bounds.maxRows, Math.floor(bounds.maxBytes / experience.rowBytes));
  const guesses: BatchGuess[] = [];
  const skipped: Strategy[] = [];
  let rest = wanted;
  for (const strategy of strategies) {
    const taken = new Set<string>();
    for (const { guess, isHopeful } of candidates(strategy, rest, { experience, maxRows })) {
      if (!isHopeful) skipped.push(strategy);
      if (!isHopeful || !isWorth(guess, experience)) continue;
      guesses.push(guess);
      for (const id of guess.ids) taken.add(id);
    }
    if (taken.size > 0) rest = rest.filter(({ id }) => !taken.has(id));
  }
  return { gets: rest.map(({ id }) => id), guesses, skipped };
}

interface Candidate {
  readonly guess: BatchGuess;
  /** False when it would pay only if it hit, and hits are not to be expected. */
  readonly isHopeful: boolean;
}

function* candidates(
  strategy: Strategy,
  wanted: readonly Wanted[],
  { experience, maxRows }: { readonly experience: Experience; readonly maxRows: number },
): Iterable<Candidate> {
  const guessed = (guess: BatchGuess): Candidate => ({
    guess,
    isHopeful: savedCalls(guess, 1) < 1 || isWorth(guess, experience),
  });
  switch (strategy) {
    case 'within':
      for (const [of, members] of groupBy(wanted, ({ hint }) => hint?.within)) {
        if (of === null) continue;
        const ids = members.map(({ id }) => id).slice(0, maxRows);
        yield guessed({ strategy, of, ids, limit: rowsFor(ids.length, maxRows) });
      }
      return;
    case 'newest': {
      const ids = wanted.map(({ id }) => id).slice(0, maxRows);
      yield guessed({ strategy, ids, limit: rowsFor(ids.length, maxRows) });
      return;
    }
    case 'seek':
    case 'as-given': {
      const { overfetch } = experience.of(strategy);
      const most = Math.max(0, Math.floor((maxRows - SLACK_ROWS) / overfetch));
      const runs = strategy === 'seek' ? clusters(wanted) : [wanted.filter(({ hint }) => !hint?.atMs)];
      for (const ids of runs.flatMap((run) => chunks(run, most + 1))) {
        const [after] = ids;
        if (after === undefined) continue;
        const limit = Math.min(maxRows, Math.ceil((ids.length - 1) * overfetch) + SLACK_ROWS);
        yield guessed({ strategy, after, ids, limit });
      }
    }
  }
}

function rowsFor(wanted: number, maxRows: number): number {
  return Math.min(maxRows, Math.max(ROWS_AT_LEAST, wanted * ROWS_PER_CALL));
}

/** How many calls fewer a guess costs, when that share of what it hopes for is found. */
function savedCalls(guess: BatchGuess, hitRate: number): number {
  const hoped = 'after' in guess ? guess.ids.length - 1 : guess.ids.length;
  return hoped * hitRate - 1;
}

function isWorth(guess: BatchGuess, experience: Experience): boolean {
  const saved = savedCalls(guess, experience.of(guess.strategy).hitRate);
  return guess.limit > 0 && saved >= Math.max(0.5, guess.ids.length / 10);
}

/** What came to be at about the same time, newest first. Groups whose times overlap share a overfetch of the list. */
function clusters(wanted: readonly Wanted[]): readonly (readonly Wanted[])[] {
  const groups = [...groupBy(wanted, ({ hint }) => hint?.near)]
    .map(([, members]) => ({ members: [...members], ...spanOf(members) }))
    .filter(({ newestAtMs }) => newestAtMs !== -Infinity)
    .sort((a, b) => b.newestAtMs - a.newestAtMs);
  const merged: (typeof groups)[number][] = [];
  for (const group of groups) {
    const last = merged.at(-1);
    if (last && group.newestAtMs >= last.oldestAtMs) {
      last.members.push(...group.members);
      last.oldestAtMs = Math.min(last.oldestAtMs, group.oldestAtMs);
    } else merged.push(group);
  }
  // Sorting is stable: what has the same time, or none, stays in the order of the list that it came from.
  return merged.map(({ members }) => members.sort((a, b) => timeOf(b) - timeOf(a)));
}

function spanOf(members: readonly Wanted[]): { newestAtMs: number; oldestAtMs: number } {
  const span = { newestAtMs: -Infinity, oldestAtMs: Infinity };
  for (const { hint } of members) {
    if (typeof hint?.atMs !== 'number') continue;
    span.newestAtMs = Math.max(span.newestAtMs, hint.atMs);
    span.oldestAtMs = Math.min(span.oldestAtMs, hint.atMs);
  }
  return span;
}

function timeOf({ hint }: Wanted): number {
  return hint?.atMs ?? 0;
}

function groupBy(
  wanted: readonly Wanted[],
  nameOf: (one: Wanted) => string | null | undefined,
): ReadonlyMap<string | null, readonly Wanted[]> {
  const groups = new Map<string | null, Wanted[]>();
  for (const one of wanted) {
    const name = nameOf(one) ?? null;
    const group = groups.get(name);
    if (group) group.push(one);
    else groups.set(name, [one]);
  }
  return groups;
}

function chunks(wanted: readonly Wanted[], size: number): readonly (readonly string[])[] {
  const pieces: string[][] = [];
  for (let from = 0; from < wanted.length; from += size) {
    pieces.push(wanted.slice(from, from + size).map(({ id }) => id));
  }
  return pieces;
}
