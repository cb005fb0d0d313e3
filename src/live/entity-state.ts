/** `EntityState`: the freshest known version of a watched thing, and what each further read of it says has happened. */
import type { KnownEntity, ReadSpan } from '../events/event-log.ts';
import type { LiveEvent, Watchable, WatchRef } from '../events/event.ts';
import type { BenchmarkRun, ScenarioRun } from '../upstream/types.ts';
import { diffBenchmarkJob, isSameBenchmarkJob } from './diff-benchmark-job.ts';
import { coalesce, diffBenchmarkRun, isSameBenchmarkRun } from './diff-benchmark-run.ts';
import { diffDevbox, isSameDevbox } from './diff-devbox.ts';
import { diffScenarioRun, isSameScenarioRun } from './diff-scenario-run.ts';
import { fresher } from './freshness.ts';

/** What one answer of the upstream shows: the watched thing, or scenario runs of a watched benchmark run. */
export interface Reading {
  readonly entities: readonly Watchable[];
  readonly read: ReadSpan;
}

/** What a reading has taught, in the form in which it is appended. */
export interface StateChange {
  readonly events: readonly LiveEvent[];
  readonly entities: readonly KnownEntity[];
}

const NOTHING: StateChange = { events: [], entities: [] };

interface News {
  readonly previous: Watchable | undefined;
  readonly known: KnownEntity;
}

/**
 * Invariant: what is known of a thing never gets older (see `fresher`), and the events of all lessons lead from the base
 * to what is known. Scenario runs that a list no longer shows stay known.
 */
export class EntityState {
  readonly #ref: WatchRef;
  readonly #known = new Map<string, KnownEntity>();
  /** Until there is a base to compare with, whatever is read becomes part of it, and nothing has happened. */
  #hasBase = false;

  constructor(ref: WatchRef) {
    this.#ref = ref;
  }

  /** What happens can be told, because there is something to compare with. */
  get hasBase(): boolean {
    return this.#hasBase;
  }

  /** The watched thing itself. */
  get subject(): KnownEntity | undefined {
    return this.#known.get(this.#ref.id);
  }

  get(id: string): KnownEntity | undefined {
    return this.#known.get(id);
  }

  values(): Iterable<KnownEntity> {
    return this.#known.values();
  }

  /** Starts from what a log has told so far; from nothing when it is empty. */
  load(entities: readonly KnownEntity[]): void {
    for (const known of entities) this.#known.set(known.entity.id, known);
    this.#hasBase = entities.length > 0;
  }

  /** Declares what has been read until now the base. */
  seed(): StateChange {
    this.#hasBase = true;
    return { events: [], entities: [...this.#known.values()] };
  }

  /** Somebody else has recorded first: what is known here as seen from `entities`, which the log has told instead. */
  rebase(entities: readonly KnownEntity[], nowMs: number): StateChange {
    const own = [...this.#known.values()];
    this.#known.clear();
    this.load(entities);
    if (!this.#hasBase) {
      this.load(own);
      return this.seed();
    }
    const lessons = own.map(({ entity, read }) => this.apply({ entities: [entity], read }, nowMs));
    return {
      events: coalesce(lessons.flatMap(({ events }) => events)),
      entities: lessons.flatMap((lesson) => lesson.entities),
    };
  }

  /** Takes in what is new of a reading; what is older than what is known, or cannot be told apart, changes nothing. */
  apply({ entities, read }: Reading, nowMs: number): StateChange {
    const before = this.subject?.entity;
    const news: News[] = [];
    for (const entity of entities) {
      const known = this.#known.get(entity.id);
      const next = known ? fresher(known, { entity, read }, nowMs) : { entity, read };
      if (!next) continue;
      if (known && isSame(known.entity, entity)) {
        this.#known.set(entity.id, { entity: known.entity, read: next.read });
      } else {
        this.#known.set(entity.id, next);
        news.push({ previous: known?.entity, known: next });
      }
    }
    if (!this.#hasBase || !before || news.length === 0) return NOTHING;
    return { events: this.#tell(before, news, read.receivedAtMs), entities: news.map(({ known }) => known) };
  }

  #tell(before: Watchable, news: readonly News[], atMs: number): readonly LiveEvent[] {
    const subject = this.subject?.entity ?? before;
    if (before.type === 'ScenarioRun' && subject.type === 'ScenarioRun')
      return diffScenarioRun(before, subject, atMs);
    if (before.type === 'BenchmarkJob' && subject.type === 'BenchmarkJob')
      return diffBenchmarkJob(before, subject, atMs);
    if (before.type === 'Devbox' && subject.type === 'Devbox') return diffDevbox(before, subject, atMs);
    if (before.type === 'BenchmarkRun' && subject.type === 'BenchmarkRun') {
      return tellBenchmarkRun(before, subject, { news, atMs });
    }
    return [];
  }
}

function tellBenchmarkRun(
  before: BenchmarkRun,
  benchmarkRun: BenchmarkRun,
  { news, atMs }: { readonly news: readonly News[]; readonly atMs: number },
): readonly LiveEvent[] {
  const previous = new Map<string, ScenarioRun>();
  const scenarioRuns: ScenarioRun[] = [];
  for (const { previous: earlier, known } of news) {
    if (earlier?.type === 'ScenarioRun') previous.set(earlier.id, earlier);
    if (known.entity.type === 'ScenarioRun') scenarioRuns.push(known.entity);
  }
  return diffBenchmarkRun(
    { benchmarkRun: before, scenarioRun: (id) => previous.get(id) },
    { benchmarkRun, scenarioRuns },
    atMs,
  );
}

function isSame(a: Watchable, b: Watchable): boolean {
  if (a.type === 'ScenarioRun' && b.type === 'ScenarioRun') return isSameScenarioRun(a, b);
  if (a.type === 'BenchmarkRun' && b.type === 'BenchmarkRun') return isSameBenchmarkRun(a, b);
  if (a.type === 'BenchmarkJob' && b.type === 'BenchmarkJob') return isSameBenchmarkJob(a, b);
  if (a.type === 'Devbox' && b.type === 'Devbox') return isSameDevbox(a, b);
  return false;
}
