/** What a first-time visitor of GraphiQL finds: the questions that people ask most, ready to run. */
import type { GraphiqlTab } from './graphiql.ts';
import { DEVBOX, JOB, LIVE } from './graphiql-live-tabs.ts';

/** Ids that stand in the tabs which need some. */
export interface TabExamples {
  /** Two runs of one benchmark, to be compared. */
  readonly compared: { readonly base: string; readonly head: string } | null;
  /** The benchmark of the run that is followed: its runs are more than a few chosen scenarios. */
  readonly benchmark: string | null;
  /** Things that are under way, to be followed. */
  readonly followed: {
    readonly benchmarkRun: string | null;
    readonly benchmarkJob: string | null;
    readonly devbox: string | null;
  };
}

export const NO_EXAMPLES: TabExamples = {
  compared: null,
  benchmark: null,
  followed: { benchmarkRun: null, benchmarkJob: null, devbox: null },
};

/** The tabs, with what is known to fill their variables. */
export function graphiqlTabs({ compared, benchmark, followed }: TabExamples): readonly GraphiqlTab[] {
  const ofBenchmark = benchmark === null ? null : { benchmark };
  const filled = new Map<GraphiqlTab, unknown>([
    [DASHBOARD, ofBenchmark],
    [BOARD, ofBenchmark],
    [PROGRESS, ofBenchmark],
    [COMPARE, compared],
    [LIVE, idOf(followed.benchmarkRun)],
    [JOB, idOf(followed.benchmarkJob)],
    [DEVBOX, idOf(followed.devbox)],
  ]);
  return GRAPHIQL_TABS.map((tab) => {
    const variables = filled.get(tab) ?? null;
    return variables === null ? tab : { ...tab, variables: JSON.stringify(variables, null, 2) };
  });
}

function idOf(id: string | null) {
  return id === null ? null : { id };
}

/** The newest of the runs, which are newest first, and the one before it of the same benchmark; null when there are none. */
export function comparableRuns(
  runs: readonly { readonly id: string; readonly benchmarkId: string | null }[],
): TabExamples['compared'] {
  for (const [index, { id: head, benchmarkId }] of runs.entries()) {
    const base = runs.slice(index + 1).find((run) => benchmarkId !== null && run.benchmarkId === benchmarkId);
    if (base) return { base: base.id, head };
  }
  return null;
}

const DASHBOARD: GraphiqlTab = {
  query: `# The dashboard: the newest benchmark run with its scenario runs, their scenarios and devboxes.
# Without a benchmark in the variables, that of all.
query Dashboard($benchmark: ID) {
  benchmarkRuns(first: 1, filter: { benchmarkId: $benchmark }) {
    nodes {
      id
      name
      state
      score
      benchmark { name }
      scenarioRuns(first: 50) {
        totalCount
        nodes {
          id
          state
          outcome
          score
          durationMs
          scenario { name }
          devbox { status }
        }
      }
    }
  }
}
`,
};

const BOARD: GraphiqlTab = {
  query: `# The board: the latest benchmark runs with their latest scenario runs.
# Without a benchmark in the variables, those of all.
query Board($benchmark: ID) {
  benchmarkRuns(first: 20, filter: { benchmarkId: $benchmark }) {
    nodes {
      id
      name
      state
      score
      startedAt
      durationMs
      metadata(keys: ["agent", "model"]) { key value }
      benchmark { name }
      scenarioRuns(first: 20) {
        nodes { id state outcome score }
      }
    }
  }
}
`,
};

const PROGRESS: GraphiqlTab = {
  query: `# How far the latest benchmark runs are, over all their scenario runs, and how well they do.
# Without a benchmark in the variables, those of all.
query Progress($benchmark: ID) {
  benchmarkRuns(first: 5, filter: { benchmarkId: $benchmark }) {
    nodes {
      name
      state
      progress { expected started running scoring finished pending fraction }
      stats {
        passed
        failed
        errored
        meanScore
        passRate { value low high }
        scoredPassRate { value low high }
        coverage { value }
        duration { p50 p90 max }
        scoreHistogram(buckets: 5) { from to count }
        scorers(first: 3) { name meanScore results errors }
        failures(first: 3) { reason scorer runs examples }
        sampleSize
        isComplete
      }
    }
  }
}
`,
};

const COMPARE: GraphiqlTab = {
  query: `# What changed from one run of a benchmark to another: the ids stand in the variables.
query Compare($base: ID!, $head: ID!) {
  compareBenchmarkRuns(base: $base, head: $head) {
    base { name score }
    head { name score }
    regressed
    fixed
    unchanged
    erroredInBase
    erroredInHead
    onlyInBase
    onlyInHead
    scoreDelta
    pValue
    scenarios(change: [REGRESSED, FIXED], first: 20) {
      change
      scoreDelta
      scenario { name }
      base { attempts passed score }
      head { attempts passed score }
    }
  }
}
`,
  variables: '{\n  "base": "",\n  "head": ""\n}',
};

const LEADERBOARD: GraphiqlTab = {
  query: `# Which agent does best: the latest runs of each benchmark, ranked by an entry of their metadata.
query Leaderboard {
  benchmarks(first: 3) {
    nodes {
      name
      leaderboard(by: "agent", last: 20) {
        runs
        rows {
          value
          runs
          passRate { value low high }
          scoredPassRate { value low high }
          coverage { value }
          meanScore
          totalDurationMs
        }
      }
    }
  }
}
`,
};

export const GRAPHIQL_TABS: readonly GraphiqlTab[] = [
  DASHBOARD,
  {
    query: `# One run with everything: why did it end as it did?
query Detail {
  scenarioRuns(first: 1, filter: { state: COMPLETED }) {
    nodes {
      id
      name
      state
      outcome
      outcomeReason
      score
      startedAt
      endedAt
      durationMs
      metadata { key value }
      scoringResult {
        functionResults { name state score output(maxChars: 500) }
      }
      scenario {
        name
        problemStatement
        scoringFunctions { name weight scorer { __typename } }
      }
      benchmarkRun { id name benchmark { name } }
      devbox {
        status
        stateTransitions { status at durationMs }
        logs(first: 10) { nodes { at source level message } }
      }
    }
  }
}
`,
  },
  BOARD,
  PROGRESS,
  COMPARE,
  LEADERBOARD,
  LIVE,
  JOB,
  DEVBOX,
];
