/** `createRunningTotals`: what the scenario runs of a watched benchmark run add up to after each of its events, worked out once for all followers. */
import type { KnownEntity } from '../events/event-log.ts';
import type { LiveEvent } from '../events/event.ts';
import { createRunTotals, type RunTotals, type ScenarioCountMemo } from '../statistics/run-totals.ts';
import { summarise } from '../statistics/run-summary.ts';
import { RunHistory } from './run-history.ts';

export interface RunningTotals {
  take(sequence: number, event: LiveEvent): void;
  /** Events before this one are not asked for any more. */
  forget(oldest: number): void;
  /** Right after this event. */
  at(sequence: number): RunTotals;
}

/** Followers are at the newest event, or replay in turn: what few asked for last is enough. */
const REMEMBERED = 4;

export interface RunningTotalsOptions {
  /** Whether the list of scenario runs that is read leaves none out. */
  readonly isWhole: () => boolean;
  readonly memo: ScenarioCountMemo;
}

/** `entities` are what is known right after the event `sequence`. */
export function createRunningTotals(
  entities: readonly KnownEntity[],
  sequence: number,
  { isWhole, memo }: RunningTotalsOptions,
): RunningTotals {
  const runs = entities.flatMap(({ entity }) => (entity.type === 'ScenarioRun' ? [entity] : []));
  const history = new RunHistory(runs, sequence);
  /** In the order of their making. */
  const made = new Map<number, RunTotals>();

  return {
    take: (next, event) => {
      if (event.type === 'benchmarkRun') history.take(next, event.changes);
    },
    forget: (oldest) => {
      history.forget(oldest);
    },
    at(position) {
      const known = made.get(position);
      if (known) return known;
      const totals = createRunTotals(
        () => summarise(history.at(position), { isExhaustive: isWhole() }),
        memo,
      );
      made.set(position, totals);
      for (const oldest of made.keys()) {
        if (made.size <= REMEMBERED) break;
        made.delete(oldest);
      }
      return totals;
    },
  };
}
