/** The ready tabs of GraphiQL that follow something: each has a query beside its subscription, which finds something to follow. */
import type { GraphiqlTab } from './graphiql.ts';

const ID = '{\n  "id": ""\n}';

export const LIVE: GraphiqlTab = {
  query: `# Follow a benchmark run while it moves: run Live.
# Is it over? Run Running, and copy an id of its answer
# into the variables.
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

query Running {
  benchmarkRuns(first: 5, filter: { state: RUNNING }) {
    nodes { id name }
  }
}
`,
  variables: ID,
};

export const JOB: GraphiqlTab = {
  query: `# Follow a benchmark job, agent by agent: run Job.
# Is it over? Run Jobs, and copy an id of its answer
# into the variables.
subscription Job($id: ID!) {
  benchmarkJob(id: $id) {
    at
    kind
    benchmarkJob {
      name
      state
      agents {
        agentName
        modelName
        progress { expected running finished fraction }
        stats { passed failed errored meanScore }
      }
    }
  }
}

query Jobs {
  benchmarkJobs(first: 10) {
    nodes { id name state }
  }
}
`,
  variables: ID,
};

export const DEVBOX: GraphiqlTab = {
  query: `# Follow a devbox from status to status: run Devbox.
# Is it gone? Run Devboxes, and copy an id of its answer
# into the variables.
subscription Devbox($id: ID!) {
  devbox(id: $id) {
    at
    kind
    previousStatus
    devbox { name status failureReason shutdownReason }
  }
}

query Devboxes {
  devboxes(first: 10, filter: { status: RUNNING }) {
    nodes { id name status }
  }
}
`,
  variables: ID,
};
