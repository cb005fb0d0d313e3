/** A log that stages of several replicas share, over a network that counts, fails and takes its time. */
import type { Clock } from '../../src/clock.ts';
import type { EventLog } from '../../src/events/event-log.ts';
import { withLocalReads } from '../../src/events/local-reads.ts';
import { type Lease, type Replicas, withoutReplicas } from '../../src/events/replicas.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import { errorOf } from './live-stage.ts';

export interface Network {
  /** How long each request, each answer and each wake takes, in milliseconds. */
  delayMs: () => number;
  /** Nothing gets through. */
  isDown: boolean;
  /** What was asked since the last look. */
  asked: string[];
}

export function createNetwork(): Network {
  return { delayMs: () => 0, isDown: false, asked: [] };
}

/** The log as one replica has it, which keeps its connection for itself. */
export function overNetwork(
  log: EventLog,
  network: Network,
  { name, clock }: { readonly name: string; readonly clock: Clock },
): EventLog {
  const pass = async () => {
    if (network.isDown) throw errorOf('UPSTREAM_UNAVAILABLE');
    const delayMs = network.delayMs();
    if (delayMs > 0) await clock.sleep(delayMs);
  };
  const ask = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    network.asked.push(what);
    await pass();
    const answer = await work();
    await pass();
    return answer;
  };
  const connection: EventLog = {
    state: (topic) => ask('state', () => log.state(topic)),
    append: (topic, request) => ask('append', () => log.append(topic, request)),
    read: (topic, after, limit) => ask('read', () => log.read(topic, after, limit)),
    onAppend: (topic, wake) =>
      ask('onAppend', () =>
        log.onAppend(topic, (version) => {
          pass().then(
            () => {
              wake(version);
            },
            () => undefined,
          );
        }),
      ),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return withLocalReads(connection, { name, clock });
}

/** The clock of a machine that is fast, or slow. */
export function skewed(clock: FakeClock, byMs: number): FakeClock {
  return { ...clock, now: () => clock.now() + byMs, pending: 0 };
}

/** A replica that has no lease, and gets none. */
export function withoutLease(): Replicas {
  const lease: Lease = {
    isHeld: false,
    isCertain: false,
    token: 0,
    claim: () => undefined,
    [Symbol.dispose]: () => undefined,
  };
  return { ...withoutReplicas(), lease: () => lease };
}
