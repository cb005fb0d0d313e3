/** `createRefCountedWatch`: a watch with its watcher, alive while somebody refers to it and for a grace period after the last. */
import type { Clock } from '../clock.ts';
import { raceSignal } from '../values/race-signal.ts';
import { GatewayError } from '../errors.ts';
import type { Lease } from '../events/replicas.ts';
import type { Watch } from './watch.ts';
import type { Watched } from './watched.ts';
import type { Watcher } from './watcher.ts';

export interface RefCountedWatch extends Watched {
  /**
   * Refers to it until `leave`. Resolves when it can be followed, and shows whatever other replicas were found to have done
   * before; it has been left already when this rejects.
   */
  join(signal: AbortSignal): Promise<void>;
  readonly leave: () => void;
  /** Ends it at once, for everybody. Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

export interface RefCountedWatchOptions {
  readonly watch: Watch;
  readonly watcher: Watcher;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly graceMs: number;
  /** How often other replicas were found to have done something that may have changed it. */
  readonly mutations: () => number;
  /** It can be joined no more: it has failed or was stopped. */
  readonly onGone: (watch: RefCountedWatch) => void;
  /** It is read no more, though it can still be joined: its last event is in the log. */
  readonly onOver?: () => void;
}

export function createRefCountedWatch({
  watch,
  watcher,
  lease,
  clock,
  graceMs,
  mutations,
  onGone,
  onOver,
}: RefCountedWatchOptions): RefCountedWatch {
  let references = 0;
  /** Ends the grace period that is under way. */
  let grace: AbortController | null = null;
  let isGone = false;

  /** Of the mutations of other replicas, those that what is known of it shows. */
  let seen = mutations();
  /** The reading that is under way for those who wait to see more of them. */
  let reading: Promise<void> | null = null;

  const opening = watch.open(() => watcher.readFirst());
  const done = opening
    .then(() => watcher.run())
    .then(onOver)
    .catch(failed);

  function failed(error: unknown): void {
    if (isGone) return;
    gone();
    watch.fail(
      error instanceof GatewayError
        ? error
        : new GatewayError('INTERNAL_SERVER_ERROR', 'Watching has failed', { cause: error }),
    );
    // Followers have yet to read why; whoever waited to follow gets the error from the opening.
    if (references === 0) watch.close();
  }

  function gone(): void {
    if (isGone) return;
    isGone = true;
    grace?.abort();
    watcher.stop();
    onGone(counted);
  }

  function stop(): Promise<void> {
    gone();
    watch.close();
    return done;
  }

  function leave(): void {
    references--;
    if (references > 0) return;
    // Nothing is polled any more, so there is nothing to save for somebody who comes back.
    if (isGone || watch.isOver) {
      void stop();
      return;
    }
    const own = new AbortController();
    grace = own;
    clock.sleep(graceMs, own.signal).then(
      () => void stop(),
      // Somebody came back in time, or it ended.
      () => undefined,
    );
  }

  async function read(): Promise<void> {
    const until = mutations();
    try {
      await watcher.readFirst();
      await watch.flush();
      seen = until;
    } finally {
      reading = null;
    }
  }

  /** Resolves when it can be followed, and what is in its log is no older than the latest mutation. */
  async function readable(): Promise<void> {
    await opening;
    while (seen < mutations() && !watch.isOver) await (reading ??= read());
  }

  const counted: RefCountedWatch = {
    watch,
    reschedule: () => {
      watcher.reschedule();
    },
    pollNow: () => {
      watcher.pollNow();
    },
    isHeld: () => lease.isHeld,
    claim: () => {
      lease.claim();
    },
    async join(signal) {
      references++;
      grace?.abort();
      grace = null;
      try {
        await raceSignal(readable(), signal);
      } catch (error) {
        leave();
        throw error;
      }
    },
    leave,
    stop,
  };
  return counted;
}
