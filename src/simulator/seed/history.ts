/** The past of a new world: a plan of who evaluated what and when, played on the timeline without waiting. */
import { AGENTS } from '../life/agents.ts';
import { BEAT_MS, STEADY_BEAT_MS } from '../life/player.ts';
import type { Session } from '../life/sessions.ts';
import type { Manner } from './scenarios.ts';
import type { Suites } from './suites.ts';

export interface PlannedSession {
  /** How long before the world's start, in milliseconds. */
  readonly beforeMs: number;
  readonly session: Session;
}

/** The cycle in which benchmarks were evaluated: at scale 1 a dozen benchmark runs of 1,734 scenario runs. */
const CYCLE: readonly (readonly [
  manner: Manner,
  agents: number,
  isJob: boolean,
  cutShort?: 'canceled' | 'failed',
])[] = [
  ['smoke', 1, false, 'canceled'],
  ['terminal-bench', 2, true],
  ['swe-bench', 1, false],
  ['smoke', 2, true],
  ['terminal-bench', 1, false, 'failed'],
  ['swe-bench', 1, true],
  ['terminal-bench', 1, false],
  ['smoke', 1, false],
  ['terminal-bench', 2, true],
];

/** Evaluations began so far apart: 18 hours, so that they hardly overlap. */
const INTERVAL_MS = 18 * 3_600_000;
/** About how long a scenario run takes; with the concurrency and the beat this says how long a benchmark run takes. */
const TYPICAL_RUN_MS = 310_000;
/** How far the benchmark runs in progress have come when the world starts. */
const PROGRESS = 0.4;

/** Ended sessions, oldest first, of at least `scenarioRuns` scenario runs. */
export function planHistory(suites: Suites, scenarioRuns: number): readonly PlannedSession[] {
  const sessions: Session[] = [];
  let planned = 0;
  for (let turn = 0; planned < scenarioRuns; turn++) {
    const [manner, count, isJob, cutShort] = CYCLE[turn % CYCLE.length] ?? ['smoke', 1, false];
    const suite = suites[manner];
    const agents = Array.from({ length: count }, (_, offset) => agentAt(turn + offset * 2));
    sessions.push({ suite, agents, isJob, cutShort });
    planned += suite.benchmark.scenarioIds.length * count;
  }
  return sessions.map((session, index) => ({ session, beforeMs: (sessions.length - index) * INTERVAL_MS }));
}

/** Sessions that are in progress when the world starts, and go on: the first is steady. */
export function planPresent(suites: Suites, count: number): readonly PlannedSession[] {
  const manners: readonly Manner[] = ['swe-bench', 'terminal-bench', 'smoke'];
  return Array.from({ length: count }, (_, index) => {
    const suite = suites[manners[index % manners.length] ?? 'smoke'];
    const isSteady = index === 0;
    const everyMs = isSteady ? STEADY_BEAT_MS : Math.max(BEAT_MS, TYPICAL_RUN_MS / suite.concurrency);
    return {
      session: { suite, agents: [agentAt(index)], isJob: index % 2 === 1, isSteady },
      beforeMs: Math.round(suite.benchmark.scenarioIds.length * everyMs * PROGRESS),
    };
  });
}

function agentAt(index: number): (typeof AGENTS)[number] {
  const agent = AGENTS[index % AGENTS.length];
  if (!agent) throw new RangeError('There are no agents');
  return agent;
}
