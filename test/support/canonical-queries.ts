/** The questions that users ask most: tests count their upstream calls, benchmarks time them. */

/** One benchmark run with 50 scenario runs, each with its scenario and devbox. */
export const DASHBOARD = `query Dashboard($id: ID!) {
  benchmarkRun(id: $id) {
    id name state score startedAt durationMs
    scenarioRuns(first: 50) {
      nodes {
        id name state outcome score durationMs startedAt
        scenario { id name }
        devbox { id status createdAt }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

/** The 20 latest benchmark runs, each with its benchmark's name and its 20 latest scenario runs. */
export const BOARD = `query Board {
  benchmarkRuns(first: 20) {
    nodes {
      id name state score startedAt durationMs
      benchmark { name }
      scenarioRuns(first: 20) { nodes { id name state outcome score durationMs } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** One scenario run with everything. */
export const DETAIL = `query Detail($id: ID!) {
  scenarioRun(id: $id) {
    id name state isTerminal isFinished outcome score startedAt endedAt durationMs purpose
    metadata { key value }
    environmentVariables { name value }
    secretsProvided { environmentVariable secretName }
    scoringResult { score functionResults { name score state output } }
    scenario {
      id name problemStatement referenceOutput additionalContext
      scoringFunctions { name weight scorer { __typename } }
    }
    benchmarkRun { id name state }
    devbox {
      id name status createdAt endedAt
      launchParameters { resourceSize }
      stateTransitions { status at durationMs }
    }
  }
}`;

/** The scenario runs with one entry among their metadata, which the gateway looks for in the lists of the upstream. */
export const FILTERED = `query Filtered($shard: String!) {
  scenarioRuns(first: 20, filter: { metadata: [{ key: "shard", value: $shard }] }) {
    nodes { id name state outcome score durationMs startedAt }
    pageInfo { hasNextPage endCursor }
    isExhaustive
  }
}`;

/** The longest of all scenario runs: the gateway reads the list to its end, and orders it. */
export const ORDERED = `query Ordered($startedBefore: DateTime!) {
  scenarioRuns(first: 20, filter: { startedBefore: $startedBefore }, orderBy: { field: DURATION, direction: DESC }) {
    nodes { id name state outcome score durationMs startedAt }
    pageInfo { hasNextPage endCursor }
    isExhaustive
  }
}`;

/** How far a benchmark run has come, and how it goes so far. */
export const PROGRESS = `query Progress($id: ID!) {
  benchmarkRun(id: $id) {
    id name state
    progress { expected started running scoring finished pending fraction isExhaustive }
    stats {
      sampleSize isComplete passed failed errored meanScore
      passRate { value low high } scoredPassRate { value low high } coverage { value low high }
      scoreHistogram(buckets: 10) { from to count }
      duration { p50 p90 max }
      scorers { name meanScore results errors }
      failures { reason scorer runs }
    }
  }
}`;

/** What changed from one benchmark run to another. */
export const COMPARISON = `query Comparison($base: ID!, $head: ID!) {
  compareBenchmarkRuns(base: $base, head: $head) {
    base { id name stats { meanScore passRate { value low high } } }
    head { id name stats { meanScore passRate { value low high } } }
    regressed fixed unchanged erroredInBase erroredInHead onlyInBase onlyInHead scoreDelta pValue isComplete isExhaustive
    scenarios(first: 50) {
      scenario { name }
      change
      scoreDelta
      base { score outcome attempts passed }
      head { score outcome attempts passed }
    }
  }
}`;

/** How agents or models rank at a benchmark. */
export const LEADERBOARD = `query Leaderboard($id: ID!, $by: String!) {
  benchmark(id: $id) {
    name
    leaderboard(by: $by) {
      by runs runsWithout isExhaustive
      rows {
        value runs sampleSize passed meanScore totalDurationMs
        passRate { value low high } scoredPassRate { value low high } coverage { value low high }
        attempts { passAtK(k: 2) passHatK(k: 2) }
      }
    }
  }
}`;
