/** What goes on in the account: somebody evaluates agents on a benchmark, alone or as a job, again and again. */
import type { Random } from '../seed/random.ts';
import type { Suite, Suites } from '../seed/suites.ts';
import { type Agent, AGENTS, metadataOf } from './agents.ts';
import type { BenchmarkJobLife } from './benchmark-job-life.ts';
import type { BenchmarkRunLife } from './benchmark-run-life.ts';
import type { LifeContext } from './life-context.ts';
import { type Play, STEADY_BEAT_MS } from './player.ts';
import { NO_PROFILE } from './scenario-run-life.ts';

/** One evaluation: a benchmark run per agent, gathered in a job or not. */
export interface Session {
  readonly suite: Suite;
  readonly agents: readonly Agent[];
  readonly isJob: boolean;
  /** Given when the benchmark runs do not come to their end. Those of jobs do. */
  readonly cutShort?: 'canceled' | 'failed' | undefined;
  /** Whether its scenario runs start on a quick beat however many are active, and the next session before they are through. */
  readonly isSteady?: boolean;
}

export interface Sessions {
  /** Plays one session, and calls back when all of it has ended. */
  play(session: Session, onEnd?: () => void): void;
  /**
   * Plays one session, and when it has ended another that chance picks, for ever. After a steady one comes the same with
   * the next agent, while a quarter of its scenario runs are still to start: one of them always moves.
   */
  keepPlaying(session: Session): void;
}

/** What sessions are played with. */
export interface Stage {
  readonly benchmarkRuns: BenchmarkRunLife;
  readonly benchmarkJobs: BenchmarkJobLife;
  readonly play: Play;
}

const PAUSE_MS = 20_000;
/** The part of its scenario runs that a steady session has started when the next begins. */
const STEADY_LEAD = 0.75;
const JOB_RATE = 0.3;
const CUT_SHORT_RATE = 0.1;

export function createSessions(
  { timeline, random }: LifeContext,
  suites: Suites,
  { benchmarkRuns, benchmarkJobs, play: playRun }: Stage,
): Sessions {
  let played = 0;

  const play = (session: Session, onEnd: () => void = () => undefined) => {
    const { suite, agents, isJob, cutShort, isSteady = false } = session;
    const stream = random.fork(`session ${String(played++)}`);
    const { benchmark } = suite;
    const concurrency = isSteady ? Infinity : suite.concurrency;
    const beatMs = isSteady ? STEADY_BEAT_MS : undefined;
    const commit = commitOf(stream);
    if (isJob) {
      benchmarkJobs.start({
        name: `${benchmark.name} nightly ${commit.slice(0, 7)}`,
        source: { type: 'benchmark', benchmark_id: benchmark.id, benchmark_name: benchmark.name },
        benchmarkId: benchmark.id,
        scenarioIds: benchmark.scenarioIds,
        agents: agents.map(({ name, model }) => ({
          type: 'job_agent',
          name,
          model_name: model,
          timeout_seconds: 1_800,
        })),
        orchestrator: {
          n_concurrent_trials: concurrency,
          n_attempts: 0,
          quiet: false,
          timeout_multiplier: 1,
        },
        metadata: { commit, trigger: 'job', team: 'evals' },
        onEnd,
      });
      return;
    }
    let running = agents.length;
    for (const agent of agents) {
      const run = benchmarkRuns.start({
        benchmarkId: benchmark.id,
        name: `${benchmark.name} / ${agent.name} / ${agent.model}`,
        metadata: metadataOf(agent, commit),
        profile: {
          ...NO_PROFILE,
          purpose: 'evaluation',
          environmentVariables: { AGENT: agent.name, MODEL: agent.model },
          secrets: { MODEL_API_KEY: 'MODEL_API_KEY' },
        },
      });
      playRun(run, {
        scenarioIds: benchmark.scenarioIds,
        agent,
        concurrency,
        beatMs,
        ...(cutShort
          ? { cutShort: { afterRuns: stream.integer(1, benchmark.scenarioIds.length), as: cutShort } }
          : {}),
        onEnd: () => {
          running--;
          if (running === 0) onEnd();
        },
      });
    }
  };

  const keepPlaying = (session: Session) => {
    const goOn = once(() => {
      keepPlaying(
        session.isSteady
          ? { ...session, agents: session.agents.map((agent) => agentAfter(agent)) }
          : nextSession(random.fork(`after session ${String(played)}`), session.suite, suites),
      );
    });
    play(session, () => {
      timeline.after(PAUSE_MS, goOn);
    });
    if (!session.isSteady) return;
    const startingMs = session.suite.benchmark.scenarioIds.length * STEADY_BEAT_MS;
    timeline.after(Math.max(PAUSE_MS, startingMs * STEADY_LEAD), goOn);
  };

  return { play, keepPlaying };
}

function nextSession(random: Random, last: Suite, suites: Suites): Session {
  // The large benchmark takes long, and is under way all the time; no other but the smallest is played twice in a row.
  const choice = Object.values(suites).filter(
    (suite) => suite.manner === 'smoke' || (suite !== last && suite.manner !== 'swe-bench'),
  );
  const isJob = random.chance(JOB_RATE);
  const first = random.integer(0, AGENTS.length - 1);
  const agents = AGENTS.filter(
    (_, index) => index === first || (isJob && index === (first + 1) % AGENTS.length),
  );
  const cutShort = random.chance(CUT_SHORT_RATE) ? random.pick(['canceled', 'failed'] as const) : undefined;
  return { suite: random.pick(choice), agents, isJob, cutShort };
}

function once(task: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) task();
    isDone = true;
  };
}

function agentAfter(agent: Agent): Agent {
  return AGENTS[(AGENTS.indexOf(agent) + 1) % AGENTS.length] ?? agent;
}

function commitOf(random: Random): string {
  return Array.from({ length: 40 }, () => random.integer(0, 15).toString(16)).join('');
}
