import { describe, expect, it } from 'vitest';
import { createMemoryEventLog } from '../../src/events/memory-event-log.ts';
import type { Topic } from '../../src/events/topic.ts';
import { scenarioRun } from '../support/entities.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function createLog(options: { readonly maxTopics?: number; readonly maxTotalBytes?: number }) {
  let epochs = 0;
  return createMemoryEventLog({
    clock: createFakeClock(),
    bounds: { maxEvents: 100, maxBytes: 1_000_000, maxAgeMs: 1_000_000 },
    maxTopics: 100,
    maxTotalBytes: 1_000_000,
    newId: () => String(++epochs),
    ...options,
  });
}

const topic = (index: number): Topic => ({
  accountId: 'acc',
  ref: { kind: 'scenarioRun', id: `scr_${String(index)}` },
});

/** Which of the first topics are remembered, newest epoch last. */
async function epochsOf(
  log: ReturnType<typeof createLog>,
  indexes: readonly number[],
): Promise<readonly string[]> {
  const epochs: string[] = [];
  for (const index of indexes) epochs.push((await log.state(topic(index))).epoch);
  return epochs;
}

describe('the log in memory', () => {
  it('evicts the least recently used topics when there are too many, but none that has a waiting reader', async () => {
    const log = createLog({ maxTopics: 3 });
    expect(await epochsOf(log, [0, 1, 2])).toEqual(['1', '2', '3']);
    await log.onAppend(topic(0), () => undefined);
    await log.state(topic(2));
    // 0 is waited on and 2 was used last, so 1 goes.
    expect(await epochsOf(log, [3])).toEqual(['4']);
    expect(await epochsOf(log, [0, 2, 3])).toEqual(['1', '3', '4']);
    expect(await epochsOf(log, [1])).toEqual(['5']);
  });

  it('evicts the least recently used topics when they take too much memory', async () => {
    const log = createLog({ maxTotalBytes: 25_000 });
    for (const index of [0, 1, 2]) {
      const run = scenarioRun({ id: 'scr', purpose: 'x'.repeat(10_000) });
      const entities = [{ entity: run, read: { sentAtMs: 1, receivedAtMs: 1 } }];
      await log.append(topic(index), {
        id: String(index),
        expected: await log.state(topic(index)),
        events: [],
        entities,
      });
    }
    await log.state(topic(3));
    expect(await epochsOf(log, [1, 2])).toEqual(['2', '3']);
    expect(await epochsOf(log, [0])).toEqual(['5']);
  });
});
