import { createMemoryEventLog } from '../../src/events/memory-event-log.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { describeEventLog } from './event-log.suite.ts';

describeEventLog('the log in memory', ({ bounds }) => {
  const clock = createFakeClock();
  let epochs = 0;
  const log = createMemoryEventLog({
    clock,
    bounds,
    maxTopics: 100,
    maxTotalBytes: 10_000_000,
    newId: () => `epoch-${String(++epochs)}`,
  });
  return Promise.resolve({
    log,
    // A log in memory has no replicas.
    other: log,
    advance: (ms) => clock.advance(ms),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  });
});
