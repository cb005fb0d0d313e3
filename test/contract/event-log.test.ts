import type { EventLog } from '../../src/events/event-log.ts';
import { createMemoryEventLog } from '../../src/events/memory-event-log.ts';
import { sealEventLog } from '../../src/events/sealed-event-log.ts';
import { createSeal } from '../../src/security/seal.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { describeEventLog } from './event-log.suite.ts';

for (const [name, wrap] of [
  ['the log in memory', (log: EventLog) => log],
  ['the sealed log in memory', (log: EventLog) => sealEventLog(log, createSeal())],
] as const) {
  describeEventLog(name, ({ bounds }) => {
    const clock = createFakeClock();
    let epochs = 0;
    const log = wrap(
      createMemoryEventLog({
        clock,
        bounds,
        maxTopics: 100,
        maxTotalBytes: 10_000_000,
        newId: () => `epoch-${String(++epochs)}`,
      }),
    );
    return Promise.resolve({
      log,
      // A log in memory has no replicas.
      other: log,
      advance: (ms) => clock.advance(ms),
      [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
    });
  });
}
