/** `createWatcher`: asks the upstream how a watched thing is, when the schedule says so, for as long as anybody follows. */
import type { Clock } from '../clock.ts';
import { startDeadline } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { WatchKind } from '../events/event.ts';
import type { Lease } from '../events/replicas.ts';
import type { Account } from '../upstream/account.ts';
import type { Upstream, UpstreamSession } from '../upstream/upstream.ts';
import { createInterruptibleTimer } from './interruptible-timer.ts';
import type { LiveObserver } from './live-options.ts';
import type { LiveSettings } from './live-settings.ts';
import { schedule } from './schedule.ts';
import type { PollResult, Source } from './source.ts';
import type { Watch } from './watch.ts';

/** Rejects with why watching cannot go on. Resolves when there is nothing left to watch, or it was stopped. */
export interface Watcher {
  /** By which others name the span of the poll that is under way; undefined when there is none. */
  readonly traceparent: string | undefined;
  /** Reads the thing for somebody who waits for it, in front of all polls. NOT_FOUND when there is none. */
  readFirst(): Promise<void>;
  run(): Promise<void>;
  /** Something may have changed about when to poll next. */
  reschedule(): void;
  /** Something was done to the thing: it is polled as soon as the upstream lets it be, and again if that is going on. */
  pollNow(): void;
  /** Ends every call and every wait at once. */
  stop(): void;
}

export interface WatcherOptions {
  readonly account: Account;
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: LiveSettings;
  readonly watch: Watch;
  readonly source: Source;
  /** Who has it polls. Whoever takes or gives it calls `reschedule`. */
  readonly lease: Lease;
  /** The list of another watched thing shows this one, so it is not polled. Whoever stops to list it calls `reschedule`. */
  readonly isCovered: () => boolean;
  /** Until when the upstream wants no polls of this account, as Unix time in milliseconds. */
  readonly slowUntilMs: () => number;
  /** The upstream wants no polls of this account for so long. */
  readonly slowDown: (retryAfterMs: number) => void;
  /** A poll begins. @default nobody hears of it */
  readonly pollStarted?: LiveObserver['pollStarted'] | undefined;
  readonly onPollFailed: (event: {
    readonly kind: WatchKind;
    readonly error: GatewayError;
    readonly failures: number;
  }) => void;
}

/** A thing that was there is taken to be gone only when the upstream says so this often in a row. */
const MISSING_LIMIT = 3;

/** What no later poll can change. */
const FINAL_CODES: ReadonlySet<GatewayError['code']> = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
]);

export function createWatcher(options: WatcherOptions): Watcher {
  const { account, upstream, clock, random, settings, watch, source, lease, slowDown } = options;
  const { kind } = watch.topic.ref;
  const timer = createInterruptibleTimer(clock);
  const life = new AbortController();
  const { signal } = life;
  /** Polls that have failed in a row. */
  let failures = 0;
  /** Polls since it is not certain any more that nobody else polls. */
  let uncertain = 0;
  let missing = 0;
  let isWanted = false;
  let tracedAs: string | undefined;

  /** Waits until the next poll is due: whatever happens meanwhile may bring it forward or put it off. */
  async function untilDue(lastPolledAtMs: number, last: PollResult): Promise<void> {
    const spread = random();
    while (!signal.aborted && !watch.isOver) {
      if (!lease.isHeld || options.isCovered()) {
        await timer.wait(null);
        continue;
      }
      const dueMs = isWanted ? options.slowUntilMs() : dueAtMs(lastPolledAtMs, last, spread);
      const waitMs = dueMs - clock.now();
      if (waitMs <= 0) {
        isWanted = false;
        return;
      }
      await timer.wait(waitMs);
    }
  }

  function dueAtMs(lastPolledAtMs: number, last: PollResult, spread: number): number {
    const slowUntilMs = options.slowUntilMs();
    if (lease.isCertain) uncertain = 0;
    if (last === 'waited' && watch.pollMode !== 'ending' && uncertain === 0) return slowUntilMs;
    // What a query has read needs no poll.
    const readAtMs = source.isReadByQueries
      ? Math.min(watch.known.subject?.read.receivedAtMs ?? 0, clock.now())
      : 0;
    const sinceMs = Math.max(lastPolledAtMs, readAtMs);
    const { pollMode, lastChangedAtMs } = watch;
    const { weight = 1 } = source;
    return (
      sinceMs +
      schedule(
        {
          pollMode,
          lastChangedAtMs,
          weight,
          failures: Math.max(failures, uncertain),
          slowUntilMs,
          nowMs: sinceMs,
          random: spread,
        },
        settings,
      )
    );
  }

  async function poll(): Promise<PollResult> {
    // A poll is never tried again: the next one is, and that one knows how the whole account is doing.
    const observed = options.pollStarted?.(kind);
    const session = upstream.session({
      account,
      priority: 'background',
      purpose: { cause: 'poll', trace: observed?.calls },
      signal,
      deadlineAt: clock.now(),
    });
    tracedAs = observed?.traceparent ?? undefined;
    try {
      const result = await source.poll(session);
      missing = result === 'missing' ? missing + 1 : 0;
      if (missing >= MISSING_LIMIT) throw notFound();
      await record();
      failures = 0;
      observed?.ended(result);
      return result;
    } catch (error) {
      observed?.ended(signal.aborted ? 'aborted' : 'failed');
      if (signal.aborted) return 'missing';
      if (!(error instanceof GatewayError) || FINAL_CODES.has(error.code) || missing >= MISSING_LIMIT)
        throw error;
      failures++;
      penalise(error);
      options.onPollFailed({ kind, error, failures });
      return 'read';
    } finally {
      tracedAs = undefined;
    }
  }

  /** A log that is away takes it later: the poll has not failed. */
  async function record(): Promise<void> {
    try {
      await watch.flush();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
    }
  }

  function penalise({ code, retryAfterMs = 0 }: GatewayError): void {
    if (code === 'RATE_LIMITED') slowDown(retryAfterMs);
  }

  return {
    get traceparent() {
      return tracedAs;
    },
    async readFirst() {
      using deadline = startDeadline(clock, settings.openTimeoutMs, { parent: signal, reason: tookTooLong });
      const session: UpstreamSession = upstream.session({
        account,
        priority: 'interactive',
        purpose: { cause: 'subscription' },
        signal: deadline.signal,
        deadlineAt: deadline.at,
      });
      try {
        if (!(await source.read(session))) throw notFound();
      } catch (error) {
        if (error instanceof GatewayError) penalise(error);
        throw error;
      }
    },
    async run() {
      let last: PollResult = source.canWait ? 'waited' : 'read';
      let lastPolledAtMs = clock.now();
      for (;;) {
        await untilDue(lastPolledAtMs, last);
        if (signal.aborted || watch.isOver) return;
        last = await poll();
        if (!lease.isCertain) uncertain++;
        lastPolledAtMs = clock.now();
      }
    },
    reschedule: () => {
      timer.interrupt();
    },
    pollNow: () => {
      isWanted = true;
      timer.interrupt();
    },
    stop: () => {
      life.abort(new GatewayError('UPSTREAM_UNAVAILABLE', 'Nothing is watched any more'));
      timer.interrupt();
    },
  };
}

function notFound(): GatewayError {
  return new GatewayError('NOT_FOUND', 'Runloop does not know what was to be watched');
}

function tookTooLong(): GatewayError {
  return new GatewayError('UPSTREAM_TIMEOUT', 'What was to be watched could not be read in time');
}
