/** What a first-time visitor of GraphiQL finds: the questions that people ask most, ready to run. */
import type { GraphiqlTab } from './graphiql.ts';

export const GRAPHIQL_TABS: readonly GraphiqlTab[] = [
  {
    query: `# The dashboard: the newest benchmark run with its scenario runs, their scenarios and devboxes.
query Dashboard {
  benchmarkRuns(first: 1) {
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
  },
  {
    query: `# One run with everything: why did it end as it did?
query Detail {
  scenarioRuns(first: 1, filter: { state: COMPLETED }) {
    nodes {
      id
      name
      state
      outcome
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
  {
    query: `# The board: the latest benchmark runs with their latest scenario runs.
query Board {
  benchmarkRuns(first: 20) {
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
  },
  {
    query: `# Follow a benchmark run while it moves:
# run Running, copy an id of its answer into the variables, run Live.
query Running {
  benchmarkRuns(first: 5, filter: { state: RUNNING }) {
    nodes { id name }
  }
}

subscription Live($id: ID!) {
  benchmarkRun(id: $id) {
    at
    kind
    benchmarkRun { name state score }
    changes {
      previousState
      scenarioRun { id state outcome score }
    }
  }
}
`,
    variables: '{\n  "id": ""\n}',
  },
];
