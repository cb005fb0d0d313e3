/** `benchmarkRunKind`: a followed benchmark run, whose events tell of its scenario runs too. */
import type { BenchmarkRunState, ScenarioRun } from '../../upstream/types.ts';
import { createRunningTotals } from '../running-totals.ts';
import { coalesceBenchmarkRun, diffBenchmarkRun, isSameBenchmarkRun } from './benchmark-run-diff.ts';
import { createBenchmarkRunSource } from './benchmark-run-source.ts';
import type { FollowedKind, KnownEntities, StateStep } from './followed-kind.ts';

export const benchmarkRunKind: FollowedKind<'benchmarkRun'> = {
  kind: 'benchmarkRun',
  type: 'BenchmarkRun',
  read: createBenchmarkRunSource,
  diff: diffWithScenarioRuns,
  coalesce: coalesceBenchmarkRun,
  isSame: isSameBenchmarkRun,
  rank: ({ state }) => RANKS[state],
  snapshot: (benchmarkRun, atMs) => ({
    type: 'benchmarkRun',
    atMs,
    previousState: null,
    benchmarkRun,
    changes: [],
  }),
  subject: ({ benchmarkRun }) => benchmarkRun,
  shown: ({ benchmarkRun, changes }) => [benchmarkRun, ...changes.map(({ scenarioRun }) => scenarioRun)],
  totals: ({ entities, sequence }, options) => createRunningTotals(entities, sequence, options),
  ends: {
    isTerminal: ({ isTerminal }) => isTerminal,
    endedAtMs: ({ endedAtMs }) => endedAtMs,
    pollMode: () => 'active',
    isPartFinished: (part) => part.type !== 'ScenarioRun' || part.isFinished,
  },
  related: {
    listedBy: null,
    isTouchedBy: ({ kind, id }, known) => {
      if (kind === 'scenarioRun') return known.get(id) !== undefined;
      return kind === 'devbox' && hasScenarioRunOn(id, known);
    },
  },
  rows: null,
};

const RANKS: Readonly<Record<BenchmarkRunState, number | null>> = {
  running: 0,
  completed: 1,
  canceled: 1,
  failed: 1,
  unknown: null,
};

function diffWithScenarioRuns({ previous, next, news, atMs }: StateStep<'benchmarkRun'>) {
  const before = new Map<string, ScenarioRun>();
  const scenarioRuns: ScenarioRun[] = [];
  for (const { previous: earlier, known } of news) {
    if (earlier?.type === 'ScenarioRun') before.set(earlier.id, earlier);
    if (known.entity.type === 'ScenarioRun') scenarioRuns.push(known.entity);
  }
  return diffBenchmarkRun(
    { benchmarkRun: previous, scenarioRun: (id) => before.get(id) },
    { benchmarkRun: next, scenarioRuns },
    atMs,
  );
}

function hasScenarioRunOn(devboxId: string, known: KnownEntities): boolean {
  for (const { entity } of known.values()) {
    if (entity.type === 'ScenarioRun' && entity.devboxId === devboxId) return true;
  }
  return false;
}
