/** What will become of a played scenario run: drawn once, from the run's own random stream. */
import type { Random } from '../seed/random.ts';
import type { Verdict } from '../scoring/judge.ts';
import type { Agent } from './agents.ts';
import type { ScenarioView } from '../wire/scenario.ts';
import type { BootPlan } from './devbox-life.ts';

/** How a played run ends, and after how much work (life's time, counted from its start). */
export type RunPlan = { readonly boot: BootPlan; readonly workMs: number } & (
  | {
      readonly outcome: 'scored';
      readonly verdict: Verdict;
      readonly scoringMs: number;
      /** How long the run stays scored before it is completed; undefined when it is left there for ever. */
      readonly lingerMs: number | undefined;
    }
  | { readonly outcome: 'failed' | 'timeout' }
);

/** A devbox that does not come up takes its run with it. */
const BOOT_FAILURE_RATE = 0.01;
const FAILURE_RATE = 0.02;
const TIMEOUT_RATE = 0.025;
const LEFT_SCORED_RATE = 0.02;
/** After so long the platform gives up on a run: half an hour. */
const TIMEOUT_MS = 1_800_000;
/** A scenario whose scorers get no more than this is a short one, */
const SHORT_SCORER_TIMEOUT_SEC = 300;
/** on which an agent works, and scorers score, so much shorter. */
const SHORT = 0.15;

export function planRun(random: Random, agent: Agent, scenario: ScenarioView): RunPlan {
  const boot: BootPlan = {
    queuedMs: random.integer(1_000, 8_000),
    provisioningMs: random.integer(3_000, 9_000),
    initializingMs: random.integer(4_000, 20_000),
    failure: random.chance(BOOT_FAILURE_RATE)
      ? random.pick(['health_check_failed', 'out_of_disk'] as const)
      : undefined,
  };
  const bootMs = boot.queuedMs + boot.provisioningMs + boot.initializingMs;
  const length = (scenario.scorer_timeout_sec ?? Infinity) <= SHORT_SCORER_TIMEOUT_SEC ? SHORT : 1;
  // Most runs take a few minutes, some far longer: the product of two draws has that shape.
  const busyMs = Math.round((40_000 + 900_000 * random.next() * random.next()) * agent.pace * length);
  const fate = random.next();
  if (boot.failure) return { boot, workMs: bootMs + 1_000, outcome: 'failed' };
  if (fate < FAILURE_RATE) return { boot, workMs: bootMs + Math.round(busyMs / 3), outcome: 'failed' };
  if (fate < FAILURE_RATE + TIMEOUT_RATE)
    return { boot, workMs: Math.round(TIMEOUT_MS * length), outcome: 'timeout' };
  return {
    boot,
    workMs: bootMs + busyMs,
    outcome: 'scored',
    verdict: random.chance(agent.passRate) ? 'pass' : random.pick(['partial', 'fail', 'fail'] as const),
    scoringMs: Math.round(random.integer(8_000, 60_000) * length),
    lingerMs: random.chance(LEFT_SCORED_RATE) ? undefined : random.integer(500, 4_000),
  };
}
