/** `createPlannedLoad`: answers a batch of look-ups by the calls of a plan. A wrong guess costs a call and never an answer. */
import { sizeOf } from '../../memory/size.ts';
import { asError } from '../entity-loader.ts';
import { planBatch, type PlanOptions } from './plan.ts';
import type { BatchGuess, Wanted } from './strategy.ts';

/** What a list call has brought. */
export interface GuessedRows<T> {
  /** In order; a row that could not be read, or lacks something, is left out, which leaves its id to be got by itself. */
  readonly rows: readonly T[];
  readonly hasMore: boolean;
}

export interface PlannedLoadOptions<T> extends PlanOptions {
  readonly get: (id: string) => Promise<T | null>;
  readonly list: (guess: BatchGuess) => Promise<GuessedRows<T>>;
  /** Whether an error of a list would be that of any other call, too. */
  readonly isFinal: (error: Error) => boolean;
}

/** How many rows are weighed to know how large the others are. */
const WEIGHED_ROWS = 3;

/** Answers each of `wanted` in order: the entity, null when there is none, or why it could not be fetched. */
export function createPlannedLoad<T extends { readonly id: string }>(
  options: PlannedLoadOptions<T>,
): (wanted: readonly Wanted[]) => Promise<readonly (T | null | Error)[]> {
  const { experience, get, list, isFinal } = options;

  const getOne = (id: string) => get(id).catch(asError);

  async function lookInto(guess: BatchGuess): Promise<ReadonlyMap<string, T> | Error> {
    try {
      const answer = await list(guess);
      const found = new Map<string, T>();
      for (const row of answer.rows) found.set(row.id, row);
      record(guess, answer);
      return found;
    } catch (reason) {
      record(guess, { rows: [], hasMore: false });
      const error = asError(reason);
      return isFinal(error) ? error : new Map<string, T>();
    }
  }

  function record(guess: BatchGuess, { rows, hasMore }: GuessedRows<T>): void {
    const hoped = new Set(guess.ids);
    let found = 0;
    let rowsNeeded = 0;
    rows.forEach(({ id }, index) => {
      if (!hoped.delete(id)) return;
      found++;
      rowsNeeded = index + 1;
    });
    const weighed = rows.slice(0, WEIGHED_ROWS);
    const bytes = weighed.reduce((sum, row) => sum + sizeOf(row), 0);
    experience.record(guess, {
      found,
      rowsNeeded,
      hasMore,
      rowBytes: weighed.length === 0 ? null : bytes / weighed.length,
    });
  }

  return async (wanted) => {
    const { gets, guesses, skipped } = planBatch(wanted, options);
    for (const strategy of skipped) experience.skip(strategy);
    const answers = new Map<string, Promise<T | null | Error>>();
    for (const guess of guesses) {
      const found = lookInto(guess);
      for (const id of guess.ids) {
        const answer =
          'after' in guess && id === guess.after
            ? getOne(id)
            : found.then((rows) => (rows instanceof Error ? rows : (rows.get(id) ?? getOne(id))));
        answers.set(id, answer);
      }
    }
    for (const id of gets) answers.set(id, getOne(id));
    return Promise.all(wanted.map(({ id }) => answers.get(id) ?? getOne(id)));
  };
}
