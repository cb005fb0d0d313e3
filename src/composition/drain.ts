/** `createDrain`: how a gateway leaves without a request that fails, and without all of its clients coming back at once. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Live } from '../live/live.ts';
import type { Readiness } from '../server/http/health.ts';
import type { Subscriptions } from '../server/subscriptions/subscriptions.ts';
import type { WebSocketEndpoint } from '../server/subscriptions/websocket.ts';

/** Says that it is leaving, waits until balancers have seen it, lets other replicas poll, and ends streams and sockets one by one. */
export function createDrain(given: {
  readonly clock: Clock;
  readonly config: Config;
  readonly readiness: Pick<Readiness, 'leave'>;
  readonly live: Pick<Live, 'giveWay'>;
  readonly sockets: Pick<WebSocketEndpoint, 'drain'>;
  readonly subscriptions: Pick<Subscriptions, 'drain'>;
}): () => Promise<void> {
  const { clock, readiness, live, sockets, subscriptions } = given;
  const { delayMs, spreadMs } = given.config.drain;
  return async () => {
    readiness.leave();
    if (delayMs > 0) await clock.sleep(delayMs);
    live.giveWay();
    await Promise.all([sockets.drain(spreadMs), subscriptions.drain(spreadMs)]);
  };
}
