/** `firstEvent`: follows a scenario run until its first event, as an honest caller does. */
import { openEventStream } from '../../support/event-stream.ts';
import { FOLLOW_RUN } from '../../support/subscriptions.ts';

/** Rejects when the caller is refused. */
export async function firstEvent(url: string, id: string, authorization: string): Promise<void> {
  using stream = await openEventStream(url, {
    query: FOLLOW_RUN,
    variables: { id },
    headers: { authorization },
  });
  await Promise.race([stream.received(1), stream.ended]);
  if (!stream.text.includes('"SNAPSHOT"'))
    throw new Error(`An honest caller who follows was answered ${String(stream.status)}: ${stream.text}`);
}
