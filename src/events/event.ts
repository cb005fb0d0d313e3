/** The events: what can be watched, and what a log says about it. Plain values that survive JSON. */
import type {
  BenchmarkJob,
  BenchmarkJobState,
  BenchmarkRun,
  BenchmarkRunState,
  Devbox,
  DevboxStatus,
  Kinds,
  ScenarioRun,
  ScenarioRunState,
} from '../upstream/types.ts';

/** Every kind of thing that can be watched, with the event that says what happened to it. */
export interface LiveEvents {
  readonly scenarioRun: ScenarioRunLiveEvent;
  readonly benchmarkRun: BenchmarkRunLiveEvent;
  readonly benchmarkJob: BenchmarkJobLiveEvent;
  readonly devbox: DevboxLiveEvent;
}

export type WatchKind = keyof LiveEvents;

/** A thing of a kind that can be watched. */
export type WatchableOf<K extends WatchKind> = Kinds[K];
export type Watchable = WatchableOf<WatchKind>;

export interface WatchRef {
  readonly kind: WatchKind;
  readonly id: string;
}

/** What happened, or, as the content of a snapshot, how things are: then nothing is previous and nothing changed. */
export type LiveEventOf<K extends WatchKind> = LiveEvents[K];
export type LiveEvent = LiveEventOf<WatchKind>;

interface Occurrence {
  /** Unix time in milliseconds: the upstream's where it says when, otherwise when the gateway read it. */
  readonly atMs: number;
}

export interface ScenarioRunLiveEvent extends Occurrence {
  readonly type: 'scenarioRun';
  /** Null in a snapshot. Equal to the present state when something else about the run changed. */
  readonly previousState: ScenarioRunState | null;
  readonly scenarioRun: ScenarioRun;
}

/** A scenario run that changed, or was started: then its previous state is null. */
export interface ScenarioRunChange {
  readonly previousState: ScenarioRunState | null;
  readonly scenarioRun: ScenarioRun;
}

export interface BenchmarkRunLiveEvent extends Occurrence {
  readonly type: 'benchmarkRun';
  /** Null in a snapshot. Equal to the present state when only scenario runs or the score changed. */
  readonly previousState: BenchmarkRunState | null;
  readonly benchmarkRun: BenchmarkRun;
  /** No scenario run is in it twice. */
  readonly changes: readonly ScenarioRunChange[];
}

export interface BenchmarkJobLiveEvent extends Occurrence {
  readonly type: 'benchmarkJob';
  /** Null in a snapshot. Equal to the present state when only its agents or their outcomes changed. */
  readonly previousState: BenchmarkJobState | null;
  readonly benchmarkJob: BenchmarkJob;
}

export interface DevboxLiveEvent extends Occurrence {
  readonly type: 'devbox';
  /** Null in a snapshot. Equal to the present status when something else about the devbox changed. */
  readonly previousStatus: DevboxStatus | null;
  /** As it was right after this event, also when a later one is known already. */
  readonly devbox: Devbox;
}
