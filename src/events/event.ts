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

/** Every list whose newest page can be watched, by its name, and what its rows are. */
export interface ListRows {
  readonly benchmarkRuns: BenchmarkRun;
  readonly scenarioRuns: ScenarioRun;
  readonly benchmarkJobs: BenchmarkJob;
}

export type ListKind = keyof ListRows;

/** Every kind of thing that can be watched, with the event that says what happened to it. */
export interface LiveEvents {
  readonly scenarioRun: ScenarioRunLiveEvent;
  readonly benchmarkRun: BenchmarkRunLiveEvent;
  readonly benchmarkJob: BenchmarkJobLiveEvent;
  readonly devbox: DevboxLiveEvent;
  readonly benchmarkRuns: ListLiveEvent<'benchmarkRuns'>;
  readonly scenarioRuns: ListLiveEvent<'scenarioRuns'>;
  readonly benchmarkJobs: ListLiveEvent<'benchmarkJobs'>;
}

export type WatchKind = keyof LiveEvents;

/** The kinds of things that have an id of the upstream. */
export type EntityKind = Exclude<WatchKind, ListKind>;

interface Watchables extends Pick<Kinds, EntityKind> {
  readonly benchmarkRuns: ListPage<'benchmarkRuns'>;
  readonly scenarioRuns: ListPage<'scenarioRuns'>;
  readonly benchmarkJobs: ListPage<'benchmarkJobs'>;
}

/** A thing of a kind that can be watched. */
export type WatchableOf<K extends WatchKind> = Watchables[K];
export type Watchable = WatchableOf<WatchKind>;

/** A row of a list that can be watched, and what can be watched by itself. */
export type WatchableEntity = WatchableOf<EntityKind>;

export interface WatchRef {
  readonly kind: WatchKind;
  /** Of a list: what is asked of it, in the one form that equal questions have. */
  readonly id: string;
}

/** The newest rows of a list that meet its conditions. */
export interface ListPage<L extends ListKind> {
  readonly type: L;
  /** That of its `WatchRef`. */
  readonly id: string;
  /** In the order of the list, newest first; rows that cannot be read are left out. */
  readonly rows: readonly ListRows[L][];
  /** Whether there are more rows behind them. */
  readonly hasMore: boolean;
  /** Whether all rows that could be among them were looked at. */
  readonly isExhaustive: boolean;
}

/** What happened, or, as the content of a snapshot, how things are: then nothing is previous and nothing changed. */
export type LiveEventOf<K extends WatchKind> = LiveEvents[K];
export type LiveEvent = LiveEventOf<WatchKind>;

interface Occurrence {
  /** Unix time in milliseconds: the upstream's where it says when, otherwise when the gateway read it. */
  readonly atMs: number;
  /** By which others name the span of the poll that has read it, as the header `traceparent` has it. Absent when there is none. */
  readonly traceparent?: string;
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

/** What happened to one row of a watched page. */
export interface RowChange<L extends ListKind> {
  /** `removed`: it is no longer among the newest rows that meet the conditions. */
  readonly kind: 'added' | 'changed' | 'removed';
  /** As it was last seen, where it was removed. */
  readonly row: ListRows[L];
  /** Its state within the page before; null for one that was added. */
  readonly previousState: ListRows[L]['state'] | null;
  /** Where it is in the page now, from 0; null for one that was removed. */
  readonly index: number | null;
}

export interface ListLiveEvent<L extends ListKind> extends Occurrence {
  readonly type: L;
  /** The page right after this event. */
  readonly page: ListPage<L>;
  /**
   * No row is in it twice: what was removed, then the others in the order of the page. Whoever takes all of them out of the page
   * before and puts back what has an index, in order, has the page. Empty in a snapshot, and when only `hasMore` or
   * `isExhaustive` changed.
   */
  readonly changes: readonly RowChange<L>[];
}
