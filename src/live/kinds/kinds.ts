/** `KINDS`: the table of all kinds of things that can be followed. A kind without its row, or a row without a member, does not compile. */
import type { Watchable, WatchKind } from '../../events/event.ts';
import { benchmarkJobKind } from './benchmark-job.ts';
import { benchmarkRunKind } from './benchmark-run.ts';
import { devboxKind } from './devbox.ts';
import type { FollowedKind } from './followed-kind.ts';
import { benchmarkJobsKind, benchmarkRunsKind, scenarioRunsKind } from './lists.ts';
import { scenarioRunKind } from './scenario-run.ts';

export const KINDS: { readonly [K in WatchKind]: FollowedKind<K> } = {
  scenarioRun: scenarioRunKind,
  benchmarkRun: benchmarkRunKind,
  benchmarkJob: benchmarkJobKind,
  devbox: devboxKind,
  benchmarkRuns: benchmarkRunsKind,
  scenarioRuns: scenarioRunsKind,
  benchmarkJobs: benchmarkJobsKind,
};

const ROWS: readonly FollowedKind[] = Object.values(KINDS);

// Each type of a followed thing is in it, because each kind has a row.
const BY_TYPE = Object.fromEntries(ROWS.map((row) => [row.type, row])) as Readonly<
  Record<Watchable['type'], FollowedKind>
>;

/** The row of the kind that an entity is of. */
export function followedKindOf(entity: Watchable): FollowedKind {
  return BY_TYPE[entity.type];
}

/** One value for each kind. */
export function forEachKind<T>(make: (row: FollowedKind) => T): Readonly<Record<WatchKind, T>> {
  return Object.fromEntries(ROWS.map((row) => [row.kind, make(row)])) as Record<WatchKind, T>;
}
