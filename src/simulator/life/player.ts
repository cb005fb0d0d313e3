/** Plays benchmark runs by themselves: starts their scenario runs on a beat and takes each through its life. */
import { judge } from '../scoring/judge.ts';
import type { BenchmarkRunView } from '../wire/benchmark.ts';
import type { ScenarioRunView, ScenarioView } from '../wire/scenario.ts';
import type { Agent } from './agents.ts';
import type { BenchmarkRunLife } from './benchmark-run-life.ts';
import type { LifeContext } from './life-context.ts';
import { planRun, type RunPlan } from './run-plan.ts';
import { profileOf, type ScenarioRunLife } from './scenario-run-life.ts';

export interface PlayOptions {
  readonly scenarioIds: readonly string[];
  readonly agent: Agent;
  /** How many scenario runs are active at once, at most. One starts after the other, on a steady beat. */
  readonly concurrency: number;
  /** How far apart they start. @default BEAT_MS */
  readonly beatMs?: number | undefined;
  /** After so many scenario runs somebody cancels the benchmark run, or it fails. */
  readonly cutShort?: { readonly afterRuns: number; readonly as: 'canceled' | 'failed' };
  /** Called once, when the benchmark run is no longer running, whoever ended it. */
  readonly onEnd?: (run: BenchmarkRunView) => void;
}

/** Plays a benchmark run that was started. */
export type Play = (run: BenchmarkRunView, options: PlayOptions) => void;

/** Scenario runs of one benchmark run start so far apart, so that it moves that often as long as some are to come. */
export const BEAT_MS = 4_000;
/** The same of what somebody who has just come is shown: followers poll every second or so, and it moves within five. */
export const STEADY_BEAT_MS = 3_000;

export function createPlayer(
  context: LifeContext,
  scenarioRuns: ScenarioRunLife,
  benchmarkRuns: BenchmarkRunLife,
): Play {
  const { store, timeline, random } = context;

  /** Takes one run to its end, and says so exactly once. Whoever moves the run meanwhile wins. */
  const playRun = (run: ScenarioRunView, scenario: ScenarioView, plan: RunPlan, onDone: () => void) => {
    timeline.after(plan.workMs, () => {
      if (store.scenarioRuns.get(run.id)?.state !== 'running') {
        onDone();
        return;
      }
      const isUp = store.devboxes.get(run.devbox_id)?.status === 'running';
      if (plan.outcome !== 'scored' || !isUp) {
        scenarioRuns.end(run.id, plan.outcome === 'scored' ? 'failed' : plan.outcome);
        onDone();
        return;
      }
      const { verdict, scoringMs, lingerMs } = plan;
      scenarioRuns.score(
        run.id,
        () => judge(scenario.scoring_contract, verdict, random.fork(`${run.id}:score`)),
        scoringMs,
      );
      timeline.after(scoringMs, () => {
        if (lingerMs === undefined) {
          onDone();
          return;
        }
        timeline.after(lingerMs, () => {
          if (store.scenarioRuns.get(run.id)?.state === 'scored') scenarioRuns.complete(run.id);
          onDone();
        });
      });
    });
  };

  return (benchmarkRun, { scenarioIds, agent, concurrency, beatMs = BEAT_MS, cutShort, onEnd }) => {
    const { id } = benchmarkRun;
    const profile = profileOf(benchmarkRun);
    let started = 0;
    let active = 0;
    /** Whether the beat after the last start is not over. */
    let isResting = false;

    const isRunning = () => store.benchmarkRuns.get(id)?.state === 'running';
    const stopWatching = store.benchmarkRuns.watch(id, () => {
      const current = store.benchmarkRuns.get(id);
      if (current?.state === 'running') return;
      stopWatching();
      if (current) onEnd?.(current);
    });

    const startNext = () => {
      const scenario = store.scenarios.get(scenarioIds[started++] ?? '');
      if (!scenario) return;
      active++;
      const plan = planRun(random.fork(`${id}:${scenario.id}`), agent, scenario);
      const run = scenarioRuns.start(scenario, {
        name: scenario.name,
        metadata: benchmarkRun.metadata,
        benchmarkRunId: id,
        profile,
        boot: plan.boot,
      });
      playRun(run, scenario, plan, () => {
        active--;
        goOn();
      });
    };
    const goOn = () => {
      if (!isRunning()) return;
      if (active === 0 && started >= scenarioIds.length) benchmarkRuns.complete(id);
      else if (!isResting && cutShort && started >= cutShort.afterRuns) {
        if (cutShort.as === 'failed') benchmarkRuns.fail(id);
        else benchmarkRuns.cancel(id);
      } else if (!isResting && active < concurrency && started < scenarioIds.length) {
        startNext();
        isResting = true;
        timeline.after(beatMs, () => {
          isResting = false;
          goOn();
        });
      }
    };
    timeline.after(0, goOn);
  };
}
