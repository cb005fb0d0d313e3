/** `LiveOptions`: what watching needs of the parts that it is put together with. */
import type { Clock } from '../clock.ts';
import type { GatewayError } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';
import type { WatchKind } from '../events/event.ts';
import type { Replicas } from '../events/replicas.ts';
import type { KeyRing } from '../security/secrets.ts';
import type { CallTrace } from '../upstream/purpose.ts';
import type { ReadMark } from '../upstream/types.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { LiveSettings } from './live-settings.ts';
import type { PollResult } from './source.ts';

export interface LiveOptions {
  readonly upstream: Upstream;
  /** Is disposed by whoever has made it. */
  readonly log: EventLog;
  /** Those who share the log. Is disposed by whoever has made it. @default nobody does */
  readonly replicas?: Replicas;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Signs cursors: equal on all replicas, or a cursor of one is unknown to the other and answered with a snapshot. */
  readonly cursorKeys: KeyRing;
  readonly settings: LiveSettings;
  /** Where the order of all reads is, where reads are cached. @default nothing is cached */
  readonly mark?: () => ReadMark;
  /** Another replica has recorded a change of the account, of which followers are about to be told. */
  readonly onRecordedElsewhere?: (accountId: string) => void;
  readonly observer: LiveObserver;
}

/** Who logs, counts and traces what cannot be seen from outside. */
export interface LiveObserver {
  /** A poll begins. Must not throw. @default nobody hears of it */
  readonly pollStarted?: (kind: WatchKind) => ObservedPoll;
  readonly pollFailed: (event: PollFailedEvent) => void;
}

export interface ObservedPoll {
  /** Starts the spans of its calls; null when it is not traced. */
  readonly calls: CallTrace | null;
  /** By which others name its span, as the header `traceparent` has it; null when it is not traced. */
  readonly traceparent: string | null;
  readonly ended: (result: PollResult | 'failed' | 'aborted') => void;
}

export interface PollFailedEvent {
  readonly accountId: string;
  readonly kind: WatchKind;
  readonly code: GatewayError['code'];
  /** How many polls of this thing have failed in a row. */
  readonly failures: number;
}
