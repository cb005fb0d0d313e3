/** The top of the naive reference: finding things by their ids, and listing them. */
import type { World } from '../../../src/simulator/simulator.ts';
import { compare } from './comparison.ts';
import { listOf } from './lists.ts';
import {
  checkId,
  type Fields,
  find,
  howMany,
  isAbsent,
  listIn,
  refuse,
  type Resolve,
  type Wire,
} from './thing.ts';

/** Only what has this type, as a query by the type's own name finds it. */
const ofKind =
  (kind: string): Resolve =>
  (_root, { id }, world) => {
    const thing = find(world, checkId(id));
    return thing?.kind === kind ? thing : null;
  };

/** What cannot be found is one error among the items. */
function orError<T>(answer: () => T): T | Error {
  try {
    return answer();
  } catch (error) {
    return error as Error;
  }
}

function scenariosOf(benchmarkId: unknown, world: World): readonly unknown[] {
  const benchmark = find(world, checkId(benchmarkId));
  return benchmark?.kind === 'Benchmark' ? listIn(benchmark.wire, 'scenarioIds') : refuse();
}

/** Archived things are found, and not listed. */
const isListed = ({ status }: Wire) => status === 'active';

export const QUERY_FIELDS: Fields = {
  Query: {
    node: (_root, { id }, world) => find(world, checkId(id)),
    nodes: (_root, { ids }, world) => {
      const wanted = ids as readonly unknown[];
      howMany(wanted.length + 1, { max: 101, usual: 1 });
      return wanted.map((id) => orError(() => find(world, checkId(id))));
    },
    scenarioRun: ofKind('ScenarioRun'),
    benchmarkRun: ofKind('BenchmarkRun'),
    benchmark: ofKind('Benchmark'),
    benchmarkJob: ofKind('BenchmarkJob'),
    scenario: ofKind('Scenario'),
    devbox: ofKind('Devbox'),
    scenarioRuns: (_root, args, world) => listOf(world, 'scenarioRuns', args),
    benchmarkRuns: (_root, args, world) => listOf(world, 'benchmarkRuns', args),
    benchmarks: (_root, args, world) => listOf(world, 'benchmarks', args, isListed),
    benchmarkJobs: (_root, args, world) => listOf(world, 'benchmarkJobs', args),
    devboxes: (_root, args, world) => listOf(world, 'devboxes', args),
    scenarios: (_root, args, world) => {
      const { benchmarkId, ...filter } = (args['filter'] ?? {}) as Wire;
      if (isAbsent(benchmarkId)) return listOf(world, 'scenarios', args, isListed);
      const among = () => (filter['isPublic'] === true ? refuse() : scenariosOf(benchmarkId, world));
      return listOf(
        world,
        'scenarios',
        { ...args, filter },
        (wire) => among().includes(wire['id']) && isListed(wire),
      );
    },
    compareBenchmarkRuns: (_root, args, world) => compare(args, world),
  },
};
