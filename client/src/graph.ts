/** The types of the graph: printed by `npm run codegen`. */
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A place in the events of one thing: opaque, and meaningful to this gateway only. Given as `after`, it resumes right behind the event that carried it. */
  Cursor: { input: string; output: string; }
  /** An instant as RFC 3339 writes it, always with a zone: `2026-01-31T12:00:00.000Z`. What is answered is in UTC with milliseconds. Where the upstream gives what can be no instant (0, a time before 1970 or after 9999), there is none. An end is never before its beginning, and a duration never negative: it is 0 where clocks disagree so far. */
  DateTime: { input: string; output: string; }
  /** Any JSON value: an object, a list, a string, a number, a boolean or null. A whole number beyond 2^53, which many clients would round, comes as a string of its digits. What nests deeper than 1,000 levels is null with an error. */
  JSON: { input: unknown; output: unknown; }
};

/** An agent of the account, named by its id or by its name. */
export type AgentMountInput = {
  /** The agent. */
  readonly agentId?: InputMaybe<Scalars['ID']['input']>;
  /** Its name: the newest agent of that name is mounted. */
  readonly agentName?: InputMaybe<Scalars['String']['input']>;
  /** A token for a private repository; only for agents from git. */
  readonly authToken?: InputMaybe<Scalars['String']['input']>;
  /** Where to, absolute. Required for agents from git and from objects. */
  readonly path?: InputMaybe<Scalars['String']['input']>;
};

/** The processor architecture of a devbox. */
export type Architecture =
  /** 64-bit ARM. */
  | 'ARM64'
  /** A value that the upstream has added and this version of the gateway does not know. */
  | 'UNKNOWN'
  /** 64-bit x86. */
  | 'X86_64';

/** Scores by searching the code for a syntax pattern with ast-grep. */
export type AstGrepScorer = {
  readonly __typename?: 'AstGrepScorer';
  /** The language of the pattern; null when ast-grep infers it. */
  readonly language?: Maybe<Scalars['String']['output']>;
  /** The pattern to match. */
  readonly pattern: Scalars['String']['output'];
  /** The path to search. */
  readonly searchDirectory: Scalars['String']['output'];
};

/** What finished scenario runs say as attempts at their scenarios. An attempt that errored is one that did not pass. Estimators are unbiased. */
export type Attempts = {
  readonly __typename?: 'Attempts';
  /** `scored / total`: of how much `scoredPassRate` speaks. Null when there are none. */
  readonly coverage?: Maybe<Proportion>;
  /** How many of them errored, and so did not pass. */
  readonly errored: Scalars['Int']['output'];
  /** How probably two attempts at the same scenario disagree, one passed and one not: `2 · c · (n − c) / (n · (n − 1))`, as the mean over all scenarios with two attempts or more. Null when there is none. */
  readonly flakeRate?: Maybe<Scalars['Float']['output']>;
  /** The scenarios whose attempts disagree, those that do so most first. */
  readonly flaky: ReadonlyArray<FlakyScenario>;
  /** pass@k: how probably at least one of `k` attempts passes, `1 − C(n−c, k) / C(n, k)` for `c` of `n` attempts, as the mean over all scenarios with `k` attempts or more. Null when there is none. */
  readonly passAtK?: Maybe<Scalars['Float']['output']>;
  /** pass^k: how probably all of `k` attempts pass, `C(c, k) / C(n, k)` for `c` of `n` attempts, as the mean over all scenarios with `k` attempts or more. Null when there is none. */
  readonly passHatK?: Maybe<Scalars['Float']['output']>;
  /** `passed / total`: what broke (outcome ERRORED) counts as not passed, as in official tables. Null when there are none. */
  readonly passRate?: Maybe<Proportion>;
  /** How many of them passed. */
  readonly passed: Scalars['Int']['output'];
  /** How many scenarios have a finished attempt. */
  readonly scenarios: Scalars['Int']['output'];
  /** How many of `total` were scored: all but those that broke (outcome ERRORED), which say nothing about the agent. */
  readonly scored: Scalars['Int']['output'];
  /** `passed / scored`: what the agent did where nothing broke; `coverage` says of how much this speaks. Null when none was scored. */
  readonly scoredPassRate?: Maybe<Proportion>;
  /** How many finished attempts there are, at all scenarios. */
  readonly total: Scalars['Int']['output'];
};


/** What finished scenario runs say as attempts at their scenarios. An attempt that errored is one that did not pass. Estimators are unbiased. */
export type AttemptsFlakyArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** What finished scenario runs say as attempts at their scenarios. An attempt that errored is one that did not pass. Estimators are unbiased. */
export type AttemptsPassAtKArgs = {
  k: Scalars['Int']['input'];
};


/** What finished scenario runs say as attempts at their scenarios. An attempt that errored is one that did not pass. Estimators are unbiased. */
export type AttemptsPassHatKArgs = {
  k: Scalars['Int']['input'];
};


/** What finished scenario runs say as attempts at their scenarios. An attempt that errored is one that did not pass. Estimators are unbiased. */
export type AttemptsScenariosArgs = {
  attempts?: InputMaybe<Scalars['Int']['input']>;
};

/** Scores by a bash script that prints `score=` and a number from 0.0 to 1.0. */
export type BashScriptScorer = {
  readonly __typename?: 'BashScriptScorer';
  /** The script; null when the upstream does not show it. */
  readonly script?: Maybe<Scalars['String']['output']>;
};

/** A named set of scenarios, run together to measure an agent. */
export type Benchmark = Node & {
  readonly __typename?: 'Benchmark';
  /** The runs taken together as attempts at the scenarios: pass@k, pass^k and flakiness. Costs what a leaderboard of the same runs does, and shares it. Null, with an error on its path, when these cannot be read. */
  readonly attempts?: Maybe<BenchmarkAttempts>;
  /** Who made it; null when unsaid. */
  readonly attribution?: Maybe<Scalars['String']['output']>;
  /** What it measures; null when unsaid. */
  readonly description?: Maybe<Scalars['String']['output']>;
  /** Runloop's own id, unchanged, such as `scr_…`: what a person copies out of the dashboard works here. */
  readonly id: Scalars['ID']['output'];
  /** Whether every account can run it. */
  readonly isPublic: Scalars['Boolean']['output'];
  /** How groups of the runs rank that have the same value under a key of their metadata. Costs a call for the runs and one for each 5,000 scenario runs of each; nothing for those of a finished run that was counted before. Null, with an error on its path, when these cannot be read. */
  readonly leaderboard?: Maybe<Leaderboard>;
  /** What the user attached to the benchmark. */
  readonly metadata: ReadonlyArray<KeyValue>;
  /** The name of the benchmark. */
  readonly name: Scalars['String']['output'];
  /** Environment variables without which its runs fail to start. */
  readonly requiredEnvironmentVariables: ReadonlyArray<Scalars['String']['output']>;
  /** Secrets without which its runs fail to start; null, with an error on its path, for callers without the scope `environment:read`. */
  readonly requiredSecretNames?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** The runs of the benchmark, newest first. */
  readonly runs: BenchmarkRunConnection;
  /** How many scenarios the benchmark has. */
  readonly scenarioCount: Scalars['Int']['output'];
  /** The scenarios of the benchmark. */
  readonly scenarios: ScenarioConnection;
  /** Whether it is in use. */
  readonly status: BenchmarkStatus;
};


