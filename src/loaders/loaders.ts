/** `createLoaders(session)`: the one set of loaders of an operation. A page that was read primes the look-ups by id. */
import {
  DETAILS,
  type DetailName,
  type Details,
  ENTITIES,
  type ListedBy,
  type ListName,
  LISTS,
  type Lists,
} from '../upstream/endpoints.ts';
import { mapTable } from '../upstream/map-table.ts';
import type { Kind, Kinds, ScenarioRun } from '../upstream/types.ts';
import type { UpstreamSession } from '../upstream/upstream.ts';
import { createDetailMemory } from './detail-memory.ts';
import { createEntityLoader, type EntityLoader, oneByOne } from './entity-loader.ts';
import { createListLoader, type ListLoader } from './list-loader.ts';
import { createPlanMemory } from './plan/plan-memory.ts';
import { createPlannedLookUps, type Origin, type PlannedLookUpsOptions } from './plan/planned-look-ups.ts';
import { type CountingOptions, createRunTotalsLoader, type RunTotalsLoader } from './run-totals-loader.ts';
import { LARGEST_PAGE } from './scan-size.ts';
import { createTotalsMemories } from './totals-memory.ts';
import { createWholeListLoader, type WholeListLoader } from './whole-list-loader.ts';

type EntityLoaders = { readonly [K in Kind]: EntityLoader<Kinds[K], Origin> };
type ListLoaders = { readonly [L in ListName]: ListLoader<Lists[L]['filter'], Kinds[ListedBy<L>]> };
/** Null when there is no such entity. */
type DetailLoaders = {
  readonly [D in DetailName]: (of: Details[D]['of']) => Promise<Details[D]['answer'] | null>;
};

/** One for each read of the table of endpoints, under its name. */
export interface Loaders extends EntityLoaders, ListLoaders, DetailLoaders {
  /** All started scenario runs of one benchmark run. */
  readonly allScenarioRuns: WholeListLoader<ScenarioRun>;
  /** What they add up to. */
  readonly runTotals: RunTotalsLoader;
}

export interface LoaderOptions {
  /** How look-ups by id are answered; without it each is a call of its own. */
  readonly plan?: PlannedLookUpsOptions;
  /** What counts over all scenario runs of a benchmark run. Without it, all of them, and nothing is remembered. */
  readonly statistics?: CountingOptions & {
    /** Scenario runs of one benchmark run that are read: the newest ones. */
    readonly maxScenarioRuns: number;
  };
}

export function createLoaders(
  session: UpstreamSession,
  { plan = unplanned(), statistics = unbounded() }: LoaderOptions = {},
): Loaders {
  const planned: Partial<EntityLoaders> = createPlannedLookUps(session, plan);
  const entities = mapTable<EntityLoaders>(
    ENTITIES,
    <K extends Kind>(kind: K): EntityLoader<Kinds[K], Origin> =>
      planned[kind] ??
      createEntityLoader({
        loadMany: oneByOne(({ id }) => session.get(kind, id)),
        peek: (id) => session.peek(kind, id),
      }),
  );
  const lists = mapTable<ListLoaders>(
    LISTS,
    <L extends ListName>(list: L): ListLoader<Lists[L]['filter'], Kinds[ListedBy<L>]> =>
      createListLoader({
        load: (filter, page) => session.list(list, filter, page),
        onRow: LISTS[list].primes ? entities[LISTS[list].kind].prime : undefined,
      }),
  );
  const memory = createDetailMemory();
  const details = mapTable<DetailLoaders>(
    DETAILS,
    <D extends DetailName>(detail: D): ((of: Details[D]['of']) => Promise<Details[D]['answer'] | null>) =>
      memory.remember((of) => session.read(detail, of)),
  );
  const allScenarioRuns = createWholeListLoader({
    pageSize: LARGEST_PAGE,
    maxRows: statistics.maxScenarioRuns,
    load: (benchmarkRunId, page) => session.list('benchmarkRunScenarioRuns', { benchmarkRunId }, page),
    onRow: entities.scenarioRun.prime,
  });

  return {
    ...entities,
    ...lists,
    ...details,
    benchmarkRunScenarioRuns: createListLoader({
      load: async (filter, page) => {
        const { benchmarkRunId, ...conditions } = filter;
        const read = isEmpty(conditions) ? await allScenarioRuns.page(benchmarkRunId, page) : null;
        return read ?? session.list('benchmarkRunScenarioRuns', filter, page);
      },
      onRow: entities.scenarioRun.prime,
    }),
    allScenarioRuns,
    runTotals: createRunTotalsLoader(
      { scenarioRuns: allScenarioRuns, benchmark: entities.benchmark },
      statistics,
    ),
  };
}

function unplanned(): PlannedLookUpsOptions {
  return {
    experience: createPlanMemory({ maxAccounts: 1 }).of(''),
    bounds: { maxRows: 0, maxBytes: 0 },
  };
}

function unbounded(): Required<LoaderOptions>['statistics'] {
  return {
    maxScenarioRuns: Infinity,
    maxBenchmarkRuns: LARGEST_PAGE,
    maxPooledScenarioRuns: Infinity,
    memory: createTotalsMemories({ maxScenarioRuns: 0 }).of(''),
    readAtMs: 0,
    settledAfterMs: Infinity,
  };
}

function isEmpty(filter: object): boolean {
  return Object.values(filter).every((condition) => condition === undefined);
}
