/** `createDevboxSource`: reads a devbox, and waits at the upstream for its status to change. */
import { GatewayError } from '../../errors.ts';
import type { DevboxStatus } from '../../upstream/types.ts';
import type { UpstreamSession } from '../../upstream/upstream.ts';
import { type PollResult, readOne, type Source, type SourceOptions } from '../source.ts';

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

export function createDevboxSource(id: string, options: SourceOptions): Source {
  const { clock, settings, onRead, subject, enterLongPoll } = options;
  /** An upstream that does not understand the question is polled like for any other thing. */
  let isWaitingRefused = false;

  const read: Source['read'] = (session) => readOne(() => session.get('devbox', id), options);

  /** The other statuses than the known one; null when there is nothing to wait for. */
  function awaited(): readonly DevboxStatus[] | null {
    const devbox = subject()?.entity;
    if (isWaitingRefused || devbox?.type !== 'Devbox' || devbox.isTerminal) return null;
    return (Object.keys(DEVBOX_STATUSES) as DevboxStatus[]).filter((status) => status !== devbox.status);
  }

  async function wait(session: UpstreamSession, statuses: readonly DevboxStatus[]): Promise<PollResult> {
    const before = subject()?.entity;
    const sentAtMs = clock.now();
    const answer = await session.wait('devboxStatus', { id, statuses, timeoutSec: settings.longPollSec });
    if (answer === null) return 'missing';
    if (answer !== 'unchanged') {
      onRead({ entities: [answer], read: { sentAtMs, receivedAtMs: clock.now() } });
      // An answer that was no news would be given again at once, and again: the schedule decides.
      return subject()?.entity === before ? 'read' : 'waited';
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
    canWait: true,
    isReadByQueries: true,
  };
}
