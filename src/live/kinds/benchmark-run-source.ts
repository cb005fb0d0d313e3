/** `createBenchmarkRunSource`: reads a benchmark run and the list of its scenario runs. */
import { GatewayError } from '../../errors.ts';
import type { Page, ScenarioRun } from '../../upstream/types.ts';
import type { UpstreamSession } from '../../upstream/upstream.ts';
import { walkPages } from '../../upstream/walk-pages.ts';
import type { Observation } from '../observation.ts';
import { pollOnly, type Source, type SourceOptions } from '../source.ts';

/** Two calls, whatever the number of scenario runs: the run, and the list of its scenario runs. */
export function createBenchmarkRunSource(id: string, options: SourceOptions): Source {
  // A query reads the run or a page of its list, never both.
  return { ...pollOnly((session) => readBoth(id, session, options)), isReadByQueries: false };
}

async function readBoth(id: string, session: UpstreamSession, options: SourceOptions): Promise<boolean> {
  const { clock, onRead } = options;
  const sentAtMs = clock.now();
  const [run, list] = await Promise.allSettled([
    session.get('benchmarkRun', id),
    listScenarioRuns(id, session, options),
  ]);
  const read = { sentAtMs, receivedAtMs: clock.now() };
  if (run.status === 'fulfilled' && run.value) onRead({ entities: [run.value], read });
  // What one call has answered counts, though the other has failed; but then it proves no end.
  for (const page of list.status === 'fulfilled' ? list.value : []) {
    onRead(run.status === 'fulfilled' ? page : { entities: page.entities, read: page.read });
  }
  if (run.status === 'rejected') throw toError(run.reason);
  if (!run.value) return false;
  if (list.status === 'rejected') throw toError(list.reason);
  return true;
}

async function listScenarioRuns(
  id: string,
  session: UpstreamSession,
  { clock, settings }: SourceOptions,
): Promise<readonly Observation[]> {
  const observations: Observation[] = [];
  const listedSinceMs = clock.now();
  let isWhole = true;
  let count = 0;
  let sentAtMs = listedSinceMs;
  const pages = walkPages<ScenarioRun, Page<ScenarioRun>>((after) => {
    const limit = Math.min(settings.listPageSize, settings.maxScenarioRuns - count);
    sentAtMs = clock.now();
    return session.list(
      'benchmarkRunScenarioRuns',
      { benchmarkRunId: id },
      { limit, after, totalCount: false },
    );
  });
  for await (const page of pages) {
    const read = { sentAtMs, receivedAtMs: clock.now() };
    const entities = page.rows.filter((row): row is ScenarioRun => !(row instanceof GatewayError));
    count += page.rows.length;
    isWhole &&= entities.length === page.rows.length;
    // The newest runs are watched; a run that has more of them than that is watched without its oldest.
    if (page.isLast || count >= settings.maxScenarioRuns) {
      return [...observations, { entities, read, listedSinceMs, isWhole: isWhole && !page.hasMore }];
    }
    observations.push({ entities, read });
  }
  return observations;
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('Rejected', { cause: reason });
}
