/** `createHeartbeat`: heartbeats on idle connections, and the end of stalled ones. */
import type { Clock } from '../../clock.ts';
import { forEachOf, type OnDefect, repeat } from '../../process/repeat.ts';
import type { Sink, Subscriber } from './subscriber.ts';

export interface Heartbeat {
  /** Called with the first subscriber; `stop` is called with the last. */
  start(): void;
  stop(): void;
}

export interface HeartbeatSettings {
  /** Time between two heartbeats on an event stream, in milliseconds. */
  readonly heartbeatMs: number;
  /** How long a connection may be blocked by its client before it is closed, in milliseconds. */
  readonly stallTimeoutMs: number;
}

/** One timer for all of `subscribers`. */
export function createHeartbeat(
  subscribers: ReadonlyMap<Subscriber, { readonly sink: Sink }>,
  options: { readonly clock: Clock; readonly settings: HeartbeatSettings; readonly onDefect: OnDefect },
): Heartbeat {
  const { clock, settings, onDefect } = options;
  let beating: AbortController | undefined;

  const beat = () => {
    const visit = ([subscriber, { sink }]: readonly [Subscriber, { readonly sink: Sink }]) => {
      const { blockedSince } = subscriber;
      if (blockedSince === null) sink.heartbeat();
      else if (clock.now() - blockedSince >= settings.stallTimeoutMs) subscriber.end({ kind: 'stalled' });
    };
    forEachOf(subscribers, visit, onDefect);
  };

  return {
    start() {
      if (beating) return;
      beating = new AbortController();
      const { signal } = beating;
      void repeat({ clock, waitMs: () => settings.heartbeatMs, run: beat, signal, onDefect });
    },
    stop() {
      beating?.abort();
      beating = undefined;
    },
  };
}
