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
import { lazyTable } from '../memory/lazy-table.ts';
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

/** All that an operation has loaders for. */
export const LOADER_NAMES = [
  ...(Object.keys(ENTITIES) as Kind[]),
  ...(Object.keys(LISTS) as ListName[]),
  ...(Object.keys(DETAILS) as DetailName[]),
  'allScenarioRuns',
  'runTotals',
] as const;

// Most operations use a few of them: a loader is made when it is first used.
const loadersOf = lazyTable<Loaders>(LOADER_NAMES);

export function createLoaders(
  session: UpstreamSession,
  { plan = unplanned(), statistics = unbounded() }: LoaderOptions = {},
): Loaders {
  const planned: Partial<EntityLoaders> = createPlannedLookUps(session, {
    ...plan,
    peekBenchmarkRun: (id) => loaders.benchmarkRun.peek(id),
  });
  const memory = createDetailMemory();

  function entity<K extends Kind>(kind: K): EntityLoader<Kinds[K], Origin> {
    return (
      planned[kind] ??
      createEntityLoader({
        loadMany: oneByOne(({ id }) => session.get(kind, id)),
        peek: (id) => session.peek(kind, id),
      })
    );
  }

  // Only those by kind, so that the compiler can tell which one a list primes.
  const entities = (): EntityLoaders => loaders;

  function list<L extends ListName>(name: L): ListLoader<Lists[L]['filter'], Kinds[ListedBy<L>]> {
    return createListLoader({
      load: (filter, page) => session.list(name, filter, page),
      onRow: LISTS[name].primes ? entities()[LISTS[name].kind].prime : undefined,
    });
  }

  function detail<D extends DetailName>(name: D) {
    return memory.remember((of: Details[D]['of']) => session.read(name, of));
  }

  function benchmarkRunScenarioRuns(): ListLoaders['benchmarkRunScenarioRuns'] {
    return createListLoader({
      load: async (filter, page) => {
        const { benchmarkRunId, ...conditions } = filter;
        const read = isEmpty(conditions) ? await loaders.allScenarioRuns.page(benchmarkRunId, page) : null;
        return read ?? session.list('benchmarkRunScenarioRuns', filter, page);
      },
      onRow: loaders.scenarioRun.prime,
    });
  }

  const loaders: Loaders = loadersOf((name) => {
    if (name === 'benchmarkRunScenarioRuns') return benchmarkRunScenarioRuns();
    if (name === 'allScenarioRuns') {
      return createWholeListLoader({
        pageSize: LARGEST_PAGE,
        maxRows: statistics.maxScenarioRuns,
        load: (benchmarkRunId, page) => session.list('benchmarkRunScenarioRuns', { benchmarkRunId }, page),
        onRow: loaders.scenarioRun.prime,
      });
    }
    if (name === 'runTotals') {
      return createRunTotalsLoader(
        { scenarioRuns: loaders.allScenarioRuns, benchmark: loaders.benchmark },
        statistics,
      );
    }
    if (isNameOf(ENTITIES, name)) return entity(name);
    return isNameOf(LISTS, name) ? list(name) : detail(name);
  });
  return loaders;
}

function isNameOf<Table extends object>(table: Table, name: string): name is keyof Table & string {
  return name in table;
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
