/** `announceAppends`: a log in which nobody hears of an event before all replicas can know that the account has changed. */
import type { EventLog } from './event-log.ts';

/**
 * `announce` sends what tells them before it returns, on the connection that the append is sent on afterwards, so it costs the
 * append no time. It never rejects.
 */
export function announceAppends(log: EventLog, announce: (accountId: string) => Promise<void>): EventLog {
  return {
    state: (topic) => log.state(topic),
    append: async (topic, request) => {
      const announced = request.events.length > 0 ? announce(topic.accountId) : undefined;
      const result = await log.append(topic, request);
      await announced;
      return result;
    },
    read: (topic, after, limit) => log.read(topic, after, limit),
    onAppend: (topic, wake) => log.onAppend(topic, wake),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}