/** A named set of scenarios, run together to measure an agent. */
export type BenchmarkAttemptsArgs = {
  filter?: InputMaybe<BenchmarkBenchmarkRunFilter>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** A named set of scenarios, run together to measure an agent. */
export type BenchmarkLeaderboardArgs = {
  by: Scalars['String']['input'];
  filter?: InputMaybe<BenchmarkBenchmarkRunFilter>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** A named set of scenarios, run together to measure an agent. */
export type BenchmarkMetadataArgs = {
  keys?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** A named set of scenarios, run together to measure an agent. */
export type BenchmarkRunsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<BenchmarkBenchmarkRunFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A named set of scenarios, run together to measure an agent. */
export type BenchmarkScenariosArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** Several runs of a benchmark, taken as attempts at its scenarios. */
export type BenchmarkAttempts = {
  readonly __typename?: 'BenchmarkAttempts';
  /** Their scenario runs as attempts at the scenarios. */
  readonly attempts: Attempts;
  /** Whether every scenario run of every run that meets the filter is counted. False when there are older runs, or more scenario runs, than the gateway reads. */
  readonly isExhaustive: Scalars['Boolean']['output'];
  /** How many benchmark runs are counted. */
  readonly runs: Scalars['Int']['output'];
};

/** Which runs of a benchmark. Conditions add up. */
export type BenchmarkBenchmarkRunFilter = {
  /** Runs that took at most so many milliseconds; a run without a duration is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly maxDurationMs?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with this score, 0 to 1, or a lower one; a run without a score is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly maxScore?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with every one of these entries, 1 to 20. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly metadata?: InputMaybe<ReadonlyArray<MetadataCondition>>;
  /** Runs that took so many milliseconds, 0 or more, or longer; a run without a duration is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly minDurationMs?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with this score, 0 to 1, or a higher one; a run without a score is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly minScore?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with this name. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** Runs whose id or name contains this text. */
  readonly search?: InputMaybe<Scalars['String']['input']>;
  /** Runs that started at this instant or later. Lists are newest first, so that the gateway stops looking behind it. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly startedAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Runs that started before this instant. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly startedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Runs in this state. */
  readonly state?: InputMaybe<BenchmarkRunState>;
  /** Runs in any of these states. One alone is asked of the upstream. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly states?: InputMaybe<ReadonlyArray<BenchmarkRunState>>;
};

/** A page of benchmarks, in the order of the upstream: newest first. */
export type BenchmarkConnection = {
  readonly __typename?: 'BenchmarkConnection';
  /** The rows with their cursors. Null, with an error on its path, when the page cannot be read. */
  readonly edges?: Maybe<ReadonlyArray<BenchmarkEdge>>;
  /** Whether the page is all that it would be without bounds. False when the gateway, which applies filters that the upstream does not know, reached one before the page was full: then `pageInfo.hasNextPage` is true and `endCursor` goes on where it stopped. In a list with `orderBy`, false when the list has more rows than the gateway orders, which are the newest ones: all pages are taken from these. False, too, when the page cannot be read. */
  readonly isExhaustive: Scalars['Boolean']['output'];
  /** The rows without their cursors; a row is null, with an error on its path, where it is unreadable. Null, with an error on its path, when the page cannot be read. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<Benchmark>>>;
  /** Where this page stands in its list. Null, with an error on its path, when the page cannot be read. */
  readonly pageInfo?: Maybe<PageInfo>;
  /** How many rows there are in all, never a guess: null when the upstream does not say, or when the gateway would have to look further than it may. Counted only when selected. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One row of a list of benchmarks. */
export type BenchmarkEdge = {
  readonly __typename?: 'BenchmarkEdge';
  /** Where this row stands: `after` takes it. */
  readonly cursor: Scalars['String']['output'];
  /** The row itself; null, with an error on its path, when the upstream sent something unreadable. */
  readonly node?: Maybe<Benchmark>;
};

/** Which benchmarks. Conditions add up: a benchmark has to meet all that are given. */
export type BenchmarkFilter = {
  /** True lists the public benchmarks; false or absent lists the account's own. */
  readonly isPublic?: InputMaybe<Scalars['Boolean']['input']>;
  /** Benchmarks with this name. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** Benchmarks whose id or name contains this text. */
  readonly search?: InputMaybe<Scalars['String']['input']>;
};

/** A set of scenarios that the upstream has several agents and models work on, in a benchmark run for each of them. */
export type BenchmarkJob = Node & {
  readonly __typename?: 'BenchmarkJob';
  /** Each agent and model, in the order of the job: those to come, those at work and those that have ended. An outcome in the job wins over a row that says the agent is at work. */
  readonly agents: ReadonlyArray<JobAgent>;
  /** The benchmark run of each agent that was started, in the order of `agents`; null where one is gone. */
  readonly benchmarkRuns: ReadonlyArray<Maybe<BenchmarkRun>>;
  /** When it was created. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** Why the job as a whole failed; null when it has not. */
  readonly failureReason?: Maybe<Scalars['String']['output']>;
  /** Runloop's own id, unchanged, such as `scr_…`: what a person copies out of the dashboard works here. */
  readonly id: Scalars['ID']['output'];
  /** Whether nothing of the job changes any more: it is completed, failed, cancelled or timed out. */
  readonly isTerminal: Scalars['Boolean']['output'];
  /** The name; null when the upstream does not say. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** How it goes about its scenarios; null when everything is left to the upstream. */
  readonly orchestrator?: Maybe<JobOrchestrator>;
  /** What came of each benchmark run that is through, as the job counts it; empty before. */
  readonly outcomes: ReadonlyArray<JobOutcome>;
  /** How many scenarios each agent works on. */
  readonly scenarioCount: Scalars['Int']['output'];
  /** The ids of the scenarios that each agent works on. */
  readonly scenarioIds: ReadonlyArray<Scalars['ID']['output']>;
  /** What it was made from; null when the upstream does not say. */
  readonly source?: Maybe<JobSource>;
  /** Where the job is in its life. */
  readonly state: BenchmarkJobState;
};

/** A page of benchmark jobs, in the order of the upstream: newest first. */
export type BenchmarkJobConnection = {
  readonly __typename?: 'BenchmarkJobConnection';
  /** The rows with their cursors. Null, with an error on its path, when the page cannot be read. */
  readonly edges?: Maybe<ReadonlyArray<BenchmarkJobEdge>>;
  /** Whether the page is all that it would be without bounds. False when the gateway, which applies filters that the upstream does not know, reached one before the page was full: then `pageInfo.hasNextPage` is true and `endCursor` goes on where it stopped. In a list with `orderBy`, false when the list has more rows than the gateway orders, which are the newest ones: all pages are taken from these. False, too, when the page cannot be read. */
  readonly isExhaustive: Scalars['Boolean']['output'];
  /** The rows without their cursors; a row is null, with an error on its path, where it is unreadable. Null, with an error on its path, when the page cannot be read. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<BenchmarkJob>>>;
  /** Where this page stands in its list. Null, with an error on its path, when the page cannot be read. */
  readonly pageInfo?: Maybe<PageInfo>;
  /** How many rows there are in all, never a guess: null when the upstream does not say, or when the gateway would have to look further than it may. Counted only when selected. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One row of a list of benchmark jobs. */
export type BenchmarkJobEdge = {
  readonly __typename?: 'BenchmarkJobEdge';
  /** Where this row stands: `after` takes it. */
  readonly cursor: Scalars['String']['output'];
  /** The row itself; null, with an error on its path, when the upstream sent something unreadable. */
  readonly node?: Maybe<BenchmarkJob>;
};

/** A benchmark job as it is now, or after it, one of its agents or an outcome changed. */
export type BenchmarkJobEvent = Event & {
  readonly __typename?: 'BenchmarkJobEvent';
  /** When it happened: the upstream's time where it says when, otherwise when the gateway saw it. */
  readonly at: Scalars['DateTime']['output'];
  /** The benchmark job right after the event. */
  readonly benchmarkJob: BenchmarkJob;
  /** Given as `after`, it resumes right behind this event. */
  readonly cursor: Scalars['Cursor']['output'];
  /** Whether something happened or the subscription (re)starts. */
  readonly kind: EventKind;
  /** The state before; the same as now when only agents or outcomes changed, null in a snapshot. */
  readonly previousState?: Maybe<BenchmarkJobState>;
  /** How many events before this one are left out, because the subscriber was too slow for them. */
  readonly skipped: Scalars['Int']['output'];
};

/** Which benchmark jobs. Conditions add up: a job has to meet all that are given. */
export type BenchmarkJobFilter = {
  /** Jobs with this name. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** Jobs whose id or name contains this text. */
  readonly search?: InputMaybe<Scalars['String']['input']>;
};

/** What happened to one row of a followed list of benchmark jobs. */
export type BenchmarkJobListChange = {
  readonly __typename?: 'BenchmarkJobListChange';
  /** The row right after the event; as it was last seen, where it was removed. */
  readonly benchmarkJob: BenchmarkJob;
  /** Its place in `nodes`, from 0; null for one that was removed. Who takes the rows of all changes out of the `nodes` before, and puts those with a place back in the order of the changes, has the `nodes` of this event. */
  readonly index?: Maybe<Scalars['Int']['output']>;
  /** Whether the row came, stayed or went. */
  readonly kind: ListChangeKind;
  /** Its state before; the same as now when something else changed, null for one that was added. */
  readonly previousState?: Maybe<BenchmarkJobState>;
};

/** The newest benchmark jobs as they are now, or after some of them came, changed or went. */
export type BenchmarkJobListEvent = Event & {
  readonly __typename?: 'BenchmarkJobListEvent';
  /** When it happened: the upstream's time where it says when, otherwise when the gateway saw it. */
  readonly at: Scalars['DateTime']['output'];
  /** Each row that came, changed or went, once: first what was removed, then the others in the order of `nodes`. Empty in a snapshot, and when only `hasNextPage` or `isExhaustive` changed. */
  readonly changes: ReadonlyArray<BenchmarkJobListChange>;
  /** Given as `after`, it resumes right behind this event. */
  readonly cursor: Scalars['Cursor']['output'];
  /** Whether there are more rows behind them, which a query can ask for. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether `nodes` are all that they would be without bounds. False when the gateway, which applies filters that the upstream does not know, reached one before there were enough rows. */
  readonly isExhaustive: Scalars['Boolean']['output'];
  /** Whether something happened or the subscription (re)starts. */
  readonly kind: EventKind;
  /** The newest rows right after the event, newest first. Rows that cannot be read are left out. */
  readonly nodes: ReadonlyArray<BenchmarkJob>;
  /** How many events before this one are left out, because the subscriber was too slow for them. */
  readonly skipped: Scalars['Int']['output'];
};

/** A job that was made from a benchmark. */
export type BenchmarkJobSource = {
  readonly __typename?: 'BenchmarkJobSource';
  /** The benchmark; null when it is gone. */
  readonly benchmark?: Maybe<Benchmark>;
  /** The name of the benchmark, which costs no call; null when the upstream does not say. */
  readonly benchmarkName?: Maybe<Scalars['String']['output']>;
};

/** Where a benchmark job is in its life. */
export type BenchmarkJobState =
  /** It was cancelled. Terminal. */
  | 'CANCELLED'
  /** Every agent is through. Terminal. */
  | 'COMPLETED'
  /** It broke; `failureReason` says why. Terminal. */
  | 'FAILED'
  /** It is being set up. */
  | 'INITIALIZING'
  /** It waits to be started. */
  | 'QUEUED'
  /** Its agents work. */
  | 'RUNNING'
  /** It took too long. Terminal. */
  | 'TIMEOUT'
  /** A value that the upstream has added and this version of the gateway does not know. */
  | 'UNKNOWN';

/** One pass over a benchmark: a scenario run for each of its scenarios, and the mean of their scores. */
export type BenchmarkRun = Node & {
  readonly __typename?: 'BenchmarkRun';
  /** The benchmark that is run; null when the run was not made from one, or it is gone. */
  readonly benchmark?: Maybe<Benchmark>;
  /** How long the run took, in milliseconds; null while it is active. */
  readonly durationMs?: Maybe<Scalars['Float']['output']>;
  /** The start plus the duration; null while the run is active. */
  readonly endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The environment variables that the run was started with. */
  readonly environmentVariables: ReadonlyArray<EnvironmentVariable>;
  /** Runloop's own id, unchanged, such as `scr_…`: what a person copies out of the dashboard works here. */
  readonly id: Scalars['ID']['output'];
  /** Whether nothing of the run changes any more: it is completed, canceled or failed. */
  readonly isTerminal: Scalars['Boolean']['output'];
  /** What the user attached to the run. */
  readonly metadata: ReadonlyArray<KeyValue>;
  /** The display name; null when none was given. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** How far the run has come, over all its scenario runs. Costs a call for each 5,000 of them, shared with `stats`, and one for the benchmark; nothing in a subscription. Null, with an error on its path, when they cannot be read. */
  readonly progress?: Maybe<RunProgress>;
  /** What the run was made for; null when unsaid. */
  readonly purpose?: Maybe<Scalars['String']['output']>;
  /** The scenario runs that have been started so far, newest first unless `orderBy` says otherwise. */
  readonly scenarioRuns: ScenarioRunConnection;
  /** The sum of the scenario scores divided by the number of scenario runs, from 0 to 1; null until the run is completed. */
  readonly score?: Maybe<Scalars['Float']['output']>;
  /** Which of the account's secrets fill which environment variables of the scenario runs. */
  readonly secretsProvided: ReadonlyArray<SecretReference>;
  /** When the run was started. */
  readonly startedAt: Scalars['DateTime']['output'];
  /** Where the run is in its life. */
  readonly state: BenchmarkRunState;
  /** How the run went so far, over all its finished scenario runs. Costs a call for each 5,000 scenario runs, shared with `progress`; nothing in a subscription. Null, with an error on its path, when they cannot be read. */
  readonly stats?: Maybe<RunStats>;
};


/** One pass over a benchmark: a scenario run for each of its scenarios, and the mean of their scores. */
export type BenchmarkRunMetadataArgs = {
  keys?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** One pass over a benchmark: a scenario run for each of its scenarios, and the mean of their scores. */
export type BenchmarkRunScenarioRunsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<BenchmarkRunScenarioRunFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<ScenarioRunOrder>;
};

/** What changed from one benchmark run, the base, to another, the head. Scenarios are compared by their finished attempts, over all scenario runs of both. */
export type BenchmarkRunComparison = {
  readonly __typename?: 'BenchmarkRunComparison';
  /** What is compared with. */
  readonly base: BenchmarkRun;
  /** How many scenarios with finished attempts in both runs errored at each attempt in the base, so that there is nothing to compare with: neither regressed nor fixed. 0 with COUNT_AS_FAILED. */
  readonly erroredInBase: Scalars['Int']['output'];
  /** How many scenarios are counted in `erroredInBase` and in `erroredInHead`. */
  readonly erroredInBoth: Scalars['Int']['output'];
  /** How many scenarios with finished attempts in both runs errored at each attempt in the head: neither regressed nor fixed. 0 with COUNT_AS_FAILED. */
  readonly erroredInHead: Scalars['Int']['output'];
  /** How many scenarios did not pass in the base, and do in the head. */
  readonly fixed: Scalars['Int']['output'];
  /** What is compared. */
  readonly head: BenchmarkRun;
  /** Whether both runs are finished and counted in full, so that none of this changes any more. Null, with an error on its path, when a benchmark cannot be read that says what is expected. */
  readonly isComplete?: Maybe<Scalars['Boolean']['output']>;
  /** Whether every scenario run of both is counted. False when there are more than the gateway reads (STATISTICS_MAX_SCENARIO_RUNS), or the upstream sent one that is unreadable. */
  readonly isExhaustive: Scalars['Boolean']['output'];
  /** How many scenarios have a finished attempt in the base alone. */
  readonly onlyInBase: Scalars['Int']['output'];
  /** How many scenarios have a finished attempt in the head alone. */
  readonly onlyInHead: Scalars['Int']['output'];
  /** How probably chance alone changes outcomes at least as unevenly: McNemar's exact two-sided test over the scenarios that are regressed, fixed or unchanged, `min(1, 2 · Σ C(n, i) / 2ⁿ)` for `i` up to the smaller of `regressed` and `fixed`, `n` being their sum. 1 when nothing changed, null when there is no such scenario. */
  readonly pValue?: Maybe<Scalars['Float']['output']>;
  /** How many scenarios passed in the base, and do not in the head. */
  readonly regressed: Scalars['Int']['output'];
  /** The scenarios with a finished attempt in either run: the regressed first, then the fixed, those that errored in the head, in the base, in both, those only in the base, those only in the head, the unchanged; among these, those first whose score moved most. */
  readonly scenarios: ReadonlyArray<ComparedScenario>;
  /** The mean of the score deltas of the scenarios that have a score in both, from −1 to 1; null when none has. */
  readonly scoreDelta?: Maybe<Scalars['Float']['output']>;
  /** How many scenarios passed in both, or in neither. */
  readonly unchanged: Scalars['Int']['output'];
};


/** What changed from one benchmark run, the base, to another, the head. Scenarios are compared by their finished attempts, over all scenario runs of both. */
export type BenchmarkRunComparisonScenariosArgs = {
  after?: InputMaybe<Scalars['ID']['input']>;
  change?: InputMaybe<ReadonlyArray<ScenarioChange>>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of benchmark runs, in the order of the upstream: newest first. */
export type BenchmarkRunConnection = {
  readonly __typename?: 'BenchmarkRunConnection';
  /** The rows with their cursors. Null, with an error on its path, when the page cannot be read. */
  readonly edges?: Maybe<ReadonlyArray<BenchmarkRunEdge>>;
  /** Whether the page is all that it would be without bounds. False when the gateway, which applies filters that the upstream does not know, reached one before the page was full: then `pageInfo.hasNextPage` is true and `endCursor` goes on where it stopped. In a list with `orderBy`, false when the list has more rows than the gateway orders, which are the newest ones: all pages are taken from these. False, too, when the page cannot be read. */
  readonly isExhaustive: Scalars['Boolean']['output'];
  /** The rows without their cursors; a row is null, with an error on its path, where it is unreadable. Null, with an error on its path, when the page cannot be read. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<BenchmarkRun>>>;
  /** Where this page stands in its list. Null, with an error on its path, when the page cannot be read. */
  readonly pageInfo?: Maybe<PageInfo>;
  /** How many rows there are in all, never a guess: null when the upstream does not say, or when the gateway would have to look further than it may. Counted only when selected. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One row of a list of benchmark runs. */
export type BenchmarkRunEdge = {
  readonly __typename?: 'BenchmarkRunEdge';
  /** Where this row stands: `after` takes it. */
  readonly cursor: Scalars['String']['output'];
  /** The row itself; null, with an error on its path, when the upstream sent something unreadable. */
  readonly node?: Maybe<BenchmarkRun>;
};

/** A benchmark run as it is now, or after it or some of its scenario runs changed. */
export type BenchmarkRunEvent = Event & {
  readonly __typename?: 'BenchmarkRunEvent';
  /** When it happened: the upstream's time where it says when, otherwise when the gateway saw it. */
  readonly at: Scalars['DateTime']['output'];
  /** The benchmark run right after the event. */
  readonly benchmarkRun: BenchmarkRun;
  /** Each scenario run that changed or was started, once; empty in a snapshot. */
  readonly changes: ReadonlyArray<ScenarioRunChange>;
  /** Given as `after`, it resumes right behind this event. */
  readonly cursor: Scalars['Cursor']['output'];
  /** Whether something happened or the subscription (re)starts. */
  readonly kind: EventKind;
  /** The state before; the same as now when only scenario runs changed, null in a snapshot. */
  readonly previousState?: Maybe<BenchmarkRunState>;
  /** How many events before this one are left out, because the subscriber was too slow for them. */
  readonly skipped: Scalars['Int']['output'];
};

/** Which benchmark runs. Conditions add up: a run has to meet all that are given. */
export type BenchmarkRunFilter = {
  /** Runs of this benchmark. */
  readonly benchmarkId?: InputMaybe<Scalars['ID']['input']>;
  /** Runs that took at most so many milliseconds; a run without a duration is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly maxDurationMs?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with this score, 0 to 1, or a lower one; a run without a score is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly maxScore?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with every one of these entries, 1 to 20. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly metadata?: InputMaybe<ReadonlyArray<MetadataCondition>>;
  /** Runs that took so many milliseconds, 0 or more, or longer; a run without a duration is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly minDurationMs?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with this score, 0 to 1, or a higher one; a run without a score is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly minScore?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with this name. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** Runs whose id or name contains this text. */
  readonly search?: InputMaybe<Scalars['String']['input']>;
  /** Runs that started at this instant or later. Lists are newest first, so that the gateway stops looking behind it. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly startedAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Runs that started before this instant. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly startedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Runs in this state. */
  readonly state?: InputMaybe<BenchmarkRunState>;
  /** Runs in any of these states. One alone is asked of the upstream. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly states?: InputMaybe<ReadonlyArray<BenchmarkRunState>>;
};

/** What happened to one row of a followed list of benchmark runs. */
export type BenchmarkRunListChange = {
  readonly __typename?: 'BenchmarkRunListChange';
  /** The row right after the event; as it was last seen, where it was removed. */
  readonly benchmarkRun: BenchmarkRun;
  /** Its place in `nodes`, from 0; null for one that was removed. Who takes the rows of all changes out of the `nodes` before, and puts those with a place back in the order of the changes, has the `nodes` of this event. */
  readonly index?: Maybe<Scalars['Int']['output']>;
  /** Whether the row came, stayed or went. */
  readonly kind: ListChangeKind;
  /** Its state before; the same as now when something else changed, null for one that was added. */
  readonly previousState?: Maybe<BenchmarkRunState>;
};

/** The newest benchmark runs as they are now, or after some of them came, changed or went. */
export type BenchmarkRunListEvent = Event & {
  readonly __typename?: 'BenchmarkRunListEvent';
  /** When it happened: the upstream's time where it says when, otherwise when the gateway saw it. */
  readonly at: Scalars['DateTime']['output'];
  /** Each row that came, changed or went, once: first what was removed, then the others in the order of `nodes`. Empty in a snapshot, and when only `hasNextPage` or `isExhaustive` changed. */
  readonly changes: ReadonlyArray<BenchmarkRunListChange>;
  /** Given as `after`, it resumes right behind this event. */
  readonly cursor: Scalars['Cursor']['output'];
  /** Whether there are more rows behind them, which a query can ask for. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether `nodes` are all that they would be without bounds. False when the gateway, which applies filters that the upstream does not know, reached one before there were enough rows. */
  readonly isExhaustive: Scalars['Boolean']['output'];
  /** Whether something happened or the subscription (re)starts. */
  readonly kind: EventKind;
  /** The newest rows right after the event, newest first. Rows that cannot be read are left out. */
  readonly nodes: ReadonlyArray<BenchmarkRun>;
  /** How many events before this one are left out, because the subscriber was too slow for them. */
  readonly skipped: Scalars['Int']['output'];
};

/** Which scenario runs of a benchmark run. Conditions add up. */
export type BenchmarkRunScenarioRunFilter = {
  /** Runs that took at most so many milliseconds; a run without a duration is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly maxDurationMs?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with this score, 0 to 1, or a lower one; a run without a score is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly maxScore?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with every one of these entries, 1 to 20. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly metadata?: InputMaybe<ReadonlyArray<MetadataCondition>>;
  /** Runs that took so many milliseconds, 0 or more, or longer; a run without a duration is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly minDurationMs?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with this score, 0 to 1, or a higher one; a run without a score is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly minScore?: InputMaybe<Scalars['Float']['input']>;
  /** Runs that ended so. FAILED finds runs that were scored below 1, which are SCORED or COMPLETED; ERRORED those that broke, among them all in the state FAILED. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly outcome?: InputMaybe<Outcome>;
  /** Runs whose id or name contains this text. */
  readonly search?: InputMaybe<Scalars['String']['input']>;
  /** Runs that started at this instant or later. Lists are newest first, so that the gateway stops looking behind it. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly startedAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Runs that started before this instant. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly startedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Runs in this state. FAILED finds runs that broke; `outcome: FAILED` those that were scored below 1. */
  readonly state?: InputMaybe<ScenarioRunState>;
  /** Runs in any of these states. One alone is asked of the upstream. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly states?: InputMaybe<ReadonlyArray<ScenarioRunState>>;
};

/** Where a benchmark run is in its life. */
export type BenchmarkRunState =
  /** Canceled, together with every scenario run that was active. Terminal. */
  | 'CANCELED'
  /** Every scenario run has ended and the score is known. Terminal. */
  | 'COMPLETED'
  /** Ended by the platform because something broke. Terminal. */
  | 'FAILED'
  /** Scenario runs are active, or still to be started. */
  | 'RUNNING'
  /** A value that the upstream has added and this version of the gateway does not know. */
  | 'UNKNOWN';

/** Whether a benchmark is in use. */
export type BenchmarkStatus =
  /** It is listed and can be run. */
  | 'ACTIVE'
  /** It is kept for its runs, but no longer listed. */
  | 'ARCHIVED'
  /** A value that the upstream has added and this version of the gateway does not know. */
  | 'UNKNOWN';

/** An axon event stream, delivered to an agent on the devbox. */
export type BrokerMountInput = {
  /** The program that is the agent, such as `opencode`. */
  readonly agentBinary?: InputMaybe<Scalars['String']['input']>;
  /** The event stream. */
  readonly axonId: Scalars['ID']['input'];
  /** The arguments it is started with. */
  readonly launchArguments?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** How its events are delivered. */
  readonly protocol?: InputMaybe<BrokerProtocol>;
  /** Where it is started; the home directory when absent. */
  readonly workingDirectory?: InputMaybe<Scalars['String']['input']>;
};

/** How a broker delivers events to an agent. */
export type BrokerProtocol =
  /** The Agent Client Protocol. */
  | 'ACP'
  /** The JSON stream of Claude Code. */
  | 'CLAUDE_JSON'
  /** The JSON stream of Codex. */
  | 'CODEX_JSON'
  /** The JSON stream of Pi. */
  | 'PI_JSON';

/** What `cancelBenchmarkRun` answers: what was done, or why it was not, or that nobody knows. */
export type CancelBenchmarkRunResult = CancelBenchmarkRunSuccess | ForbiddenError | InvalidInputError | InvalidTransitionError | NotFoundError | OutcomeUnknownError;

/** What `cancelBenchmarkRun` answers when it was done. */
export type CancelBenchmarkRunSuccess = {
  readonly __typename?: 'CancelBenchmarkRunSuccess';
  /** The run, which is canceled. */
  readonly benchmarkRun: BenchmarkRun;
};

/** What `cancelScenarioRun` answers: what was done, or why it was not, or that nobody knows. */
export type CancelScenarioRunResult = CancelScenarioRunSuccess | ForbiddenError | InvalidInputError | InvalidTransitionError | NotFoundError | OutcomeUnknownError;

/** What `cancelScenarioRun` answers when it was done. */
export type CancelScenarioRunSuccess = {
  readonly __typename?: 'CancelScenarioRunSuccess';
  /** The run, which is canceled. */
  readonly scenarioRun: ScenarioRun;
};

/** A git repository, cloned to /home/user/<repoName>. */
export type CodeMountInput = {
  /** The branch or tag to check out; the default branch when absent. */
  readonly gitRef?: InputMaybe<Scalars['String']['input']>;
  /** What to run after cloning. */
  readonly installCommand?: InputMaybe<Scalars['String']['input']>;
  /** The name of the repository. */
  readonly repoName: Scalars['String']['input'];
  /** Who owns the repository. */
  readonly repoOwner: Scalars['String']['input'];
  /** A token for a private repository. */
  readonly token?: InputMaybe<Scalars['String']['input']>;
};

/** Scores by the exit status of one command: 0 passes. */
export type CommandScorer = {
  readonly __typename?: 'CommandScorer';
  /** The command; null when the upstream does not show it. */
  readonly command?: Maybe<Scalars['String']['output']>;
};

/** A scenario in two benchmark runs. */
export type ComparedScenario = {
  readonly __typename?: 'ComparedScenario';
  /** How it went in the base; null when that has no finished attempt at it. */
  readonly base?: Maybe<ScenarioResult>;
  /** What became of it. */
  readonly change: ScenarioChange;
  /** How it went in the head; null when that has no finished attempt at it. */
  readonly head?: Maybe<ScenarioResult>;
  /** The scenario; null when it is gone. */
  readonly scenario?: Maybe<Scenario>;
  /** The score in the head less that in the base, from −1 to 1; null unless both have one. */
  readonly scoreDelta?: Maybe<Scalars['Float']['output']>;
};

/** What `completeBenchmarkRun` answers: what was done, or why it was not, or that nobody knows. */
export type CompleteBenchmarkRunResult = CompleteBenchmarkRunSuccess | ForbiddenError | InvalidInputError | InvalidTransitionError | NotFoundError | OutcomeUnknownError;

/** What `completeBenchmarkRun` answers when it was done. */
export type CompleteBenchmarkRunSuccess = {
  readonly __typename?: 'CompleteBenchmarkRunSuccess';
  /** The run, which is completed. */
  readonly benchmarkRun: BenchmarkRun;
};

/** What `completeScenarioRun` answers: what was done, or why it was not, or that nobody knows. */
export type CompleteScenarioRunResult = CompleteScenarioRunSuccess | ForbiddenError | InvalidInputError | InvalidTransitionError | NotFoundError | OutcomeUnknownError;

/** What `completeScenarioRun` answers when it was done. */
export type CompleteScenarioRunSuccess = {
  readonly __typename?: 'CompleteScenarioRunSuccess';
  /** The run, which is completed. */
  readonly scenarioRun: ScenarioRun;
};

/** Scores by a scorer that the account has registered. */
export type CustomScorer = {
  readonly __typename?: 'CustomScorer';
  /** The registered type of the scorer. */
  readonly customType: Scalars['String']['output'];
  /** What is passed to the scorer; null when nothing is. */
  readonly parameters?: Maybe<Scalars['JSON']['output']>;
};

/** A cloud machine: what a scenario run works on. */
export type Devbox = Node & {
  readonly __typename?: 'Devbox';
  /** The blueprint it was made from; null when it was not. */
  readonly blueprintId?: Maybe<Scalars['ID']['output']>;
  /** What it can do beyond the usual. */
  readonly capabilities: ReadonlyArray<DevboxCapability>;
  /** When it was created. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When it ended; null while it has not. */
  readonly endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** What made it fail; null when it has not. */
  readonly failureReason?: Maybe<DevboxFailureReason>;
  /** Runloop's own id, unchanged, such as `scr_…`: what a person copies out of the dashboard works here. */
  readonly id: Scalars['ID']['output'];
  /** The id of what made it; null when the upstream does not say. */
  readonly initiatorId?: Maybe<Scalars['String']['output']>;
  /** What made it; null when the upstream does not say. */
  readonly initiatorType?: Maybe<DevboxInitiatorType>;
  /** Whether its status cannot change any more: it has failed or is shut down. */
  readonly isTerminal: Scalars['Boolean']['output'];
  /** What it was launched with. */
  readonly launchParameters: LaunchParameters;
  /** What was logged on it, oldest first; null, with an error on its path, for callers without the scope `logs:read`. Costs an upstream call of its own, whatever the page. */
  readonly logs?: Maybe<DevboxLogConnection>;
  /** What the user attached to the devbox. */
  readonly metadata: ReadonlyArray<KeyValue>;
  /** The name; null when none was given. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** What made it shut down; null when it has not. */
  readonly shutdownReason?: Maybe<DevboxShutdownReason>;
  /** The disk snapshot it was made from; null when it was not. */
  readonly snapshotId?: Maybe<Scalars['ID']['output']>;
  /** Its whole history, oldest first. */
  readonly stateTransitions: ReadonlyArray<DevboxStateTransition>;
  /** Where the devbox is in its life. */
  readonly status: DevboxStatus;
  /** What it has used; null when the devbox is gone, or, with an error on its path, for callers without the scope `usage:read`. Costs an upstream call of its own. */
  readonly usage?: Maybe<DevboxUsage>;
};


/** A cloud machine: what a scenario run works on. */
export type DevboxLogsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DevboxLogFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** A cloud machine: what a scenario run works on. */
export type DevboxMetadataArgs = {
  keys?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};

/** What a devbox can do beyond the usual. */
export type DevboxCapability =
  /** It can run containers. */
  | 'DOCKER_IN_DOCKER'
  /** The upstream does not know, or has added a value that this version of the gateway does not know. */
  | 'UNKNOWN';

/** A page of devboxes, in the order of the upstream: newest first. */
export type DevboxConnection = {
  readonly __typename?: 'DevboxConnection';
  /** The rows with their cursors. Null, with an error on its path, when the page cannot be read. */
  readonly edges?: Maybe<ReadonlyArray<DevboxEdge>>;
  /** Whether the page is all that it would be without bounds. False when the gateway, which applies filters that the upstream does not know, reached one before the page was full: then `pageInfo.hasNextPage` is true and `endCursor` goes on where it stopped. In a list with `orderBy`, false when the list has more rows than the gateway orders, which are the newest ones: all pages are taken from these. False, too, when the page cannot be read. */
  readonly isExhaustive: Scalars['Boolean']['output'];
  /** The rows without their cursors; a row is null, with an error on its path, where it is unreadable. Null, with an error on its path, when the page cannot be read. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<Devbox>>>;
  /** Where this page stands in its list. Null, with an error on its path, when the page cannot be read. */
  readonly pageInfo?: Maybe<PageInfo>;
  /** How many rows there are in all, never a guess: null when the upstream does not say, or when the gateway would have to look further than it may. Counted only when selected. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One row of a list of devboxes. */
export type DevboxEdge = {
  readonly __typename?: 'DevboxEdge';
  /** Where this row stands: `after` takes it. */
  readonly cursor: Scalars['String']['output'];
  /** The row itself; null, with an error on its path, when the upstream sent something unreadable. */
  readonly node?: Maybe<Devbox>;
};

/** A devbox as it is now, or after something about it changed. */
export type DevboxEvent = Event & {
  readonly __typename?: 'DevboxEvent';
  /** When it happened: the upstream's time where it says when, otherwise when the gateway saw it. */
  readonly at: Scalars['DateTime']['output'];
  /** Given as `after`, it resumes right behind this event. */
  readonly cursor: Scalars['Cursor']['output'];
  /** The devbox right after the event. */
  readonly devbox: Devbox;
  /** Whether something happened or the subscription (re)starts. */
  readonly kind: EventKind;
  /** The status before; the same as now when something else changed, null in a snapshot. */
  readonly previousStatus?: Maybe<DevboxStatus>;
  /** How many events before this one are left out, because the subscriber was too slow for them. */
  readonly skipped: Scalars['Int']['output'];
};

/** What made a devbox fail. */
export type DevboxFailureReason =
  /** It failed while running; its log tells more. */
  | 'EXECUTION_FAILED'
  /** It failed its health checks, perhaps because its resources were used up. */
  | 'HEALTH_CHECK_FAILED'
  /** It ran out of disk. */
  | 'OUT_OF_DISK'
  /** It ran out of memory. */
  | 'OUT_OF_MEMORY'
  /** A value that the upstream has added and this version of the gateway does not know. */
  | 'UNKNOWN';

/** Which devboxes. */
export type DevboxFilter = {
  /** Devboxes in this status. */
  readonly status?: InputMaybe<DevboxStatus>;
};

/** What made a devbox. */
export type DevboxInitiatorType =
  /** A call of the API. */
  | 'API'
  /** A reflex. */
  | 'REFLEX'
  /** A scenario run. */
  | 'SCENARIO'
  /** The validation of a scoring contract. */
  | 'SCORING_VALIDATION'
  /** The upstream does not know, or has added a value that this version of the gateway does not know. */
  | 'UNKNOWN';

/** One line of the log of a devbox. */
export type DevboxLog = {
  readonly __typename?: 'DevboxLog';
  /** When it was written. */
  readonly at: Scalars['DateTime']['output'];
  /** The command that was run, cut like the message; null for other lines. */
  readonly command?: Maybe<Scalars['String']['output']>;
  /** The execution that the line belongs to; null for other lines. */
  readonly executionId?: Maybe<Scalars['String']['output']>;
  /** The exit status of the command: a whole number, which may be beyond an `Int` (3221225786 on Windows). Null while there is none. */
  readonly exitCode?: Maybe<Scalars['Float']['output']>;
  /** Whether the message or the command goes on beyond what is shown. */
  readonly isCut: Scalars['Boolean']['output'];
  /** How severe it is, in the words of its source: `info`, `error`, …. */
  readonly level: Scalars['String']['output'];
  /** The text, at most as many characters of it as the gateway shows (`LOGS_MESSAGE_MAX_CHARS`); null when the line reports a command only. */
  readonly message?: Maybe<Scalars['String']['output']>;
  /** The shell that the command ran in; null when unnamed. */
  readonly shellName?: Maybe<Scalars['String']['output']>;
  /** What wrote it. */
  readonly source: DevboxLogSource;
};

/** A page of log lines, in the order of the upstream: oldest first. */
export type DevboxLogConnection = {
  readonly __typename?: 'DevboxLogConnection';
  /** The rows with their cursors. Null, with an error on its path, when the page cannot be read. */
  readonly edges?: Maybe<ReadonlyArray<DevboxLogEdge>>;
  /** Whether the page is all that it would be without bounds. False when the gateway, which applies filters that the upstream does not know, reached one before the page was full: then `pageInfo.hasNextPage` is true and `endCursor` goes on where it stopped. In a list with `orderBy`, false when the list has more rows than the gateway orders, which are the newest ones: all pages are taken from these. False, too, when the page cannot be read. */
  readonly isExhaustive: Scalars['Boolean']['output'];
  /** The rows without their cursors; a row is null, with an error on its path, where it is unreadable. Null, with an error on its path, when the page cannot be read. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<DevboxLog>>>;
  /** Where this page stands in its list. Null, with an error on its path, when the page cannot be read. */
  readonly pageInfo?: Maybe<PageInfo>;
  /** How many rows there are in all, never a guess: null when the upstream does not say, or when the gateway would have to look further than it may. Counted only when selected. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One row of a list of log lines. */
export type DevboxLogEdge = {
  readonly __typename?: 'DevboxLogEdge';
  /** Where this row stands: `after` takes it. */
  readonly cursor: Scalars['String']['output'];
  /** The row itself; null, with an error on its path, when the upstream sent something unreadable. */
  readonly node?: Maybe<DevboxLog>;
};

/** Which lines of a log. Conditions add up. */
export type DevboxLogFilter = {
  /** Lines of this execution. The upstream is asked for them alone. */
  readonly executionId?: InputMaybe<Scalars['ID']['input']>;
  /** Lines of this level, in the words of their source, whatever the case: `error`. */
  readonly level?: InputMaybe<Scalars['String']['input']>;
  /** Lines with this text in their message or command, whatever the case. */
  readonly search?: InputMaybe<Scalars['String']['input']>;
  /** Lines of commands in the shell with this name. The upstream is asked for them alone. */
  readonly shellName?: InputMaybe<Scalars['String']['input']>;
  /** Lines that this wrote. */
  readonly source?: InputMaybe<DevboxLogSource>;
};

/** What wrote a log line. */
export type DevboxLogSource =
  /** The entrypoint program. */
  | 'ENTRYPOINT'
  /** A command that somebody ran. */
  | 'EXEC'
  /** A file operation. */
  | 'FILES'
  /** The kernel. */
  | 'KMSG'
  /** The commands that set the devbox up. */
  | 'SETUP_COMMANDS'
  /** The measurement of resources. */
  | 'STATS'
  /** A value that the upstream has added and this version of the gateway does not know. */
  | 'UNKNOWN';

/** What made a devbox shut down. */
export type DevboxShutdownReason =
  /** Somebody asked for it. */
  | 'API_SHUTDOWN'
  /** Its entrypoint program ended. */
  | 'ENTRYPOINT_EXIT'
  /** It was idle for too long. */
  | 'IDLE'
  /** Its time to be kept alive was over. */
  | 'KEEP_ALIVE_TIMEOUT'
  /** Its time to live was over. */
  | 'TTL_EXPIRED'
  /** A value that the upstream has added and this version of the gateway does not know. */
  | 'UNKNOWN';

/** The moment at which a devbox took on a status. */
export type DevboxStateTransition = {
  readonly __typename?: 'DevboxStateTransition';
  /** When; null when the upstream does not say. */
  readonly at?: Maybe<Scalars['DateTime']['output']>;
  /** How long it had the status, in milliseconds: the next transition's time less this one's; null for the last. */
  readonly durationMs?: Maybe<Scalars['Float']['output']>;
  /** The failure that caused it; null when none did. */
  readonly failureReason?: Maybe<Scalars['String']['output']>;
  /** The status it took on. */
  readonly status: DevboxStatus;
};

/** Where a devbox is in its life. */
export type DevboxStatus =
  /** It failed while booting or at the actions it was asked for. Terminal. */
  | 'FAILURE'
  /** Its boot scripts run. */
  | 'INITIALIZING'
  /** Its infrastructure is allocated and booted. */
  | 'PROVISIONING'
  /** It waits for infrastructure. */
  | 'QUEUED'
  /** It boots from the disk that was saved. */
  | 'RESUMING'
  /** It is ready to be used. */
  | 'RUNNING'
  /** An older word for QUEUED. */
  | 'SCHEDULED'
  /** It was shut down. Terminal. */
  | 'SHUTDOWN'
  /** Its disk is saved and nothing runs. */
  | 'SUSPENDED'
  /** Its disk is being saved, to be suspended. */
  | 'SUSPENDING'
  /** A value that the upstream has added and this version of the gateway does not know. */
  | 'UNKNOWN';

/** What a devbox has used, up to now or to its end. */
export type DevboxUsage = {
  readonly __typename?: 'DevboxUsage';
  /** Elapsed seconds times gigabytes of disk. */
  readonly diskGbSec: Scalars['Float']['output'];
  /** When it ended; null while it has not. */
  readonly endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Active seconds times gigabytes of memory. */
  readonly memoryGbSec: Scalars['Float']['output'];
  /** When the devbox was created. */
  readonly startedAt: Scalars['DateTime']['output'];
  /** Seconds in which it was running, suspension excluded. */
  readonly totalActiveSec: Scalars['Float']['output'];
  /** Seconds since its creation, in whatever status. */
  readonly totalElapsedSec: Scalars['Float']['output'];
  /** Active seconds times virtual CPUs. */
  readonly vcpuSec: Scalars['Float']['output'];
};

/** The Linux user of a devbox. */
export type DevboxUser = {
  readonly __typename?: 'DevboxUser';
  /** The name of the user. */
  readonly name: Scalars['String']['output'];
  /** The numeric id of the user: a whole number, which may be beyond an `Int`. */
  readonly uid: Scalars['Float']['output'];
};

/** The Linux user of a devbox. */
export type DevboxUserInput = {
  /** The name of the user. */
  readonly name: Scalars['String']['input'];
  /** The numeric id of the user: a whole number from 0 to 4294967295. */
  readonly uid: Scalars['Float']['input'];
};

/** How long things took, in milliseconds. Percentiles are interpolated linearly between the two nearest values (the default of NumPy and of spreadsheets). */
export type DurationStats = {
  readonly __typename?: 'DurationStats';
  /** The longest. */
  readonly max: Scalars['Float']['output'];
  /** The median: half took no longer. */
  readonly p50: Scalars['Float']['output'];
  /** Nine of ten took no longer. */
  readonly p90: Scalars['Float']['output'];
};

/** An environment variable that a run is started with. */
export type EnvironmentVariable = {
  readonly __typename?: 'EnvironmentVariable';
  /** The name of the variable. */
  readonly name: Scalars['String']['output'];
  /** The literal value, which may be a credential; null for callers without the scope `environment:read`. */
  readonly value?: Maybe<Scalars['String']['output']>;
};

/** An environment variable with a literal value, which may be shown in logs. */
export type EnvironmentVariableInput = {
  /** The name, without blanks and `=`, given once. */
  readonly name: Scalars['String']['input'];
  /** The literal value. Secrets belong in `secrets`. */
  readonly value: Scalars['String']['input'];
};

/** Why a mutation was not done, or why its outcome is not known. */
export type Error = {
  /** What went wrong, for programs. */
  readonly code: ErrorCode;
  /** What went wrong, for people. */
  readonly message: Scalars['String']['output'];
};

/** Which of the errors that can be expected of a mutation it is. */
export type ErrorCode =
  /** The input is not what it has to be. Nothing was done. */
  | 'BAD_USER_INPUT'
  /** The state of the thing forbids it. Nothing was done. */
  | 'CONFLICT'
  /** The API key may not do it. Nothing was done. */
  | 'FORBIDDEN'
  /** There is nothing with the id. Nothing was done. */
  | 'NOT_FOUND'
  /** It was sent, and the answer was lost: it may have been done, or not. */
  | 'OUTCOME_UNKNOWN';

/** What a comparison makes of attempts that errored: those that were canceled, timed out, failed or have no score. */
export type ErroredAttempts =
  /** They count as attempts that did not pass; those without a score count 0. */
  | 'COUNT_AS_FAILED'
  /** They do not count. A scenario each of whose attempts errored in one of the runs is neither regressed nor fixed, and has no score there. */
  | 'EXCLUDE';

/** Something that a subscription tells. */
export type Event = {
  /** When it happened: the upstream's time where it says when, otherwise when the gateway saw it. */
  readonly at: Scalars['DateTime']['output'];
  /** Given as `after`, it resumes right behind this event. */
  readonly cursor: Scalars['Cursor']['output'];
  /** Whether something happened or the subscription (re)starts. */
  readonly kind: EventKind;
  /** How many events before this one are left out, because the subscriber was too slow for them. */
  readonly skipped: Scalars['Int']['output'];
};

/** What an event is. */
export type EventKind =
  /** Something happened. */
  | 'CHANGED'
  /** How things are now: the start of a subscription, or what stands for events that are lost. */
  | 'SNAPSHOT';

/** Scenario runs that did not pass for the same reason. */
export type FailureGroup = {
  readonly __typename?: 'FailureGroup';
  /** The ids of some of them, 10 at most: `nodes(ids:)` finds them. */
  readonly examples: ReadonlyArray<Scalars['ID']['output']>;
  /** What they have in common. */
  readonly reason: FailureReason;
  /** How many scenario runs there are in the group. */
  readonly runs: Scalars['Int']['output'];
  /** The name of the scoring function that is to blame; null where none is. */
  readonly scorer?: Maybe<Scalars['String']['output']>;
};

/** Why a finished scenario run did not pass, as far as the run itself says. */
export type FailureReason =
  /** Canceled before it came to its end: outcome ERRORED. */
  | 'CANCELED'
  /** Ended by the platform because something broke: outcome ERRORED. */
  | 'FAILED'
  /** A scoring function gave less than the full score; the one that gave least is named. */
  | 'LOW_SCORE'
  /** Came to its end without ever being scored: outcome ERRORED. */
  | 'NO_SCORE'
  /** A scoring function broke; the first one is named. */
  | 'SCORER_ERROR'
  /** Ended by the platform because it took too long: outcome ERRORED. */
  | 'TIMEOUT'
  /** The score is below 1, and no scoring function says why. */
  | 'UNEXPLAINED';

/** A file with the content given here. */
export type FileMountInput = {
  /** What is in it. */
  readonly content: Scalars['String']['input'];
  /** Where to. */
  readonly path: Scalars['String']['input'];
};

/** A scenario whose attempts do not all go the same way. */
export type FlakyScenario = {
  readonly __typename?: 'FlakyScenario';
  /** How many finished attempts there are. */
  readonly attempts: Scalars['Int']['output'];
  /** `scored / attempts`: of how much `scoredPassRate` speaks. Null when there are none. */
  readonly coverage?: Maybe<Proportion>;
  /** How many of them errored, and so did not pass. */
  readonly errored: Scalars['Int']['output'];
  /** How probably two of its attempts disagree: `2 · c · (n − c) / (n · (n − 1))`. */
  readonly flakeRate: Scalars['Float']['output'];
  /** `passed / attempts`: what broke (outcome ERRORED) counts as not passed, as in official tables. Null when there are none. */
  readonly passRate?: Maybe<Proportion>;
  /** How many of them passed. */
  readonly passed: Scalars['Int']['output'];
  /** The scenario; null when it is gone. */
  readonly scenario?: Maybe<Scenario>;
  /** How many of `attempts` were scored: all but those that broke (outcome ERRORED), which say nothing about the agent. */
  readonly scored: Scalars['Int']['output'];
  /** `passed / scored`: what the agent did where nothing broke; `coverage` says of how much this speaks. Null when none was scored. */
  readonly scoredPassRate?: Maybe<Proportion>;
};

/** The upstream does not let the API key do this. Nothing was done. */
export type ForbiddenError = Error & {
  readonly __typename?: 'ForbiddenError';
  /** What went wrong, for programs. */
  readonly code: ErrorCode;
  /** What went wrong, for people. */
  readonly message: Scalars['String']['output'];
};

/** A job that was made from a Harbor configuration. */
export type HarborJobSource = {
  readonly __typename?: 'HarborJobSource';
  /** The configuration, which may hold credentials; null, with an error on its path, for callers without the scope `environment:read`. */
  readonly inlineYaml?: Maybe<Scalars['String']['output']>;
};

/** What happens to a devbox that nobody uses. */
export type IdlePolicy = {
  readonly __typename?: 'IdlePolicy';
  /** How long it may be idle, in seconds. */
  readonly idleTimeSec: Scalars['Float']['output'];
  /** What happens then. */
  readonly onIdle: OnIdle;
};

/** What happens to a devbox that nobody uses. */
export type IdlePolicyInput = {
  /** How long it may be idle, in seconds, 1 or more. */
  readonly idleTimeSec: Scalars['Int']['input'];
  /** What happens then. */
  readonly onIdle: OnIdle;
};

/** One thing that is wrong with the input of a mutation. */
export type InputIssue = {
  readonly __typename?: 'InputIssue';
  /** Where it is, such as `input.mounts[0].file.path`; null when only the upstream knows. */
  readonly field?: Maybe<Scalars['String']['output']>;
  /** What was expected there. */
  readonly message: Scalars['String']['output'];
};

/** The input is not what it has to be. Nothing was done. */
export type InvalidInputError = Error & {
  readonly __typename?: 'InvalidInputError';
  /** What went wrong, for programs. */
  readonly code: ErrorCode;
  /** Where the first thing is that is wrong, such as `input.launchParameters.customCpuCores`. */
  readonly field?: Maybe<Scalars['String']['output']>;
  /** Everything that is wrong, at least one thing; `message` and `field` are of the first. */
  readonly issues: ReadonlyArray<InputIssue>;
  /** What went wrong, for people. */
  readonly message: Scalars['String']['output'];
};

/** The state of the thing forbids the mutation, such as completing a run that is not scored. Nothing was done. */
export type InvalidTransitionError = Error & {
  readonly __typename?: 'InvalidTransitionError';
  /** What went wrong, for programs. */
  readonly code: ErrorCode;
  /** The state (of a devbox, the status) right after the refusal, as its enumeration writes it; null when it could not be read. */
  readonly currentState?: Maybe<Scalars['String']['output']>;
  /** What went wrong, for people. */
  readonly message: Scalars['String']['output'];
  /** The thing whose state it is, as it was then; null when it could not be read. */
  readonly node?: Maybe<Node>;
};

/** One agent and model of a benchmark job, and the benchmark run in which it works on all scenarios. */
export type JobAgent = {
  readonly __typename?: 'JobAgent';
  /** The account's agent that it is; null when it is known by its name alone. */
  readonly agentId?: Maybe<Scalars['ID']['output']>;
  /** The name of the agent; null when an agent outside of the job drives the benchmark run. */
  readonly agentName?: Maybe<Scalars['String']['output']>;
  /** Its benchmark run, with its scenario runs; null while it has none, or when it is gone. */
  readonly benchmarkRun?: Maybe<BenchmarkRun>;
  /** How long its benchmark run took, or has taken so far, in milliseconds; null while unknown. */
  readonly durationMs?: Maybe<Scalars['Float']['output']>;
  /** The environment variables that it is launched with. */
  readonly environmentVariables: ReadonlyArray<EnvironmentVariable>;
  /** The model it works with; null when it is the agent's own default. */
  readonly modelName?: Maybe<Scalars['String']['output']>;
  /** What came of it, as the job says; null until it does. */
  readonly outcome?: Maybe<JobOutcome>;
  /** What it was configured with; null, with an error on its path, for callers without the scope `environment:read`. */
  readonly parameters?: Maybe<ReadonlyArray<KeyValue>>;
  /** How far its benchmark run has come, over all its scenario runs, of as many as the job asks for: one for each of its scenarios, and a further attempt at each that failed or timed out and is to be tried again; null while it has none. Costs a call for the run and one for each 5,000 scenario runs, shared with `stats`. */
  readonly progress?: Maybe<RunProgress>;
  /** Which of the account's secrets fill which environment variables of it. */
  readonly secretsProvided: ReadonlyArray<SecretReference>;
  /** When its benchmark run started; null while it has not, or when the job does not say any more. */
  readonly startedAt?: Maybe<Scalars['DateTime']['output']>;
  /** How far it has come. */
  readonly state: JobAgentState;
  /** How its benchmark run went so far, over all its finished scenario runs; null while it has none. Costs a call for the run and one for each 5,000 scenario runs, shared with `progress`. */
  readonly stats?: Maybe<RunStats>;
  /** After how many seconds it is stopped; null when the job says nothing about it. */
  readonly timeoutSec?: Maybe<Scalars['Float']['output']>;
};

/** How far an agent of a job has come. */
export type JobAgentState =
  /** Its outcome is known, or its benchmark run is over. */
  | 'FINISHED'
  /** Its benchmark run has not been started. */
  | 'PENDING'
  /** Its benchmark run goes on. */
  | 'RUNNING';

/** How a job goes about its scenarios. What is null is left to the upstream. */
export type JobOrchestrator = {
  readonly __typename?: 'JobOrchestrator';
  /** How often a scenario that failed is tried again; null means the default, 0. */
  readonly attempts?: Maybe<Scalars['Int']['output']>;
  /** How many scenarios are worked on at once; null means the default, 1. */
  readonly concurrentTrials?: Maybe<Scalars['Int']['output']>;
  /** Whether verbose output is left out; null means the default, false. */
  readonly isQuiet?: Maybe<Scalars['Boolean']['output']>;
  /** What the timeout is multiplied by with each new try; null means the default, 1. */
  readonly timeoutMultiplier?: Maybe<Scalars['Float']['output']>;
};

/** What came of one benchmark run of a job, as the job counts it. */
export type JobOutcome = {
  readonly __typename?: 'JobOutcome';
  /** The agent that worked. */
  readonly agentName: Scalars['String']['output'];
  /** The mean score over the completed scenarios, from 0 to 1; null when there are none. */
  readonly averageScore?: Maybe<Scalars['Float']['output']>;
  /** The benchmark run; null when it is gone. */
  readonly benchmarkRun?: Maybe<BenchmarkRun>;
  /** Scenarios that were scored, passed or not. */
  readonly completedCount: Scalars['Int']['output'];
  /** How long the benchmark run took, in milliseconds; null when the upstream does not say. */
  readonly durationMs?: Maybe<Scalars['Float']['output']>;
  /** Scenarios in which something broke. */
  readonly failedCount: Scalars['Int']['output'];
  /** The model it worked with; null when it was the agent's own default. */
  readonly modelName?: Maybe<Scalars['String']['output']>;
  /** What came of each scenario. */
  readonly scenarioOutcomes: ReadonlyArray<ScenarioOutcome>;
  /** Scenarios that took too long. */
  readonly timeoutCount: Scalars['Int']['output'];
};


/** What came of one benchmark run of a job, as the job counts it. */
export type JobOutcomeScenarioOutcomesArgs = {
  states?: InputMaybe<ReadonlyArray<ScenarioOutcomeState>>;
};

/** What a job was made from. */
export type JobSource = BenchmarkJobSource | HarborJobSource | ScenariosJobSource | UnknownJobSource;

/** What `keepDevboxAlive` answers: what was done, or why it was not, or that nobody knows. */
export type KeepDevboxAliveResult = ForbiddenError | InvalidInputError | InvalidTransitionError | KeepDevboxAliveSuccess | NotFoundError | OutcomeUnknownError;

/** What `keepDevboxAlive` answers when it was done. */
export type KeepDevboxAliveSuccess = {
  readonly __typename?: 'KeepDevboxAliveSuccess';
  /** The devbox, whose time to live has begun anew. The upstream does not answer it, so it costs a call of its own; null, with an error on its path, when that fails. */
  readonly devbox?: Maybe<Devbox>;
};

/** One entry of the metadata that a user attached to something. */
export type KeyValue = {
  readonly __typename?: 'KeyValue';
  /** The name of the entry, unique within its thing. */
  readonly key: Scalars['String']['output'];
  /** The text under that name. */
  readonly value: Scalars['String']['output'];
};

/** One entry of metadata. */
export type KeyValueInput = {
  /** The name of the entry, unique within its thing. */
  readonly key: Scalars['String']['input'];
  /** The text under that name. */
  readonly value: Scalars['String']['input'];
};

/** What a devbox is launched with. What is null is left to the upstream. */
export type LaunchParameters = {
  readonly __typename?: 'LaunchParameters';
  /** What happens when nobody uses the devbox; null when nothing does. */
  readonly afterIdle?: Maybe<IdlePolicy>;
  /** The processor architecture; null means the default, x86_64. */
  readonly architecture?: Maybe<Architecture>;
  /** CPU cores, when the size is a custom one. */
  readonly customCpuCores?: Maybe<Scalars['Float']['output']>;
  /** Disk in GiB, when the size is a custom one. */
  readonly customDiskGb?: Maybe<Scalars['Float']['output']>;
  /** Memory in GiB, when the size is a custom one. */
  readonly customMemoryGb?: Maybe<Scalars['Float']['output']>;
  /** After how many seconds the devbox is shut down; null means the default of an hour. */
  readonly keepAliveSec?: Maybe<Scalars['Float']['output']>;
  /** Commands that are run at every launch, in order. */
  readonly launchCommands: ReadonlyArray<Scalars['String']['output']>;
  /** The network policy that applies; null when none was asked for. */
  readonly networkPolicyId?: Maybe<Scalars['ID']['output']>;
  /** Names of the containerised services that are started with the devbox. */
  readonly requiredServices: ReadonlyArray<Scalars['String']['output']>;
  /** The size asked for; null means the default. */
  readonly resourceSize?: Maybe<ResourceSize>;
  /** The Linux user; null means the default one. */
  readonly user?: Maybe<DevboxUser>;
};

/** What the devbox of a run is launched with. What is absent is left to the upstream. */
export type LaunchParametersInput = {
  /** What happens when nobody uses it; `keepAliveSec` is then ignored. */
  readonly afterIdle?: InputMaybe<IdlePolicyInput>;
  /** The processor architecture; x86_64 when absent. */
  readonly architecture?: InputMaybe<Architecture>;
  /** CPU cores, with CUSTOM_SIZE only: 0.5, 1 or an even number up to 16. */
  readonly customCpuCores?: InputMaybe<Scalars['Float']['input']>;
  /** Disk in GiB, with CUSTOM_SIZE only: an even number from 2 to 64. */
  readonly customDiskGb?: InputMaybe<Scalars['Float']['input']>;
  /** Memory in GiB, with CUSTOM_SIZE only: 1 or an even number up to 64, and 2 to 8 for each core. */
  readonly customMemoryGb?: InputMaybe<Scalars['Float']['input']>;
  /** After how many seconds it is shut down, 1 to 172800; an hour when absent. */
  readonly keepAliveSec?: InputMaybe<Scalars['Int']['input']>;
  /** Commands that are run at every launch, in order. */
  readonly launchCommands?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** The network policy that applies. */
  readonly networkPolicyId?: InputMaybe<Scalars['ID']['input']>;
  /** Names of the containerised services of its blueprint that are started with it. */
  readonly requiredServices?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** How large it is. */
  readonly resourceSize?: InputMaybe<ResourceSize>;
  /** Whether axon events for it resume it. */
  readonly resumeOnAxonEvent?: InputMaybe<Scalars['Boolean']['input']>;
  /** Whether HTTP traffic through its tunnel resumes it. */
  readonly resumeOnHttp?: InputMaybe<Scalars['Boolean']['input']>;
  /** Commands that are run before it is suspended, in order. */
  readonly suspendCommands?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** How long those may take together, in milliseconds, 1 to 60000; 30000 when absent. */
  readonly suspendDeadlineMs?: InputMaybe<Scalars['Int']['input']>;
  /** The Linux user. */
  readonly user?: InputMaybe<DevboxUserInput>;
};

/** How groups of runs of a benchmark rank: by agent, by model, by whatever their metadata says. */
export type Leaderboard = {
  readonly __typename?: 'Leaderboard';
  /** The key of the metadata that groups the runs. */
  readonly by: Scalars['String']['output'];
  /** Whether every scenario run of every run that meets the filter is counted. False when there are older runs, or more scenario runs, than the gateway reads. */
  readonly isExhaustive: Scalars['Boolean']['output'];
  /** A row for each value, the highest pass rate first, then the highest mean score. */
  readonly rows: ReadonlyArray<LeaderboardRow>;
  /** How many benchmark runs are counted, in rows or not. */
  readonly runs: Scalars['Int']['output'];
  /** How many of them have nothing under the key, and are in no row. */
  readonly runsWithout: Scalars['Int']['output'];
};


/** How groups of runs of a benchmark rank: by agent, by model, by whatever their metadata says. */
export type LeaderboardRowsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** The runs of a benchmark that have the same value under the key of a leaderboard. Each scenario run counts the same; rows whose intervals overlap may well differ by chance. */
export type LeaderboardRow = {
  readonly __typename?: 'LeaderboardRow';
  /** Their scenario runs as attempts at the scenarios, over all runs of the row. */
  readonly attempts: Attempts;
  /** `scored / sampleSize`: of how much `scoredPassRate` speaks. Null when there are none. */
  readonly coverage?: Maybe<Proportion>;
  /** How many of these errored. */
  readonly errored: Scalars['Int']['output'];
  /** The mean score of the finished scenario runs that have one; null when none has. */
  readonly meanScore?: Maybe<Scalars['Float']['output']>;
  /** `passed / sampleSize`: what broke (outcome ERRORED) counts as not passed, as in official tables. Null when there are none. */
  readonly passRate?: Maybe<Proportion>;
  /** How many of these passed. */
  readonly passed: Scalars['Int']['output'];
  /** How many benchmark runs they are. */
  readonly runs: Scalars['Int']['output'];
  /** How many of their scenario runs are finished. */
  readonly sampleSize: Scalars['Int']['output'];
  /** How many of `sampleSize` were scored: all but those that broke (outcome ERRORED), which say nothing about the agent. */
  readonly scored: Scalars['Int']['output'];
  /** `passed / scored`: what the agent did where nothing broke; `coverage` says of how much this speaks. Null when none was scored. */
  readonly scoredPassRate?: Maybe<Proportion>;
  /** How long the benchmark runs took that have ended, together, in milliseconds; null when none has. */
  readonly totalDurationMs?: Maybe<Scalars['Float']['output']>;
  /** What they have under the key. */
  readonly value: Scalars['String']['output'];
};

/** What happened to a row of a followed list. */
export type ListChangeKind =
  /** It is among the rows now: it is new, or meets the conditions now, or has moved up. */
  | 'ADDED'
  /** It was among the rows and still is, and something about it is different. */
  | 'CHANGED'
  /** It is among the rows no more: newer ones have taken its place, or it does not meet the conditions any more. */
  | 'REMOVED';

/** An entry that has to be among the metadata. */
export type MetadataCondition = {
  /** The name of the entry. */
  readonly key: Scalars['String']['input'];
  /** The text under that name, exactly. */
  readonly value: Scalars['String']['input'];
};

/** Something that is put on the devbox before the run starts: exactly one of these. */
export type MountInput =
  /** An agent of the account. */
  { readonly agent: AgentMountInput; readonly broker?: never; readonly code?: never; readonly file?: never; readonly object?: never; }
  |  /** An event stream for an agent. */
  { readonly agent?: never; readonly broker: BrokerMountInput; readonly code?: never; readonly file?: never; readonly object?: never; }
  |  /** A git repository. */
  { readonly agent?: never; readonly broker?: never; readonly code: CodeMountInput; readonly file?: never; readonly object?: never; }
  |  /** A file. */
  { readonly agent?: never; readonly broker?: never; readonly code?: never; readonly file: FileMountInput; readonly object?: never; }
  |  /** An object of the account. */
  { readonly agent?: never; readonly broker?: never; readonly code?: never; readonly file?: never; readonly object: ObjectMountInput; };

/** Everything that can be done. Each is sent upstream once, answers a union of its success and the errors that can be expected, and is seen by the next query and by every subscription. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Cancels a RUNNING benchmark run, with every scenario run of it that is active and its devbox. */
  readonly cancelBenchmarkRun: CancelBenchmarkRunResult;
  /** Cancels a scenario run that is not terminal, which shuts its devbox down. */
  readonly cancelScenarioRun: CancelScenarioRunResult;
  /** Completes a RUNNING benchmark run, whose score is then known. */
  readonly completeBenchmarkRun: CompleteBenchmarkRunResult;
  /** Completes a SCORED scenario run, which shuts its devbox down. */
  readonly completeScenarioRun: CompleteScenarioRunResult;
  /** Lets the time to live of a devbox that has not ended begin anew. */
  readonly keepDevboxAlive: KeepDevboxAliveResult;
  /** Resumes a SUSPENDED devbox: it is RESUMING at once, and RUNNING later. */
  readonly resumeDevbox: ResumeDevboxResult;
  /** Has the scoring functions applied to a RUNNING scenario run: it is SCORING at once, and SCORED with its result later. */
  readonly scoreScenarioRun: ScoreScenarioRunResult;
  /** Shuts a devbox down for good. One that is shut down already stays so, which is a success. Not possible while a snapshot of it is made. */
  readonly shutdownDevbox: ShutdownDevboxResult;
  /** Starts a run of a benchmark. It is RUNNING and has no scenario runs yet: `startScenarioRun` adds them. */
  readonly startBenchmarkRun: StartBenchmarkRunResult;
  /** Starts a run of a scenario. It is RUNNING at once, while its devbox still boots: the status of the devbox says when it is ready. */
  readonly startScenarioRun: StartScenarioRunResult;
  /** Suspends a RUNNING devbox: it is SUSPENDING at once, and keeps its disk. */
  readonly suspendDevbox: SuspendDevboxResult;
};


/** Everything that can be done. Each is sent upstream once, answers a union of its success and the errors that can be expected, and is seen by the next query and by every subscription. */
export type MutationCancelBenchmarkRunArgs = {
  id: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/** Everything that can be done. Each is sent upstream once, answers a union of its success and the errors that can be expected, and is seen by the next query and by every subscription. */
export type MutationCancelScenarioRunArgs = {
  id: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/** Everything that can be done. Each is sent upstream once, answers a union of its success and the errors that can be expected, and is seen by the next query and by every subscription. */
export type MutationCompleteBenchmarkRunArgs = {
  id: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/** Everything that can be done. Each is sent upstream once, answers a union of its success and the errors that can be expected, and is seen by the next query and by every subscription. */
export type MutationCompleteScenarioRunArgs = {
  id: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/** Everything that can be done. Each is sent upstream once, answers a union of its success and the errors that can be expected, and is seen by the next query and by every subscription. */
export type MutationKeepDevboxAliveArgs = {
  id: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/** Everything that can be done. Each is sent upstream once, answers a union of its success and the errors that can be expected, and is seen by the next query and by every subscription. */
export type MutationResumeDevboxArgs = {
  id: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/** Everything that can be done. Each is sent upstream once, answers a union of its success and the errors that can be expected, and is seen by the next query and by every subscription. */
export type MutationScoreScenarioRunArgs = {
  id: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/** Everything that can be done. Each is sent upstream once, answers a union of its success and the errors that can be expected, and is seen by the next query and by every subscription. */
export type MutationShutdownDevboxArgs = {
  id: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/** Everything that can be done. Each is sent upstream once, answers a union of its success and the errors that can be expected, and is seen by the next query and by every subscription. */
export type MutationStartBenchmarkRunArgs = {
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  input: StartBenchmarkRunInput;
};


/** Everything that can be done. Each is sent upstream once, answers a union of its success and the errors that can be expected, and is seen by the next query and by every subscription. */
export type MutationStartScenarioRunArgs = {
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  input: StartScenarioRunInput;
};


/** Everything that can be done. Each is sent upstream once, answers a union of its success and the errors that can be expected, and is seen by the next query and by every subscription. */
export type MutationSuspendDevboxArgs = {
  id: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** A thing with an id of its own, which `node(id:)` finds again. */
export type Node = {
  /** Runloop's own id, unchanged, such as `scr_…`: what a person copies out of the dashboard works here. */
  readonly id: Scalars['ID']['output'];
};

/** Something that the mutation needs does not exist. Nothing was done. */
export type NotFoundError = Error & {
  readonly __typename?: 'NotFoundError';
  /** What went wrong, for programs. */
  readonly code: ErrorCode;
  /** What went wrong, for people. */
  readonly message: Scalars['String']['output'];
  /** The id that nothing has. */
  readonly missingId: Scalars['ID']['output'];
};

/** An object of the account, written to the devbox; an archive is unpacked. */
export type ObjectMountInput = {
  /** The object. */
  readonly objectId: Scalars['ID']['input'];
  /** Where to: an absolute path of the file, or of the directory for an archive. */
  readonly path: Scalars['String']['input'];
};

/** What happens to a devbox that has been idle for long enough. */
export type OnIdle =
  /** It is shut down. */
  | 'SHUTDOWN'
  /** Its disk is saved and it is suspended. */
  | 'SUSPEND'
  /** A value that the upstream has added and this version of the gateway does not know. */
  | 'UNKNOWN';

/** From which end a list is ordered. What has no value comes last either way. */
export type OrderDirection =
  /** The smallest, shortest or earliest first. */
  | 'ASC'
  /** The largest, longest or latest first. */
  | 'DESC';

/** How a finished run ended. */
export type Outcome =
  /** Failed, timed out, was canceled, or came to its end without any score: it says nothing about the agent. */
  | 'ERRORED'
  /** Finished with any other score. */
  | 'FAILED'
  /** Finished with a score of exactly 1. */
  | 'PASSED';

/** The mutation was sent upstream and its answer was lost: it may have been done, or not. It was not sent again. */
export type OutcomeUnknownError = Error & {
  readonly __typename?: 'OutcomeUnknownError';
  /** What went wrong, for programs. */
  readonly code: ErrorCode;
  /** What it was sent under. The same mutation with this key is known upstream as a repetition, not as another one. */
  readonly idempotencyKey: Scalars['String']['output'];
  /** What went wrong, for people. */
  readonly message: Scalars['String']['output'];
  /** A GraphQL query whose answer shows what became of it. */
  readonly query: Scalars['String']['output'];
};

/** Where a page stands in its list. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** The cursor to be given as `after` for the next page: that of the last row, or of the last row that was looked at where the list is not `isExhaustive`. Null when there is neither. */
  readonly endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether rows after this page can be asked for. False, too, where the upstream says that there are some and no row of this page has an id to go on behind: each of its rows is an error then. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether there are rows before this page, though only logs can be walked backwards. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first row, which logs take as `before` for the page before this one; null when the page is empty. */
  readonly startCursor?: Maybe<Scalars['String']['output']>;
};

/** A share of a sample, and the interval in which the true share lies with 95 % confidence: Wilson’s score interval, without continuity correction. It takes the sample to be independent. */
export type Proportion = {
  readonly __typename?: 'Proportion';
  /** The upper end of the interval, from `value` to 1. */
  readonly high: Scalars['Float']['output'];
  /** The lower end of the interval, from 0 to `value`. */
  readonly low: Scalars['Float']['output'];
  /** The share in the sample, from 0 to 1. */
  readonly value: Scalars['Float']['output'];
};

/** Scores by a Python script that prints a number from 0.0 to 1.0. */
export type PythonScriptScorer = {
  readonly __typename?: 'PythonScriptScorer';
  /** The packages to install, as the text of a requirements.txt; null when there are none. */
  readonly requirements?: Maybe<Scalars['String']['output']>;
  /** The script. */
  readonly script: Scalars['String']['output'];
  /** The Python version to run it with, as a constraint such as `==3.12.10`; null means the default. */
  readonly versionConstraint?: Maybe<Scalars['String']['output']>;
};

/** Everything that can be read. */
export type Query = {
  readonly __typename?: 'Query';
  /** The benchmark with this id; null when there is none. */
  readonly benchmark?: Maybe<Benchmark>;
  /** The benchmark job with this id; null when there is none. */
  readonly benchmarkJob?: Maybe<BenchmarkJob>;
  /** The benchmark jobs of the account, newest first. */
  readonly benchmarkJobs: BenchmarkJobConnection;
  /** The benchmark run with this id; null when there is none. */
  readonly benchmarkRun?: Maybe<BenchmarkRun>;
  /** The benchmark runs of the account, newest first. */
  readonly benchmarkRuns: BenchmarkRunConnection;
  /** The benchmarks of the account, newest first. */
  readonly benchmarks: BenchmarkConnection;
  /** What changed from one benchmark run to another, over all their scenario runs. Costs two look-ups and a call for each 5,000 scenario runs of each. An unknown id is a NOT_FOUND error. */
  readonly compareBenchmarkRuns: BenchmarkRunComparison;
  /** The devbox with this id; null when there is none. */
  readonly devbox?: Maybe<Devbox>;
  /** The devboxes of the account, newest first. */
  readonly devboxes: DevboxConnection;
  /** The thing with this id, whatever its type; null when there is none. */
  readonly node?: Maybe<Node>;
  /** The things with these ids, in the order of the ids; null where there is none. */
  readonly nodes: ReadonlyArray<Maybe<Node>>;
  /** The scenario with this id, archived ones included; null when there is none. */
  readonly scenario?: Maybe<Scenario>;
  /** The scenario run with this id; null when there is none. */
  readonly scenarioRun?: Maybe<ScenarioRun>;
  /** The scenario runs of the account, newest first unless `orderBy` says otherwise. */
  readonly scenarioRuns: ScenarioRunConnection;
  /** The scenarios of the account, newest first, without archived ones. */
  readonly scenarios: ScenarioConnection;
};


/** Everything that can be read. */
export type QueryBenchmarkArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be read. */
export type QueryBenchmarkJobArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be read. */
export type QueryBenchmarkJobsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<BenchmarkJobFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** Everything that can be read. */
export type QueryBenchmarkRunArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be read. */
export type QueryBenchmarkRunsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<BenchmarkRunFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** Everything that can be read. */
export type QueryBenchmarksArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<BenchmarkFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** Everything that can be read. */
export type QueryCompareBenchmarkRunsArgs = {
  base: Scalars['ID']['input'];
  errored?: InputMaybe<ErroredAttempts>;
  head: Scalars['ID']['input'];
};


/** Everything that can be read. */
export type QueryDevboxArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be read. */
export type QueryDevboxesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DevboxFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** Everything that can be read. */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be read. */
export type QueryNodesArgs = {
  ids: ReadonlyArray<Scalars['ID']['input']>;
};


/** Everything that can be read. */
export type QueryScenarioArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be read. */
export type QueryScenarioRunArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be read. */
export type QueryScenarioRunsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ScenarioRunFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<ScenarioRunOrder>;
};


/** Everything that can be read. */
export type QueryScenariosArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ScenarioFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** How large a devbox is. */
export type ResourceSize =
  /** As the custom CPU, memory and disk sizes say. */
  | 'CUSTOM_SIZE'
  /** 2 CPU, 8 GiB memory, 16 GiB disk. */
  | 'LARGE'
  /** 2 CPU, 4 GiB memory, 8 GiB disk. */
  | 'MEDIUM'
  /** 1 CPU, 2 GiB memory, 4 GiB disk. */
  | 'SMALL'
  /** A value that the upstream has added and this version of the gateway does not know. */
  | 'UNKNOWN'
  /** 8 CPU, 32 GiB memory, 16 GiB disk. */
  | 'XX_LARGE'
  /** 4 CPU, 16 GiB memory, 16 GiB disk. */
  | 'X_LARGE'
  /** 0.5 CPU, 1 GiB memory, 4 GiB disk. */
  | 'X_SMALL';

/** What `resumeDevbox` answers: what was done, or why it was not, or that nobody knows. */
export type ResumeDevboxResult = ForbiddenError | InvalidInputError | InvalidTransitionError | NotFoundError | OutcomeUnknownError | ResumeDevboxSuccess;

/** What `resumeDevbox` answers when it was done. */
export type ResumeDevboxSuccess = {
  readonly __typename?: 'ResumeDevboxSuccess';
  /** The devbox, which is being resumed. */
  readonly devbox: Devbox;
};

/** How far a benchmark run has come: counts over all its scenario runs, not over a page of them. One in a state that this version does not know is started and nothing else. */
export type RunProgress = {
  readonly __typename?: 'RunProgress';
  /** How many scenario runs there are in the end, as far as is known now: those that were started, and one for each scenario of the benchmark that has none. Under `JobAgent`, the scenarios are those of the job, and a further attempt is expected at each that failed or timed out, as often as the job tries again. Null when the run was made from no benchmark and goes on, so that nobody knows. */
  readonly expected?: Maybe<Scalars['Int']['output']>;
  /** Those whose result is known: SCORED, COMPLETED, CANCELED, TIMEOUT or FAILED. */
  readonly finished: Scalars['Int']['output'];
  /** `finished / expected`, from 0 to 1; null when `expected` is null or 0. */
  readonly fraction?: Maybe<Scalars['Float']['output']>;
  /** Whether every scenario run that was started is counted. False when there are more than the gateway reads (STATISTICS_MAX_SCENARIO_RUNS, in a subscription LIVE_MAX_SCENARIO_RUNS: the newest), or the upstream sent one that is unreadable. */
  readonly isExhaustive: Scalars['Boolean']['output'];
  /** `expected − started`: those that are not started, and of a run that is terminal never will be. Null when `expected` is. */
  readonly pending?: Maybe<Scalars['Int']['output']>;
  /** Those whose agent works, or whose devbox boots: state RUNNING. */
  readonly running: Scalars['Int']['output'];
  /** Those that are being scored: state SCORING. */
  readonly scoring: Scalars['Int']['output'];
  /** How many scenario runs there are by now. */
  readonly started: Scalars['Int']['output'];
};

/** How a benchmark run went, over all its finished scenario runs: those that are SCORED, COMPLETED, CANCELED, TIMEOUT or FAILED. While it goes on, these are the figures so far. */
export type RunStats = {
  readonly __typename?: 'RunStats';
  /** The finished scenario runs as attempts at their scenarios: telling when scenarios are run more than once. */
  readonly attempts: Attempts;
  /** `scored / sampleSize`: of how much `scoredPassRate` speaks. Null when there are none. */
  readonly coverage?: Maybe<Proportion>;
  /** How long the finished scenario runs took that say so; null when none does. */
  readonly duration?: Maybe<DurationStats>;
  /** Those in the state CANCELED, TIMEOUT or FAILED, and those that came to their end without a score: outcome ERRORED. */
  readonly errored: Scalars['Int']['output'];
  /** Those that came to their end with any other score: outcome FAILED. */
  readonly failed: Scalars['Int']['output'];
  /** Why scenario runs did not pass, the most frequent reason first. Each of them is in one group: all groups together have `failed + errored` runs. */
  readonly failures: ReadonlyArray<FailureGroup>;
  /** Whether these figures are final: every scenario run is finished and counted, and no more is expected. Null, with an error on its path, when the benchmark cannot be read that says what is expected. */
  readonly isComplete?: Maybe<Scalars['Boolean']['output']>;
  /** The mean score of the finished scenario runs that have one; null when none has. The `score` of a benchmark run counts those without one as 0. */
  readonly meanScore?: Maybe<Scalars['Float']['output']>;
  /** `passed / sampleSize`: what broke (outcome ERRORED) counts as not passed, as in official tables. Null when there are none. */
  readonly passRate?: Maybe<Proportion>;
  /** Those with a score of exactly 1: outcome PASSED. */
  readonly passed: Scalars['Int']['output'];
  /** How many scenario runs are finished: `passed + failed + errored`. */
  readonly sampleSize: Scalars['Int']['output'];
  /** How the scores of the finished scenario runs are spread over equally wide ranges from 0 to 1. */
  readonly scoreHistogram: ReadonlyArray<ScoreBucket>;
  /** How many of `sampleSize` were scored: all but those that broke (outcome ERRORED), which say nothing about the agent. */
  readonly scored: Scalars['Int']['output'];
  /** `passed / scored`: what the agent did where nothing broke; `coverage` says of how much this speaks. Null when none was scored. */
  readonly scoredPassRate?: Maybe<Proportion>;
  /** Each scoring function by itself, those with most results first. */
  readonly scorers: ReadonlyArray<ScorerStats>;
};


/** How a benchmark run went, over all its finished scenario runs: those that are SCORED, COMPLETED, CANCELED, TIMEOUT or FAILED. While it goes on, these are the figures so far. */
export type RunStatsFailuresArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** How a benchmark run went, over all its finished scenario runs: those that are SCORED, COMPLETED, CANCELED, TIMEOUT or FAILED. While it goes on, these are the figures so far. */
export type RunStatsScoreHistogramArgs = {
  buckets?: InputMaybe<Scalars['Int']['input']>;
};


/** How a benchmark run went, over all its finished scenario runs: those that are SCORED, COMPLETED, CANCELED, TIMEOUT or FAILED. While it goes on, these are the figures so far. */
export type RunStatsScorersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A problem in an environment, with a contract that scores the attempts at it. */
export type Scenario = Node & {
  readonly __typename?: 'Scenario';
  /** More that the agent is given, as JSON; null when there is none. */
  readonly additionalContext?: Maybe<Scalars['JSON']['output']>;
  /** Where it is run; null when all is left to the upstream. */
  readonly environment?: Maybe<ScenarioEnvironment>;
  /** The latest runs of the scenario, taken as attempts at it: how often it passes, and how reliably. Costs one call. Null, with an error on its path, when they cannot be read. */
  readonly history?: Maybe<ScenarioHistory>;
  /** Runloop's own id, unchanged, such as `scr_…`: what a person copies out of the dashboard works here. */
  readonly id: Scalars['ID']['output'];
  /** Whether every account can run it. */
  readonly isPublic: Scalars['Boolean']['output'];
  /** What the user attached to the scenario. */
  readonly metadata: ReadonlyArray<KeyValue>;
  /** The name of the scenario. */
  readonly name: Scalars['String']['output'];
  /** What the agent is asked to do. */
  readonly problemStatement: Scalars['String']['output'];
  /** One right answer, often a git diff or the commands to run; null when there is none. */
  readonly referenceOutput?: Maybe<Scalars['String']['output']>;
  /** Environment variables without which its runs fail to start. */
  readonly requiredEnvironmentVariables: ReadonlyArray<Scalars['String']['output']>;
  /** Secrets without which its runs fail to start; null, with an error on its path, for callers without the scope `environment:read`. */
  readonly requiredSecretNames?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** The runs of the scenario, newest first unless `orderBy` says otherwise. */
  readonly runs: ScenarioRunConnection;
  /** How long scoring may take, in seconds; null means the default of 1,800. */
  readonly scorerTimeoutSec?: Maybe<Scalars['Float']['output']>;
  /** The scoring contract: the functions that score its runs. */
  readonly scoringFunctions: ReadonlyArray<ScoringFunction>;
  /** Whether it is in use. */
  readonly status: ScenarioStatus;
  /** How the scenario itself is validated; null when unsaid. */
  readonly validationType?: Maybe<ValidationType>;
};


/** A problem in an environment, with a contract that scores the attempts at it. */
export type ScenarioHistoryArgs = {
  filter?: InputMaybe<ScenarioScenarioRunFilter>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** A problem in an environment, with a contract that scores the attempts at it. */
export type ScenarioMetadataArgs = {
  keys?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** A problem in an environment, with a contract that scores the attempts at it. */
export type ScenarioRunsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ScenarioScenarioRunFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<ScenarioRunOrder>;
};

/** What became of a scenario from the base to the head. Only finished attempts count, and those that errored as the argument `errored` says; a scenario that was run more than once passes when each attempt that counts did. */
export type ScenarioChange =
  /** Each finished attempt in the base errored, and not each in the head: infrastructure broke what there was to compare. Never with COUNT_AS_FAILED. */
  | 'ERRORED_IN_BASE'
  /** Each finished attempt errored, in the base and in the head. Never with COUNT_AS_FAILED. */
  | 'ERRORED_IN_BOTH'
  /** Each finished attempt in the head errored, and not each in the base. Never with COUNT_AS_FAILED. */
  | 'ERRORED_IN_HEAD'
  /** It did not pass in the base, and does in the head. */
  | 'FIXED'
  /** The head has no finished attempt at it. */
  | 'ONLY_IN_BASE'
  /** The base has no finished attempt at it. */
  | 'ONLY_IN_HEAD'
  /** It passed in the base, and does not in the head. */
  | 'REGRESSED'
  /** It passed in both, or in neither, whatever the scores. */
  | 'UNCHANGED';

/** A page of scenarios, in the order of the upstream: newest first. */
export type ScenarioConnection = {
  readonly __typename?: 'ScenarioConnection';
  /** The rows with their cursors. Null, with an error on its path, when the page cannot be read. */
  readonly edges?: Maybe<ReadonlyArray<ScenarioEdge>>;
  /** Whether the page is all that it would be without bounds. False when the gateway, which applies filters that the upstream does not know, reached one before the page was full: then `pageInfo.hasNextPage` is true and `endCursor` goes on where it stopped. In a list with `orderBy`, false when the list has more rows than the gateway orders, which are the newest ones: all pages are taken from these. False, too, when the page cannot be read. */
  readonly isExhaustive: Scalars['Boolean']['output'];
  /** The rows without their cursors; a row is null, with an error on its path, where it is unreadable. Null, with an error on its path, when the page cannot be read. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<Scenario>>>;
  /** Where this page stands in its list. Null, with an error on its path, when the page cannot be read. */
  readonly pageInfo?: Maybe<PageInfo>;
  /** How many rows there are in all, never a guess: null when the upstream does not say, or when the gateway would have to look further than it may. Counted only when selected. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One row of a list of scenarios. */
export type ScenarioEdge = {
  readonly __typename?: 'ScenarioEdge';
  /** Where this row stands: `after` takes it. */
  readonly cursor: Scalars['String']['output'];
  /** The row itself; null, with an error on its path, when the upstream sent something unreadable. */
  readonly node?: Maybe<Scenario>;
};

/** The environment in which a scenario is run. */
export type ScenarioEnvironment = {
  readonly __typename?: 'ScenarioEnvironment';
  /** The blueprint that devboxes are made from; null when none is. */
  readonly blueprintId?: Maybe<Scalars['ID']['output']>;
  /** What devboxes are launched with; null when all is left to the upstream. */
  readonly launchParameters?: Maybe<LaunchParameters>;
  /** The disk snapshot that devboxes are made from; null when none is. */
  readonly snapshotId?: Maybe<Scalars['ID']['output']>;
  /** Where the agent works and the scoring functions run; null means the default. */
  readonly workingDirectory?: Maybe<Scalars['String']['output']>;
};

/** Why a scenario of a job failed. */
export type ScenarioFailure = {
  readonly __typename?: 'ScenarioFailure';
  /** What the exception says. */
  readonly exceptionMessage: Scalars['String']['output'];
  /** The class of the exception, such as `AgentTimeoutError`. */
  readonly exceptionType: Scalars['String']['output'];
};

/** Which scenarios. Conditions add up: a scenario has to meet all that are given. */
export type ScenarioFilter = {
  /** Scenarios of this benchmark. Not together with `isPublic: true`. */
  readonly benchmarkId?: InputMaybe<Scalars['ID']['input']>;
  /** True lists the public scenarios; false or absent lists the account's own. */
  readonly isPublic?: InputMaybe<Scalars['Boolean']['input']>;
  /** Scenarios with this name. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** Scenarios whose id or name contains this text. */
  readonly search?: InputMaybe<Scalars['String']['input']>;
  /** Scenarios that are validated in this way. Not together with `isPublic: true`. */
  readonly validationType?: InputMaybe<ValidationType>;
};

/** The latest runs of a scenario, taken as attempts at it. An attempt that errored is one that did not pass. Estimators are unbiased. */
export type ScenarioHistory = {
  readonly __typename?: 'ScenarioHistory';
  /** `scored / sampleSize`: of how much `scoredPassRate` speaks. Null when there are none. */
  readonly coverage?: Maybe<Proportion>;
  /** How long the finished runs took that say so; null when none does. */
  readonly duration?: Maybe<DurationStats>;
  /** How many errored. */
  readonly errored: Scalars['Int']['output'];
  /** How many failed. */
  readonly failed: Scalars['Int']['output'];
  /** How probably two of the finished runs disagree, one passed and one not: `2 · c · (n − c) / (n · (n − 1))`, from 0 (always the same) over about 0.5 (a coin). Null when there are fewer than two. */
  readonly flakeRate?: Maybe<Scalars['Float']['output']>;
  /** Whether these are all runs that meet the filter. False when there are older ones, or the upstream sent one that is unreadable. */
  readonly isExhaustive: Scalars['Boolean']['output'];
  /** The mean score of the finished runs that have one; null when none has. */
  readonly meanScore?: Maybe<Scalars['Float']['output']>;
  /** How the finished runs ended, newest first. */
  readonly outcomes: ReadonlyArray<Outcome>;
  /** pass@k: how probably at least one of `k` attempts passes, `1 − C(n−c, k) / C(n, k)` for `c` of `n` finished runs. Null when there are fewer than `k`. */
  readonly passAtK?: Maybe<Scalars['Float']['output']>;
  /** pass^k: how probably all of `k` attempts pass, `C(c, k) / C(n, k)` for `c` of `n` finished runs. Null when there are fewer than `k`. */
  readonly passHatK?: Maybe<Scalars['Float']['output']>;
  /** `passed / sampleSize`: what broke (outcome ERRORED) counts as not passed, as in official tables. Null when there are none. */
  readonly passRate?: Maybe<Proportion>;
  /** How many passed. */
  readonly passed: Scalars['Int']['output'];
  /** How many of the runs are finished: `passed + failed + errored`. */
  readonly sampleSize: Scalars['Int']['output'];
  /** How many of `sampleSize` were scored: all but those that broke (outcome ERRORED), which say nothing about the agent. */
  readonly scored: Scalars['Int']['output'];
  /** `passed / scored`: what the agent did where nothing broke; `coverage` says of how much this speaks. Null when none was scored. */
  readonly scoredPassRate?: Maybe<Proportion>;
};


/** The latest runs of a scenario, taken as attempts at it. An attempt that errored is one that did not pass. Estimators are unbiased. */
export type ScenarioHistoryPassAtKArgs = {
  k: Scalars['Int']['input'];
};


/** The latest runs of a scenario, taken as attempts at it. An attempt that errored is one that did not pass. Estimators are unbiased. */
export type ScenarioHistoryPassHatKArgs = {
  k: Scalars['Int']['input'];
};

/** What came of one scenario under one agent of a job. */
export type ScenarioOutcome = {
  readonly __typename?: 'ScenarioOutcome';
  /** How long it took, in milliseconds; null when the upstream does not say. */
  readonly durationMs?: Maybe<Scalars['Float']['output']>;
  /** Why it failed; null when it has not, or the upstream does not say. */
  readonly failureReason?: Maybe<ScenarioFailure>;
  /** The scenario; null when it is gone. */
  readonly scenario?: Maybe<Scenario>;
  /** The name of the scenario, which costs no call; null when the upstream does not say. */
  readonly scenarioName?: Maybe<Scalars['String']['output']>;
  /** The run of it; null when it failed before one was made, or the run is gone. */
  readonly scenarioRun?: Maybe<ScenarioRun>;
  /** The score from 0 to 1; null unless it is COMPLETED. */
  readonly score?: Maybe<Scalars['Float']['output']>;
  /** How it ended. */
  readonly state: ScenarioOutcomeState;
};

/** How a scenario of a job ended. */
export type ScenarioOutcomeState =
  /** It was canceled. */
  | 'CANCELED'
  /** It was scored. */
  | 'COMPLETED'
  /** Something broke; `failureReason` says what. A scenario that was not solved is COMPLETED. */
  | 'FAILED'
  /** It took too long. */
  | 'TIMEOUT'
  /** A value that the upstream has added and this version of the gateway does not know. */
  | 'UNKNOWN';

/** How a scenario went in one benchmark run, over all finished attempts at it. */
export type ScenarioResult = {
  readonly __typename?: 'ScenarioResult';
  /** How many finished attempts there are, mostly one. */
  readonly attempts: Scalars['Int']['output'];
  /** `scored / attempts`: of how much `scoredPassRate` speaks. Null when there are none. */
  readonly coverage?: Maybe<Proportion>;
  /** How many of them errored. */
  readonly errored: Scalars['Int']['output'];
  /** ERRORED when each attempt errored, PASSED when each that counts passed, else FAILED. */
  readonly outcome: Outcome;
  /** `passed / attempts`: what broke (outcome ERRORED) counts as not passed, as in official tables. Null when there are none. */
  readonly passRate?: Maybe<Proportion>;
  /** How many of them passed. */
  readonly passed: Scalars['Int']['output'];
  /** The attempts themselves. Null, with an error on its path, where one cannot be fetched. */
  readonly scenarioRuns: ReadonlyArray<Maybe<ScenarioRun>>;
  /** The mean score of the attempts that count, from 0 to 1; null when none does. With COUNT_AS_FAILED an attempt without a score counts 0, as in the score of a benchmark run. */
  readonly score?: Maybe<Scalars['Float']['output']>;
  /** How many of `attempts` were scored: all but those that broke (outcome ERRORED), which say nothing about the agent. */
  readonly scored: Scalars['Int']['output'];
  /** `passed / scored`: what the agent did where nothing broke; `coverage` says of how much this speaks. Null when none was scored. */
  readonly scoredPassRate?: Maybe<Proportion>;
};


/** How a scenario went in one benchmark run, over all finished attempts at it. */
export type ScenarioResultScenarioRunsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** One run of a scenario: an agent works on a devbox, then the scoring contract says how well. */
export type ScenarioRun = Node & {
  readonly __typename?: 'ScenarioRun';
  /** The benchmark run that this run is part of; null when it was started by itself. */
  readonly benchmarkRun?: Maybe<BenchmarkRun>;
  /** The devbox that the scenario runs on; null when it is gone. */
  readonly devbox?: Maybe<Devbox>;
  /** How long the run took, in milliseconds; null while it is active. */
  readonly durationMs?: Maybe<Scalars['Float']['output']>;
  /** The start plus the duration; null while either is unknown. */
  readonly endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The environment variables that the run was started with. */
  readonly environmentVariables: ReadonlyArray<EnvironmentVariable>;
  /** Runloop's own id, unchanged, such as `scr_…`: what a person copies out of the dashboard works here. */
  readonly id: Scalars['ID']['output'];
  /** Whether the result is known: the run is terminal, or scored and not yet completed. */
  readonly isFinished: Scalars['Boolean']['output'];
  /** Whether nothing of the run changes any more: it is completed, canceled, failed or timed out. */
  readonly isTerminal: Scalars['Boolean']['output'];
  /** What was logged on the devbox of the run, oldest first; null when it has none, or, with an error on its path, for callers without the scope `logs:read`. Costs an upstream call of its own, whatever the page. */
  readonly logs?: Maybe<DevboxLogConnection>;
  /** What the user attached to the run. */
  readonly metadata: ReadonlyArray<KeyValue>;
  /** The display name; null when none was given. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** How the run ended; null while it is unfinished. */
  readonly outcome?: Maybe<Outcome>;
  /** Why the run did not pass; null when it did, or is unfinished. */
  readonly outcomeReason?: Maybe<FailureReason>;
  /** What the run was made for; null when unsaid. */
  readonly purpose?: Maybe<Scalars['String']['output']>;
  /** The scenario that is run; null when it is gone. */
  readonly scenario?: Maybe<Scenario>;
  /** The score from 0 to 1; null when the run has not been scored. */
  readonly score?: Maybe<Scalars['Float']['output']>;
  /** What each scoring function found; null when the run has not been scored. */
  readonly scoringResult?: Maybe<ScoringResult>;
  /** Which of the account's secrets fill which environment variables of the run. */
  readonly secretsProvided: ReadonlyArray<SecretReference>;
  /** When the run started; null when the upstream does not say. */
  readonly startedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Where the run is in its life. */
  readonly state: ScenarioRunState;
};


/** One run of a scenario: an agent works on a devbox, then the scoring contract says how well. */
export type ScenarioRunLogsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DevboxLogFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** One run of a scenario: an agent works on a devbox, then the scoring contract says how well. */
export type ScenarioRunMetadataArgs = {
  keys?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};

/** A scenario run of a benchmark run that changed or was started. */
export type ScenarioRunChange = {
  readonly __typename?: 'ScenarioRunChange';
  /** The state before; null when the scenario run is new. */
  readonly previousState?: Maybe<ScenarioRunState>;
  /** The scenario run right after the event. */
  readonly scenarioRun: ScenarioRun;
};

/** A page of scenario runs, in the order of the upstream: newest first, or in the one that `orderBy` asks for. */
export type ScenarioRunConnection = {
  readonly __typename?: 'ScenarioRunConnection';
  /** The rows with their cursors. Null, with an error on its path, when the page cannot be read. */
  readonly edges?: Maybe<ReadonlyArray<ScenarioRunEdge>>;
  /** Whether the page is all that it would be without bounds. False when the gateway, which applies filters that the upstream does not know, reached one before the page was full: then `pageInfo.hasNextPage` is true and `endCursor` goes on where it stopped. In a list with `orderBy`, false when the list has more rows than the gateway orders, which are the newest ones: all pages are taken from these. False, too, when the page cannot be read. */
  readonly isExhaustive: Scalars['Boolean']['output'];
  /** The rows without their cursors; a row is null, with an error on its path, where it is unreadable. Null, with an error on its path, when the page cannot be read. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<ScenarioRun>>>;
  /** Where this page stands in its list. Null, with an error on its path, when the page cannot be read. */
  readonly pageInfo?: Maybe<PageInfo>;
  /** How many rows there are in all, never a guess: null when the upstream does not say, or when the gateway would have to look further than it may. Counted only when selected. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One row of a list of scenario runs. */
export type ScenarioRunEdge = {
  readonly __typename?: 'ScenarioRunEdge';
  /** Where this row stands: `after` takes it. */
  readonly cursor: Scalars['String']['output'];
  /** The row itself; null, with an error on its path, when the upstream sent something unreadable. */
  readonly node?: Maybe<ScenarioRun>;
};

/** A scenario run as it is now, or after something about it changed. */
export type ScenarioRunEvent = Event & {
  readonly __typename?: 'ScenarioRunEvent';
  /** When it happened: the upstream's time where it says when, otherwise when the gateway saw it. */
  readonly at: Scalars['DateTime']['output'];
  /** Given as `after`, it resumes right behind this event. */
  readonly cursor: Scalars['Cursor']['output'];
  /** Whether something happened or the subscription (re)starts. */
  readonly kind: EventKind;
  /** The state before; the same as now when something else changed, null in a snapshot. */
  readonly previousState?: Maybe<ScenarioRunState>;
  /** The scenario run right after the event. */
  readonly scenarioRun: ScenarioRun;
  /** How many events before this one are left out, because the subscriber was too slow for them. */
  readonly skipped: Scalars['Int']['output'];
};

/** Which scenario runs. Conditions add up: a run has to meet all that are given. */
export type ScenarioRunFilter = {
  /** Runs that are part of this benchmark run. */
  readonly benchmarkRunId?: InputMaybe<Scalars['ID']['input']>;
  /** Runs that took at most so many milliseconds; a run without a duration is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly maxDurationMs?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with this score, 0 to 1, or a lower one; a run without a score is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly maxScore?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with every one of these entries, 1 to 20. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly metadata?: InputMaybe<ReadonlyArray<MetadataCondition>>;
  /** Runs that took so many milliseconds, 0 or more, or longer; a run without a duration is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly minDurationMs?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with this score, 0 to 1, or a higher one; a run without a score is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly minScore?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with this name. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** Runs that ended so. FAILED finds runs that were scored below 1, which are SCORED or COMPLETED; ERRORED those that broke, among them all in the state FAILED. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly outcome?: InputMaybe<Outcome>;
  /** Runs of this scenario. */
  readonly scenarioId?: InputMaybe<Scalars['ID']['input']>;
  /** Runs whose id or name contains this text. */
  readonly search?: InputMaybe<Scalars['String']['input']>;
  /** Runs that started at this instant or later. Lists are newest first, so that the gateway stops looking behind it. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly startedAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Runs that started before this instant. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly startedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Runs in this state. FAILED finds runs that broke; `outcome: FAILED` those that were scored below 1. */
  readonly state?: InputMaybe<ScenarioRunState>;
  /** Runs in any of these states. One alone is asked of the upstream. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly states?: InputMaybe<ReadonlyArray<ScenarioRunState>>;
};

/** What happened to one row of a followed list of scenario runs. */
export type ScenarioRunListChange = {
  readonly __typename?: 'ScenarioRunListChange';
  /** Its place in `nodes`, from 0; null for one that was removed. Who takes the rows of all changes out of the `nodes` before, and puts those with a place back in the order of the changes, has the `nodes` of this event. */
  readonly index?: Maybe<Scalars['Int']['output']>;
  /** Whether the row came, stayed or went. */
  readonly kind: ListChangeKind;
  /** Its state before; the same as now when something else changed, null for one that was added. */
  readonly previousState?: Maybe<ScenarioRunState>;
  /** The row right after the event; as it was last seen, where it was removed. */
  readonly scenarioRun: ScenarioRun;
};

/** The newest scenario runs as they are now, or after some of them came, changed or went. */
export type ScenarioRunListEvent = Event & {
  readonly __typename?: 'ScenarioRunListEvent';
  /** When it happened: the upstream's time where it says when, otherwise when the gateway saw it. */
  readonly at: Scalars['DateTime']['output'];
  /** Each row that came, changed or went, once: first what was removed, then the others in the order of `nodes`. Empty in a snapshot, and when only `hasNextPage` or `isExhaustive` changed. */
  readonly changes: ReadonlyArray<ScenarioRunListChange>;
  /** Given as `after`, it resumes right behind this event. */
  readonly cursor: Scalars['Cursor']['output'];
  /** Whether there are more rows behind them, which a query can ask for. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether `nodes` are all that they would be without bounds. False when the gateway, which applies filters that the upstream does not know, reached one before there were enough rows. */
  readonly isExhaustive: Scalars['Boolean']['output'];
  /** Whether something happened or the subscription (re)starts. */
  readonly kind: EventKind;
  /** The newest rows right after the event, newest first. Rows that cannot be read are left out. */
  readonly nodes: ReadonlyArray<ScenarioRun>;
  /** How many events before this one are left out, because the subscriber was too slow for them. */
  readonly skipped: Scalars['Int']['output'];
};

/** An order of scenario runs. Runs without a value come last, and runs with the same value in the order of their ids. */
export type ScenarioRunOrder = {
  /** From which end. */
  readonly direction?: OrderDirection;
  /** By what. */
  readonly field: ScenarioRunOrderField;
};

/** By what scenario runs can be ordered. */
export type ScenarioRunOrderField =
  /** `durationMs`: runs that are active have none. */
  | 'DURATION'
  /** `score`: runs that have not been scored have none. */
  | 'SCORE'
  /** `startedAt`, by which lists are nearly ordered as they are. */
  | 'STARTED_AT';

/** Where a scenario run is in its life. */
export type ScenarioRunState =
  /** Canceled before it was completed. Terminal. */
  | 'CANCELED'
  /** Scored, and the devbox is shut down. Terminal. */
  | 'COMPLETED'
  /** Ended by the platform because something broke: outcome ERRORED, not FAILED, which is a run that was scored below 1. Terminal. */
  | 'FAILED'
  /** The devbox boots, or the agent works on it. */
  | 'RUNNING'
  /** The score is known and the devbox is still up: finished, but not terminal until it is completed. */
  | 'SCORED'
  /** The scoring functions are applied. */
  | 'SCORING'
  /** Ended by the platform because it took too long. Terminal. */
  | 'TIMEOUT'
  /** A value that the upstream has added and this version of the gateway does not know. */
  | 'UNKNOWN';

/** Which runs of a scenario. Conditions add up. */
export type ScenarioScenarioRunFilter = {
  /** Runs that are part of this benchmark run. */
  readonly benchmarkRunId?: InputMaybe<Scalars['ID']['input']>;
  /** Runs that took at most so many milliseconds; a run without a duration is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly maxDurationMs?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with this score, 0 to 1, or a lower one; a run without a score is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly maxScore?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with every one of these entries, 1 to 20. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly metadata?: InputMaybe<ReadonlyArray<MetadataCondition>>;
  /** Runs that took so many milliseconds, 0 or more, or longer; a run without a duration is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly minDurationMs?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with this score, 0 to 1, or a higher one; a run without a score is not among them. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly minScore?: InputMaybe<Scalars['Float']['input']>;
  /** Runs with this name. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** Runs that ended so. FAILED finds runs that were scored below 1, which are SCORED or COMPLETED; ERRORED those that broke, among them all in the state FAILED. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly outcome?: InputMaybe<Outcome>;
  /** Runs whose id or name contains this text. */
  readonly search?: InputMaybe<Scalars['String']['input']>;
  /** Runs that started at this instant or later. Lists are newest first, so that the gateway stops looking behind it. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly startedAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Runs that started before this instant. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly startedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Runs in this state. */
  readonly state?: InputMaybe<ScenarioRunState>;
  /** Runs in any of these states. One alone is asked of the upstream. Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`. */
  readonly states?: InputMaybe<ReadonlyArray<ScenarioRunState>>;
};

/** Whether a scenario is in use. */
export type ScenarioStatus =
  /** It is listed and can be changed. */
  | 'ACTIVE'
  /** It is kept for its runs, but no longer listed and cannot be changed. */
  | 'ARCHIVED'
  /** A value that the upstream has added and this version of the gateway does not know. */
  | 'UNKNOWN';

/** A job that was made from single scenarios. */
export type ScenariosJobSource = {
  readonly __typename?: 'ScenariosJobSource';
  /** The ids of the scenarios. */
  readonly scenarioIds: ReadonlyArray<Scalars['ID']['output']>;
};

/** How many scores lie in a range. */
export type ScoreBucket = {
  readonly __typename?: 'ScoreBucket';
  /** How many scores lie in the range. */
  readonly count: Scalars['Int']['output'];
  /** The lower end, which belongs to the range. */
  readonly from: Scalars['Float']['output'];
  /** The upper end, which belongs to the next range; the last range has its own. */
  readonly to: Scalars['Float']['output'];
};

/** What `scoreScenarioRun` answers: what was done, or why it was not, or that nobody knows. */
export type ScoreScenarioRunResult = ForbiddenError | InvalidInputError | InvalidTransitionError | NotFoundError | OutcomeUnknownError | ScoreScenarioRunSuccess;

/** What `scoreScenarioRun` answers when it was done. */
export type ScoreScenarioRunSuccess = {
  readonly __typename?: 'ScoreScenarioRunSuccess';
  /** The run, which is being scored. */
  readonly scenarioRun: ScenarioRun;
};

/** One way to score a run. */
export type Scorer = AstGrepScorer | BashScriptScorer | CommandScorer | CustomScorer | PythonScriptScorer | TestBasedScorer | UnknownScorer;

/** What one scoring function found, over all finished scenario runs that have a result of it. */
export type ScorerStats = {
  readonly __typename?: 'ScorerStats';
  /** `scored / results`: of how much `scoredPassRate` speaks. Null when there are none. */
  readonly coverage?: Maybe<Proportion>;
  /** How many of these results broke: state ERROR. */
  readonly errors: Scalars['Int']['output'];
  /** The mean score of its results that did not break; null when each did. */
  readonly meanScore?: Maybe<Scalars['Float']['output']>;
  /** The function's name within its scoring contract. */
  readonly name: Scalars['String']['output'];
  /** `passed / results`: what broke (state ERROR) counts as not passed, as in official tables. Null when there are none. */
  readonly passRate?: Maybe<Proportion>;
  /** How many of these have a score of exactly 1 and did not break. */
  readonly passed: Scalars['Int']['output'];
  /** How many results there are of it. */
  readonly results: Scalars['Int']['output'];
  /** How many of `results` were scored: all but those that broke (state ERROR), which say nothing about the agent. */
  readonly scored: Scalars['Int']['output'];
  /** `passed / scored`: what the agent did where nothing broke; `coverage` says of how much this speaks. Null when none was scored. */
  readonly scoredPassRate?: Maybe<Proportion>;
};

/** One of the functions that score the runs of a scenario. */
export type ScoringFunction = {
  readonly __typename?: 'ScoringFunction';
  /** The name of the function, unique within its contract. */
  readonly name: Scalars['String']['output'];
  /** How it scores. */
  readonly scorer: Scorer;
  /** How much its score counts; the weights of a contract add up to 1. */
  readonly weight: Scalars['Float']['output'];
};

/** What one scoring function found. */
export type ScoringFunctionResult = {
  readonly __typename?: 'ScoringFunctionResult';
  /** The function's name within its scoring contract. */
  readonly name: Scalars['String']['output'];
  /** What the function printed, often many lines. */
  readonly output: Scalars['String']['output'];
  /** From 0 to 1. */
  readonly score: Scalars['Float']['output'];
  /** Whether the function ran to its end. */
  readonly state: ScoringFunctionState;
};


/** What one scoring function found. */
export type ScoringFunctionResultOutputArgs = {
  maxChars?: InputMaybe<Scalars['Int']['input']>;
};

/** How the application of a scoring function ended. */
export type ScoringFunctionState =
  /** The function ran and its score counts. */
  | 'COMPLETE'
  /** The function itself failed. */
  | 'ERROR'
  /** The upstream does not know, or has added a value that this version of the gateway does not know. */
  | 'UNKNOWN';

/** What the scoring contract of a scenario found about a run. */
export type ScoringResult = {
  readonly __typename?: 'ScoringResult';
  /** What each scoring function found. */
  readonly functionResults: ReadonlyArray<ScoringFunctionResult>;
  /** The weighted sum of all functions, from 0 to 1. */
  readonly score: Scalars['Float']['output'];
};

/** An environment variable that is filled from a secret of the account. The secret itself is never shown. */
export type SecretReference = {
  readonly __typename?: 'SecretReference';
  /** The variable that is filled. */
  readonly environmentVariable: Scalars['String']['output'];
  /** The name of the account's secret that fills it; null, with an error on its path, for callers without the scope `environment:read`. */
  readonly secretName?: Maybe<Scalars['String']['output']>;
};

/** An environment variable that is filled from a secret of the account, which no log shows. */
export type SecretReferenceInput = {
  /** The variable to fill. */
  readonly environmentVariable: Scalars['String']['input'];
  /** The name of the account's secret that fills it. */
  readonly secretName: Scalars['String']['input'];
};

/** What `shutdownDevbox` answers: what was done, or why it was not, or that nobody knows. */
export type ShutdownDevboxResult = ForbiddenError | InvalidInputError | InvalidTransitionError | NotFoundError | OutcomeUnknownError | ShutdownDevboxSuccess;

/** What `shutdownDevbox` answers when it was done. */
export type ShutdownDevboxSuccess = {
  readonly __typename?: 'ShutdownDevboxSuccess';
  /** The devbox, which is shut down. */
  readonly devbox: Devbox;
};

/** What benchmark to run, and with what. Its scenario runs are started one by one, with `startScenarioRun`. */
export type StartBenchmarkRunInput = {
  /** The benchmark to run. */
  readonly benchmarkId: Scalars['ID']['input'];
  /** Environment variables of all its scenario runs, at least those that the benchmark requires. */
  readonly environmentVariables?: InputMaybe<ReadonlyArray<EnvironmentVariableInput>>;
  /** How the devboxes are launched; as each scenario says when absent. */
  readonly launchParameters?: InputMaybe<LaunchParametersInput>;
  /** What to attach to the run. */
  readonly metadata?: InputMaybe<ReadonlyArray<KeyValueInput>>;
  /** What is put on each devbox first. */
  readonly mounts?: InputMaybe<ReadonlyArray<MountInput>>;
  /** The display name. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** What the run is made for. */
  readonly purpose?: InputMaybe<Scalars['String']['input']>;
  /** Environment variables of all its scenario runs that secrets fill, at least those that the benchmark requires. */
  readonly secrets?: InputMaybe<ReadonlyArray<SecretReferenceInput>>;
};

/** What `startBenchmarkRun` answers: what was done, or why it was not, or that nobody knows. */
export type StartBenchmarkRunResult = ForbiddenError | InvalidInputError | InvalidTransitionError | NotFoundError | OutcomeUnknownError | StartBenchmarkRunSuccess;

/** What `startBenchmarkRun` answers when it was done. */
export type StartBenchmarkRunSuccess = {
  readonly __typename?: 'StartBenchmarkRunSuccess';
  /** The run that was started. */
  readonly benchmarkRun: BenchmarkRun;
};

/** What scenario to run, and with what. */
export type StartScenarioRunInput = {
  /** The benchmark run that it becomes part of; it takes its environment and secrets from there, and adds those given here. */
  readonly benchmarkRunId?: InputMaybe<Scalars['ID']['input']>;
  /** Environment variables, at least those that the scenario requires. */
  readonly environmentVariables?: InputMaybe<ReadonlyArray<EnvironmentVariableInput>>;
  /** How the devbox is launched; as the scenario says when absent. */
  readonly launchParameters?: InputMaybe<LaunchParametersInput>;
  /** What to attach to the run. */
  readonly metadata?: InputMaybe<ReadonlyArray<KeyValueInput>>;
  /** What is put on the devbox first. */
  readonly mounts?: InputMaybe<ReadonlyArray<MountInput>>;
  /** The display name. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** What the run is made for. */
  readonly purpose?: InputMaybe<Scalars['String']['input']>;
  /** The scenario to run. */
  readonly scenarioId: Scalars['ID']['input'];
  /** Environment variables that secrets fill, at least those that the scenario requires. */
  readonly secrets?: InputMaybe<ReadonlyArray<SecretReferenceInput>>;
};

/** What `startScenarioRun` answers: what was done, or why it was not, or that nobody knows. */
export type StartScenarioRunResult = ForbiddenError | InvalidInputError | InvalidTransitionError | NotFoundError | OutcomeUnknownError | StartScenarioRunSuccess;

/** What `startScenarioRun` answers when it was done. */
export type StartScenarioRunSuccess = {
  readonly __typename?: 'StartScenarioRunSuccess';
  /** The run that was started. */
  readonly scenarioRun: ScenarioRun;
};

/** Everything that can be followed as it changes. Nobody has to poll. */
export type Subscription = {
  readonly __typename?: 'Subscription';
  /** Every change of a benchmark job, in order, once: of its state, of which agents are at work, of what came of them. How each of their scenario runs changes is an event of `benchmarkRun`. Completes after the event that made it terminal. An unknown id is a NOT_FOUND error. */
  readonly benchmarkJob: BenchmarkJobEvent;
  /** The newest benchmark jobs that meet the conditions, and every change of them, in order, once; also of jobs that are started later. It never completes by itself. */
  readonly benchmarkJobs: BenchmarkJobListEvent;
  /** Every change of a benchmark run and of its scenario runs, in order, once. Completes when it is terminal and its last scenario run is finished. An unknown id is a NOT_FOUND error. */
  readonly benchmarkRun: BenchmarkRunEvent;
  /** The newest benchmark runs that meet the conditions, and every change of them, in order, once; also of runs that somebody starts elsewhere. Conditions that the upstream does not know are looked for as far as `isExhaustive` says. It never completes by itself. */
  readonly benchmarkRuns: BenchmarkRunListEvent;
  /** Every change of a devbox, in order, once, each transition by itself. Completes after the event that made it terminal. An unknown id is a NOT_FOUND error. */
  readonly devbox: DevboxEvent;
  /** Every change of a scenario run, in order, once. Completes after the event that made it terminal. An unknown id is a NOT_FOUND error. */
  readonly scenarioRun: ScenarioRunEvent;
  /** The newest scenario runs that meet the conditions, and every change of them, in order, once; also of runs that start later. Conditions that the upstream does not know are looked for as far as `isExhaustive` says. It never completes by itself. */
  readonly scenarioRuns: ScenarioRunListEvent;
};


/** Everything that can be followed as it changes. Nobody has to poll. */
export type SubscriptionBenchmarkJobArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  id: Scalars['ID']['input'];
};


/** Everything that can be followed as it changes. Nobody has to poll. */
export type SubscriptionBenchmarkJobsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  filter?: InputMaybe<BenchmarkJobFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** Everything that can be followed as it changes. Nobody has to poll. */
export type SubscriptionBenchmarkRunArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  id: Scalars['ID']['input'];
};


/** Everything that can be followed as it changes. Nobody has to poll. */
export type SubscriptionBenchmarkRunsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  filter?: InputMaybe<BenchmarkRunFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** Everything that can be followed as it changes. Nobody has to poll. */
export type SubscriptionDevboxArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  id: Scalars['ID']['input'];
};


/** Everything that can be followed as it changes. Nobody has to poll. */
export type SubscriptionScenarioRunArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  id: Scalars['ID']['input'];
};


/** Everything that can be followed as it changes. Nobody has to poll. */
export type SubscriptionScenarioRunsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  filter?: InputMaybe<ScenarioRunFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** What `suspendDevbox` answers: what was done, or why it was not, or that nobody knows. */
export type SuspendDevboxResult = ForbiddenError | InvalidInputError | InvalidTransitionError | NotFoundError | OutcomeUnknownError | SuspendDevboxSuccess;

/** What `suspendDevbox` answers when it was done. */
export type SuspendDevboxSuccess = {
  readonly __typename?: 'SuspendDevboxSuccess';
  /** The devbox, which is being suspended. */
  readonly devbox: Devbox;
};

/** Scores by running tests. */
export type TestBasedScorer = {
  readonly __typename?: 'TestBasedScorer';
  /** The command that runs them; null when the upstream does not show it. */
  readonly testCommand?: Maybe<Scalars['String']['output']>;
  /** The files that are written before. */
  readonly testFiles: ReadonlyArray<TestFile>;
};

/** A file that is written before the tests are run. */
export type TestFile = {
  readonly __typename?: 'TestFile';
  /** What the file holds; null when unsaid. */
  readonly contents?: Maybe<Scalars['String']['output']>;
  /** Where, relative to the working directory; null when unsaid. */
  readonly path?: Maybe<Scalars['String']['output']>;
};

/** A job that was made in a way which this version of the gateway does not know. */
export type UnknownJobSource = {
  readonly __typename?: 'UnknownJobSource';
  /** The upstream's name for that way. */
  readonly typeName: Scalars['String']['output'];
};

/** A kind of scorer that the upstream has added and this version of the gateway does not know. */
export type UnknownScorer = {
  readonly __typename?: 'UnknownScorer';
  /** The upstream's name of the kind. */
  readonly typeName: Scalars['String']['output'];
};

/** How a scenario itself is validated. */
export type ValidationType =
  /** By evaluation. */
  | 'EVALUATION'
  /** Forward: the reference output has to pass. */
  | 'FORWARD'
  /** Reverse: without the reference output it has to fail. */
  | 'REVERSE'
  /** A value that the upstream has added and this version of the gateway does not know. */
  | 'UNKNOWN'
  /** Nothing was said. */
  | 'UNSPECIFIED';
