/** First events of subscriptions in the naive reference: how things are now. */
import type { World } from '../../../src/simulator/simulator.ts';
import { filtered } from './lists.ts';
import {
  checkId,
  type Collection,
  type Fields,
  find,
  howMany,
  record,
  refuse,
  type Resolve,
} from './thing.ts';

const SNAPSHOT = { kind: 'SNAPSHOT', skipped: 0 };

/** A thing of this type, without anything that was before. */
const snapshotOf =
  (kind: string, name: string): Resolve =>
  (_root, { id }, world) => {
    const thing = find(world, checkId(id));
    return thing?.kind === kind
      ? record({ ...SNAPSHOT, previousState: null, previousStatus: null, changes: [], [name]: thing })
      : refuse();
  };

/** The newest rows that a filter leaves. */
const newestOf =
  (collection: Collection): Resolve =>
  (_root, args, world: World) => {
    const first = howMany(args['first'], { max: 100, usual: 20 });
    const all = filtered(world, collection, args).all();
    const nodes = all.slice(0, first);
    return record({ ...SNAPSHOT, nodes, hasNextPage: all.length > first, isExhaustive: true, changes: [] });
  };

export const EVENT_FIELDS: Fields = {
  Subscription: {
    scenarioRun: snapshotOf('ScenarioRun', 'scenarioRun'),
    benchmarkRun: snapshotOf('BenchmarkRun', 'benchmarkRun'),
    benchmarkJob: snapshotOf('BenchmarkJob', 'benchmarkJob'),
    devbox: snapshotOf('Devbox', 'devbox'),
    scenarioRuns: newestOf('scenarioRuns'),
    benchmarkRuns: newestOf('benchmarkRuns'),
    benchmarkJobs: newestOf('benchmarkJobs'),
  },
};
