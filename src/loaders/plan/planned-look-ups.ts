/** `createPlannedLookUps`: the loaders by id: which lists may answer each kind of thing, and what is known of an id. */
import { GatewayError } from '../../errors.ts';
import { lazyTable } from '../../memory/lazy-table.ts';
import type { PageRequest } from '../../upstream/page-request.ts';
import type { Kinds, Listed, Page } from '../../upstream/types.ts';
import type { UpstreamSession } from '../../upstream/upstream.ts';
import { createEntityLoader, type EntityLoader } from '../entity-loader.ts';
import type { PlanBounds } from './plan.ts';
import type { BatchGuess, Hint, Strategy } from './strategy.ts';
import type { PlanMemory, PlannedKind } from './plan-memory.ts';
import { createPlannedLoad, type GuessedRows } from './planned-load.ts';

/** The strategies for each kind, best first. */
const STRATEGIES: Readonly<Record<PlannedKind, readonly Strategy[]>> = {
  scenarioRun: ['within', 'seek', 'as-given'],
  benchmarkRun: ['newest'],
  benchmark: ['newest'],
  scenario: ['within', 'newest'],
  devbox: ['seek', 'as-given'],
};

/** Where a look-up by id comes from: whatever of it is known helps to answer it together with others. */
export interface Origin {
  /** The benchmark that a scenario belongs to. */
  readonly benchmarkId?: string | null | undefined;
  /** The benchmark run that a scenario run belongs to, or the run that a scenario or devbox is looked up for. */
  readonly benchmarkRunId?: string | null | undefined;
  /** When the thing came to be, roughly, as Unix time in milliseconds. */
  readonly atMs?: number | null | undefined;
}

export interface PlannedLookUpsOptions {
  /** The success rate of batch guesses of this account. */
  readonly experience: ReturnType<PlanMemory['of']>;
  /** What one guess may ask for at most. */
  readonly bounds: PlanBounds;
}

export type PlannedLookUps = { readonly [K in PlannedKind]: EntityLoader<Kinds[K], Origin> };

const lookUpsOf = lazyTable<PlannedLookUps>(Object.keys(STRATEGIES) as PlannedKind[]);

interface PlannedLists {
  readonly list: Readonly<{
    [K in PlannedKind]: (guess: BatchGuess, page: PageRequest) => Promise<Page<Kinds[K]>>;
  }>;
  readonly hintOf: Readonly<Partial<Record<PlannedKind, (origin: Origin) => Hint>>>;
}

export function createPlannedLookUps(
  session: UpstreamSession,
  options: PlannedLookUpsOptions & {
    /** The benchmark run of this id, when it is known without a call. */
    readonly peekBenchmarkRun: (id: string) => Kinds['benchmarkRun'] | null | undefined;
  },
): PlannedLookUps {
  const { experience, bounds, peekBenchmarkRun } = options;
  const { list, hintOf }: PlannedLists = {
    list: {
      benchmarkRun: (_guess, page) => session.list('benchmarkRuns', {}, page),
      scenarioRun: (guess, page) =>
        guess.strategy === 'within'
          ? session.list('benchmarkRunScenarioRuns', { benchmarkRunId: guess.of }, page)
          : session.list('scenarioRuns', {}, page),
      benchmark: (_guess, page) => session.list('benchmarks', {}, page),
      scenario: (guess, page) =>
        session.list('scenarios', guess.strategy === 'within' ? { benchmarkId: guess.of } : {}, page),
      devbox: (_guess, page) => session.list('devboxes', {}, page),
    },
    hintOf: {
      scenarioRun: ({ benchmarkRunId, atMs }) => ({ within: benchmarkRunId, near: benchmarkRunId, atMs }),
      scenario: ({ benchmarkId, benchmarkRunId }) => ({
        within: benchmarkId ?? (benchmarkRunId ? peekBenchmarkRun(benchmarkRunId)?.benchmarkId : null),
      }),
      devbox: ({ benchmarkRunId, atMs }) => ({ near: benchmarkRunId, atMs }),
    },
  };

  function planned<K extends PlannedKind>(kind: K): EntityLoader<Kinds[K], Origin> {
    const hint = hintOf[kind];
    const loader = createEntityLoader<Kinds[K], Origin>({
      loadMany: createPlannedLoad<Kinds[K]>({
        strategies: STRATEGIES[kind],
        experience: experience[kind],
        bounds,
        get: (id) => session.get(kind, id),
        list: async (guess) => {
          const answer = usable(await list[kind](guess, pageOf(guess)));
          for (const row of answer.rows) loader.prime(row);
          return answer;
        },
        isFinal: (error) => error instanceof GatewayError && error.code === 'UNAUTHENTICATED',
      }),
      peek: (id) => session.peek(kind, id),
      ...(hint ? { hintOf: hint } : {}),
    });
    return loader;
  }

  return lookUpsOf(planned);
}

function pageOf(guess: BatchGuess): PageRequest {
  return { limit: guess.limit, after: 'after' in guess ? guess.after : undefined, totalCount: false };
}

/** Rows that are what get-by-id would answer: any other leaves its id to be got by itself. */
function usable<T extends Listed>({ rows, hasMore }: Page<T>): GuessedRows<T> {
  return {
    rows: rows.filter((row): row is Exclude<typeof row, Error> => !(row instanceof Error || row.isPartial)),
    hasMore,
  };
}
