/** `RunHistory`: the scenario runs of a watched benchmark run, as they were right after each event that its log still holds. */
import type { ScenarioRunChange } from '../events/event.ts';
import { scenarioRunLifecycle } from '../upstream/lifecycle.ts';
import type { ScenarioRun, ScenarioRunState } from '../upstream/types.ts';

/** What one event has replaced: undoing it leads to how things were before. */
interface Undo {
  readonly sequence: number;
  /** Null is a scenario run that was new. */
  readonly replaced: readonly { readonly id: string; readonly earlier: ScenarioRun | null }[];
}

/**
 * Holds every scenario run once, and of each event what it has replaced, so it is at most as large again as the events
 * are. Events have to be taken in their order.
 */
export class RunHistory {
  /** As they are after the newest event. */
  readonly #runs = new Map<string, ScenarioRun>();
  /** Up to where `#runs` was known before any event was taken. */
  readonly #knownUntil: number;
  /** What the latest of the events before that have said. */
  readonly #earlier = new Map<string, ScenarioRun>();
  /** Oldest first, without holes up to the newest event. */
  #undos: Undo[] = [];
  #newest: number;

  /** `runs` is how they are right after the event `sequence`. */
  constructor(runs: Iterable<ScenarioRun>, sequence: number) {
    for (const run of runs) this.#runs.set(run.id, run);
    this.#knownUntil = sequence;
    this.#newest = sequence;
  }

  take(sequence: number, changes: readonly ScenarioRunChange[]): void {
    const isNews = sequence > this.#knownUntil;
    const latest = isNews ? this.#runs : this.#earlier;
    if (isNews) this.#earlier.clear();
    const replaced = changes.map((change) => {
      const { id } = change.scenarioRun;
      const earlier = latest.get(id) ?? (isNews ? null : before(change));
      latest.set(id, change.scenarioRun);
      return { id, earlier };
    });
    this.#undos.push({ sequence, replaced });
    this.#newest = Math.max(this.#newest, sequence);
  }

  /** Events before this one are not asked for any more; how things were right before it still may be. */
  forget(oldest: number): void {
    const [first] = this.#undos;
    // There are no holes: nothing has to be looked for.
    if (first && first.sequence < oldest) this.#undos = this.#undos.slice(oldest - first.sequence);
  }

  /** As they are right after this event, in no particular order. */
  at(sequence: number): Iterable<ScenarioRun> {
    if (sequence >= this.#newest) return this.#runs.values();
    const runs = new Map(this.#runs);
    for (const undo of this.#undos.toReversed()) {
      if (undo.sequence <= sequence) break;
      for (const { id, earlier } of undo.replaced) {
        if (earlier) runs.set(id, earlier);
        else runs.delete(id);
      }
    }
    return runs.values();
  }
}

/**
 * How a scenario run was before the oldest event about it that is left, as far as that event says: its state, and that an
 * unfinished run has no result. A finished one that changed had the result that it has, for scores are given once.
 */
function before({ previousState, scenarioRun }: ScenarioRunChange): ScenarioRun | null {
  return previousState === null ? null : inState(scenarioRun, previousState);
}

function inState(run: ScenarioRun, state: ScenarioRunState): ScenarioRun {
  const { isFinished } = scenarioRunLifecycle(state, null);
  const scoringResult = isFinished ? run.scoringResult : null;
  return {
    ...run,
    ...scenarioRunLifecycle(state, scoringResult?.score ?? null),
    state,
    scoringResult,
    durationMs: isFinished ? run.durationMs : null,
    endedAtMs: isFinished ? run.endedAtMs : null,
  };
}
