/** `AccountWatches`: what one account watches, how what is read reaches it, and how fast the account may be polled. */
import type { Clock } from '../clock.ts';
import type { KnownEntity, ReadSpan } from '../events/event-log.ts';
import type { Watchable, WatchKind, WatchRef } from '../events/event.ts';
import { fresher } from './freshness.ts';
import type { Watch, WatchReading } from './watch.ts';

/** A watch that is kept in a lane. */
export interface Watched {
  readonly watch: Watch;
  /** Something may have changed about when to poll it next. */
  readonly reschedule: () => void;
  /** Something was done to it: it is to be polled now. */
  readonly pollNow: () => void;
}

export class AccountWatches<T extends Watched> {
  readonly #clock: Clock;
  readonly #maxLongPolls: number;
  readonly #watched: Readonly<Record<WatchKind, Map<string, T>>> = {
    scenarioRun: new Map(),
    benchmarkRun: new Map(),
    benchmarkJob: new Map(),
    devbox: new Map(),
  };
  /** The followed scenario runs that a watched benchmark run tells about, by its id: nobody polls them. */
  readonly #covered = new Map<string, Set<string>>();
  /** The same the other way round: by the id of a scenario run, its benchmark run. */
  readonly #coveredBy = new Map<string, string>();
  #slowUntilMs = 0;
  #longPolls = 0;

  constructor(options: { readonly clock: Clock; readonly maxLongPolls: number }) {
    this.#clock = options.clock;
    this.#maxLongPolls = options.maxLongPolls;
  }

  get size(): number {
    return Object.values(this.#watched).reduce((sum, { size }) => sum + size, 0);
  }

  get({ kind, id }: WatchRef): T | undefined {
    return this.#watched[kind].get(id);
  }

  add(watched: T): void {
    const { kind, id } = watched.watch.topic.ref;
    this.#watched[kind].set(id, watched);
  }

  /** Takes out exactly this one: another may have taken its place. */
  remove(watched: T): void {
    const { kind, id } = watched.watch.topic.ref;
    if (this.#watched[kind].get(id) !== watched) return;
    this.#watched[kind].delete(id);
    if (kind === 'benchmarkRun') this.orphan(id);
    if (kind === 'scenarioRun') this.#uncover(id);
  }

  /** This benchmark run is read no more: scenario runs that it has fed are on their own now. */
  orphan(benchmarkRunId: string): void {
    for (const id of this.#covered.get(benchmarkRunId) ?? []) {
      this.#uncover(id);
      this.#watched.scenarioRun.get(id)?.reschedule();
    }
  }

  values(): readonly T[] {
    return Object.values(this.#watched).flatMap((watched) => [...watched.values()]);
  }

  /** Until when the upstream wants no polls, as Unix time in milliseconds. */
  get slowUntilMs(): number {
    return this.#slowUntilMs;
  }

  slowDown(retryAfterMs: number): void {
    this.#slowUntilMs = Math.max(this.#slowUntilMs, this.#clock.now() + retryAfterMs);
  }

  enterLongPoll(): Disposable | null {
    if (this.#longPolls >= this.#maxLongPolls) return null;
    this.#longPolls++;
    return {
      [Symbol.dispose]: () => {
        this.#longPolls--;
      },
    };
  }

  /**
   * What the watch of its benchmark run knows of a followed scenario run, when that one's lists show it. Whoever relies
   * on this is nudged when it is no longer so.
   */
  coveredByParent(id: string): KnownEntity | undefined {
    for (const benchmarkRunId of this.#benchmarkRunsOf(id)) {
      const known = this.#listed(benchmarkRunId, id);
      if (!known) continue;
      this.#cover(id, benchmarkRunId);
      return known;
    }
    return undefined;
  }

  /** Whose lists may show it. What it says itself is not enough: a list may show runs that do not name it. */
  #benchmarkRunsOf(id: string): Iterable<string> {
    const benchmarkRunId = this.#coveredBy.get(id);
    if (benchmarkRunId !== undefined) return [benchmarkRunId];
    const subject = this.#watched.scenarioRun.get(id)?.watch.subject?.entity;
    // Only one that was just begun is not known yet.
    if (!subject) return this.#watched.benchmarkRun.keys();
    return subject.type === 'ScenarioRun' && subject.benchmarkRunId !== null ? [subject.benchmarkRunId] : [];
  }

  #listed(benchmarkRunId: string, id: string): KnownEntity | undefined {
    const watch = this.#watched.benchmarkRun.get(benchmarkRunId)?.watch;
    return watch?.isOver ? undefined : watch?.listed(id);
  }

  /** Tells everybody whom it concerns what a poll has read. */
  feed(ref: WatchRef, reading: WatchReading): void {
    if (ref.kind === 'benchmarkRun') {
      const watch = this.get(ref)?.watch;
      watch?.learn(reading);
      if (this.#watched.scenarioRun.size > 0) this.#passOn(ref.id, reading);
      if (watch?.isOver) this.orphan(ref.id);
      // Only a whole list says that something is not in it.
      else if (reading.listedSinceMs !== undefined) this.#release(ref.id);
    } else {
      for (const entity of reading.entities) this.observe(entity, reading.read);
    }
  }

  /** Tells the followed scenario runs what a list of their benchmark run shows of them. */
  #passOn(benchmarkRunId: string, reading: WatchReading): void {
    for (const entity of reading.entities) {
      const followed = this.#watched.scenarioRun.get(entity.id);
      if (!followed) continue;
      followed.watch.learn({ entities: [entity], read: reading.read });
      this.#cover(entity.id, benchmarkRunId);
    }
  }

  /** Those that the list does not show any more are on their own now. */
  #release(benchmarkRunId: string): void {
    for (const id of this.#covered.get(benchmarkRunId) ?? []) {
      if (this.#listed(benchmarkRunId, id)) continue;
      this.#uncover(id);
      this.#watched.scenarioRun.get(id)?.reschedule();
    }
  }

  #cover(id: string, benchmarkRunId: string): void {
    if (!this.#watched.scenarioRun.has(id) || this.#coveredBy.get(id) === benchmarkRunId) return;
    this.#uncover(id);
    this.#coveredBy.set(id, benchmarkRunId);
    const covered = this.#covered.get(benchmarkRunId) ?? new Set();
    this.#covered.set(benchmarkRunId, covered.add(id));
  }

  #uncover(id: string): void {
    const benchmarkRunId = this.#coveredBy.get(id);
    if (benchmarkRunId === undefined) return;
    this.#coveredBy.delete(id);
    const covered = this.#covered.get(benchmarkRunId);
    covered?.delete(id);
    if (covered?.size === 0) this.#covered.delete(benchmarkRunId);
  }

  /** Tells everybody whom it concerns what was read of one thing, and answers its freshest version. */
  observe(entity: Watchable, read: ReadSpan): KnownEntity {
    const concerned = this.#concernedBy(entity);
    let freshest: KnownEntity = { entity, read };
    if (concerned.length === 0) return freshest;
    const now = this.#clock.now();
    for (const watch of concerned) {
      const known = watch.known(entity.id);
      // Each of them may know more than the others, and than this read.
      if (known && !fresher(known, freshest, now)) freshest = known;
    }
    for (const watch of concerned) watch.learn({ entities: [freshest.entity], read: freshest.read });
    return freshest;
  }

  /** Polls now whatever may have changed because something was done to this thing. */
  touch(ref: WatchRef): void {
    this.get(ref)?.pollNow();
    const { scenarioRun, benchmarkRun, benchmarkJob } = this.#watched;
    switch (ref.kind) {
      case 'scenarioRun':
        // Its devbox is long-polled, and tells by itself.
        pollConcerned(benchmarkRun, (watch) => watch.known(ref.id) !== undefined);
        return;
      case 'benchmarkRun':
        pollConcerned(scenarioRun, (watch) => watch.shows((run) => run.benchmarkRunId === ref.id));
        pollConcerned(benchmarkJob, ({ subject }) => isOfJob(ref.id, subject?.entity));
        return;
      case 'benchmarkJob':
        return;
      case 'devbox':
        pollConcerned(scenarioRun, (watch) => watch.shows((run) => run.devboxId === ref.id));
        pollConcerned(benchmarkRun, (watch) => watch.shows((run) => run.devboxId === ref.id));
        return;
    }
  }

  #concernedBy(entity: Watchable): readonly Watch[] {
    const { scenarioRun, benchmarkRun, benchmarkJob, devbox } = this.#watched;
    switch (entity.type) {
      case 'ScenarioRun':
        return present(scenarioRun.get(entity.id), benchmarkRun.get(entity.benchmarkRunId ?? ''));
      case 'BenchmarkRun':
        return present(benchmarkRun.get(entity.id));
      case 'BenchmarkJob':
        return present(benchmarkJob.get(entity.id));
      case 'Devbox':
        return present(devbox.get(entity.id));
    }
  }
}

function pollConcerned(watched: ReadonlyMap<string, Watched>, isConcerned: (watch: Watch) => boolean): void {
  for (const one of watched.values()) if (isConcerned(one.watch)) one.pollNow();
}

function isOfJob(benchmarkRunId: string, job: Watchable | undefined): boolean {
  return (
    job?.type === 'BenchmarkJob' && job.inProgressRuns.some((run) => run.benchmarkRunId === benchmarkRunId)
  );
}

function present(...watched: readonly (Watched | undefined)[]): readonly Watch[] {
  return watched.flatMap((one) => (one ? [one.watch] : []));
}
