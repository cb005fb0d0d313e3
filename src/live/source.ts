/** `Source`: how a followed thing is read from the upstream: once, and for as long as it is watched. */
import type { Clock } from '../clock.ts';
import type { KnownEntity } from '../events/event-log.ts';
import type { Watchable } from '../events/event.ts';
import type { UpstreamSession } from '../upstream/upstream.ts';
import type { LiveSettings } from './live-settings.ts';
import type { Observation } from './observation.ts';

export interface Source {
  /** Reads the thing, and passes on what it shows. False when the upstream does not know it. */
  read(session: UpstreamSession): Promise<boolean>;
  /** Waits for something to happen where the upstream lets it be waited for, else reads. */
  poll(session: UpstreamSession): Promise<PollResult>;
  /** A poll waits at the upstream, so the first one needs no pause before it. */
  readonly canWait: boolean;
  /** A query that reads the thing reads all that a poll reads, so it puts off the next poll. */
  readonly isReadByQueries: boolean;
  /** How many calls the latest poll took: one that takes many comes so much less often. @default 1 */
  readonly weight?: number;
}

/**
 * - `read`: it was read; the next time is up to the schedule.
 * - `waited`: the upstream was waited for, so that it can be asked again at once.
 * - `missing`: the upstream does not know it.
 */
export type PollResult = 'read' | 'waited' | 'missing';

export interface SourceOptions {
  readonly clock: Clock;
  readonly settings: Pick<
    LiveSettings,
    'listPageSize' | 'maxScenarioRuns' | 'longPollSec' | 'pollIntervalMs' | 'listScan'
  >;
  /** Where everything that was read goes. */
  readonly onRead: (observation: Observation) => void;
  /** What is known of the thing, to decide what there is to wait for. */
  readonly subject: () => KnownEntity | undefined;
  /** What a watched thing whose list shows this one has read of it lately. */
  readonly coveredByParent: () => KnownEntity | undefined;
  /** A place for one long poll, to be disposed after it; null when they are all taken. */
  readonly enterLongPoll: () => Disposable | null;
}

/** A source that is read by one call and cannot be waited for. */
export function pollOnly(read: Source['read']): Source {
  return {
    read,
    poll: async (session) => ((await read(session)) ? 'read' : 'missing'),
    canWait: false,
    isReadByQueries: true,
  };
}

/** Passes on what one call answers. False when the upstream does not know the thing. */
export async function readOne<T extends Watchable>(
  ask: () => Promise<T | null>,
  { clock, onRead }: Pick<SourceOptions, 'clock' | 'onRead'>,
): Promise<boolean> {
  const sentAtMs = clock.now();
  const entity = await ask();
  if (entity) onRead({ entities: [entity], read: { sentAtMs, receivedAtMs: clock.now() } });
  return entity !== null;
}
