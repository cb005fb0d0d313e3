/** `SubscriptionObserver`: is called with every subscription that starts, and counts what happens to it. */
import type { WatchKind } from '../../events/event.ts';

export interface SubscriptionObserver {
  /** The tally is shared by all subscriptions of one kind and transport. Must not throw. */
  started(event: StartedEvent): SubscriptionTally;
}

export interface StartedEvent {
  readonly kind: WatchKind;
  readonly transport: SubscriptionTransport;
  /** `new`: without a cursor; `resumed`: behind its cursor; `snapshot`: its cursor is of no log that is kept. */
  readonly start: 'new' | 'resumed' | 'snapshot';
}

export type SubscriptionTransport = 'event-stream' | 'multipart' | 'websocket';

/** Why a subscription has ended; `left`: its client has closed or completed it. */
export type EndReason = 'complete' | 'fail' | 'expire' | 'close' | 'stalled' | 'left';

/** What is counted of subscriptions. */
export interface SubscriptionTally {
  /** Events that were given to connections. */
  sent: number;
  /** Events that subscribers did not get, because they were too slow for them. */
  skipped: number;
  /** A new event was given to a connection, so many milliseconds after it was appended. Replayed ones do not count. */
  delivered(lagMs: number): void;
  ended(reason: EndReason): void;
}

/** Counts nothing that anybody reads. */
export const UNOBSERVED: SubscriptionObserver = {
  started: () => ({ sent: 0, skipped: 0, delivered: () => undefined, ended: () => undefined }),
};
