/** `Source`: how each kind of thing is read from the upstream, once, and when it is watched. */
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { KnownEntity } from '../events/event-log.ts';
import type { WatchRef } from '../events/event.ts';
import type { DevboxStatus, Page, ScenarioRun } from '../upstream/types.ts';
import type { UpstreamSession } from '../upstream/upstream.ts';
import { walkPages } from '../upstream/walk-pages.ts';
import type { LiveSettings } from './live-settings.ts';
import type { Watch, WatchReading } from './watch.ts';

/**
 * - `read`: it was read; the next time is up to the schedule.
 * - `waited`: the upstream was waited for, so that it can be asked again at once.
 * - `missing`: the upstream does not know it.
 */
export type PollResult = 'read' | 'waited' | 'missing';

export interface Source {
  /** Reads the thing, and passes on what it shows. False when the upstream does not know it. */
  read(session: UpstreamSession): Promise<boolean>;
  /** Waits for something to happen where the upstream lets it be waited for, else reads. */
  poll(session: UpstreamSession): Promise<PollResult>;
}

export interface SourceOptions {
  readonly clock: Clock;
  readonly settings: Pick<
    LiveSettings,
    'listPageSize' | 'maxScenarioRuns' | 'longPollSec' | 'pollIntervalMs'
  >;
  /** Where everything that was read goes. */
  readonly feed: (reading: WatchReading) => void;
  /** The watch that is fed, to know what there is to wait for. */
  readonly watch: Watch;
  /** What somebody else who watches has read of the thing lately. */
  readonly fed: () => KnownEntity | undefined;
  /** A place for one long poll, to be disposed after it; null when they are all taken. */
  readonly enterLongPoll: () => Disposable | null;
}

export function createSource(ref: WatchRef, options: SourceOptions): Source {
  switch (ref.kind) {
    case 'scenarioRun':
      return readOnly((session) => readScenarioRun(ref.id, session, options));
    case 'benchmarkRun':
      return readOnly((session) => readBenchmarkRun(ref.id, session, options));
    case 'benchmarkJob':
      return readOnly((session) => readOne(() => session.benchmarkJob(ref.id), options));
    case 'devbox':
      return createDevboxSource(ref.id, options);
  }
}

function readOnly(read: Source['read']): Source {
  return { read, poll: async (session) => ((await read(session)) ? 'read' : 'missing') };
}

/** One call, or none when its benchmark run is watched: then it is known already. */
function readScenarioRun(id: string, session: UpstreamSession, options: SourceOptions): Promise<boolean> {
  const known = options.fed();
  if (!known) return readOne(() => session.scenarioRun(id), options);
  options.feed({ entities: [known.entity], read: known.read });
  return Promise.resolve(true);
}

async function readOne<T extends WatchReading['entities'][number]>(
  ask: () => Promise<T | null>,
  { clock, feed }: SourceOptions,
): Promise<boolean> {
  const sentAtMs = clock.now();
  const entity = await ask();
  if (entity) feed({ entities: [entity], read: { sentAtMs, receivedAtMs: clock.now() } });
  return entity !== null;
}

/** Two calls, whatever the number of scenario runs: the run, and the list of its scenario runs. */
async function readBenchmarkRun(
  id: string,
  session: UpstreamSession,
  options: SourceOptions,
): Promise<boolean> {
  const { clock, feed } = options;
  const sentAtMs = clock.now();
  const [run, list] = await Promise.allSettled([
    session.benchmarkRun(id),
    listScenarioRuns(id, session, options),
  ]);
  const read = { sentAtMs, receivedAtMs: clock.now() };
  if (run.status === 'fulfilled' && run.value) feed({ entities: [run.value], read });
  // What one call has answered counts, though the other has failed; but then it proves no end.
  for (const page of list.status === 'fulfilled' ? list.value : []) {
    feed(run.status === 'fulfilled' ? page : { entities: page.entities, read: page.read });
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
): Promise<readonly WatchReading[]> {
  const readings: WatchReading[] = [];
  const listedSinceMs = clock.now();
  let isWhole = true;
  let count = 0;
  let sentAtMs = listedSinceMs;
  const pages = walkPages<ScenarioRun, Page<ScenarioRun>>((after) => {
    const limit = Math.min(settings.listPageSize, settings.maxScenarioRuns - count);
    sentAtMs = clock.now();
    return session.benchmarkRunScenarioRuns(id, {}, { limit, after, totalCount: false });
  });
  for await (const page of pages) {
    const read = { sentAtMs, receivedAtMs: clock.now() };
    const entities = page.rows.filter((row): row is ScenarioRun => !(row instanceof GatewayError));
    count += page.rows.length;
    isWhole &&= entities.length === page.rows.length;
    // The newest runs are watched; a run that has more of them than that is watched without its oldest.
    if (page.isLast || count >= settings.maxScenarioRuns) {
      return [...readings, { entities, read, listedSinceMs, isWhole: isWhole && !page.hasMore }];
    }
    readings.push({ entities, read });
  }
  return readings;
}

/** Everything that can be waited for. */
const DEVBOX_STATUSES: Readonly<Record<Exclude<DevboxStatus, 'unknown'>, true>> = {
  scheduled: true,
  queued: true,
  provisioning: true,
  initializing: true,
  running: true,
  suspending: true,
  suspended: true,
  resuming: true,
  failure: true,
  shutdown: true,
};

function createDevboxSource(id: string, options: SourceOptions): Source {
  const { clock, settings, feed, watch, enterLongPoll } = options;
  /** An upstream that does not understand the question is polled like for any other thing. */
  let isWaitingRefused = false;

  const read: Source['read'] = (session) => readOne(() => session.devbox(id), options);

  /** The other statuses than the known one; null when there is nothing to wait for. */
  function awaited(): readonly DevboxStatus[] | null {
    const devbox = watch.subject?.entity;
    if (isWaitingRefused || devbox?.type !== 'Devbox' || devbox.isTerminal) return null;
    return (Object.keys(DEVBOX_STATUSES) as DevboxStatus[]).filter((status) => status !== devbox.status);
  }

  async function wait(session: UpstreamSession, statuses: readonly DevboxStatus[]): Promise<PollResult> {
    const before = watch.subject?.entity;
    const sentAtMs = clock.now();
    const answer = await session.waitForDevboxStatus(id, { statuses, timeoutSec: settings.longPollSec });
    if (answer === null) return 'missing';
    if (answer !== 'unchanged') {
      feed({ entities: [answer], read: { sentAtMs, receivedAtMs: clock.now() } });
      // An answer that was no news would be given again at once, and again: the schedule decides.
      return watch.subject?.entity === before ? 'read' : 'waited';
    }
    // What is not a change of status cannot be waited for: it is read in between.
    if (!(await read(session))) return 'missing';
    // An upstream that gives up at once would be asked as often as it answers.
    return clock.now() - sentAtMs < settings.pollIntervalMs ? 'read' : 'waited';
  }

  return {
    read,
    async poll(session) {
      const statuses = awaited();
      using place = statuses && enterLongPoll();
      if (!statuses || !place) return (await read(session)) ? 'read' : 'missing';
      try {
        return await wait(session, statuses);
      } catch (error) {
        if (!(error instanceof GatewayError) || error.code !== 'BAD_USER_INPUT') throw error;
        isWaitingRefused = true;
        return (await read(session)) ? 'read' : 'missing';
      }
    },
  };
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('Rejected', { cause: reason });
}
