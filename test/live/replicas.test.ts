import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import type { LogEntry } from '../../src/events/event-log.ts';
import { DEFAULT_LIVE_SETTINGS } from '../../src/live/live-settings.ts';
import type { ScenarioRunState } from '../../src/upstream/types.ts';
import { benchmarkRun, scenarioRun } from '../support/entities.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeUpstream } from '../support/fake-upstream.ts';
import { createLiveStage, createTestLog, type TestFollower } from './live-stage.ts';
import { createNetwork, overNetwork, skewed, withoutLease } from './shared-log.ts';

/** Long enough for two polls, and for what they find to be told everywhere. */
const SETTLED_MS = 8_000;
const BENCHMARK_RUN = { kind: 'benchmarkRun', id: 'bmr_1' } as const;

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      row: fc.nat({ max: 3 }),
      to: fc.constantFrom<ScenarioRunState>('running', 'scoring', 'scored'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(0, 10, 500, 1_000) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('follow' as const), where: fc.nat({ max: 1 }) }) },
);

it.each([
  ['that both poll', {}],
  ['of which one never polls', { replicas: withoutLease() }],
])(
  'two replicas %s, over one log, never record a change twice, and tell the same whatever their clocks say',
  { timeout: 120_000 },
  async (_name, another) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 25, size: 'max' }),
        fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 9 }),
        fc.constantFrom(0, 2_000, -300_000, 300_000),
        async (steps, delays, skewMs) => {
          let turn = 0;
          const turns = () => delays[turn++ % delays.length] ?? 0;
          const clock = createFakeClock();
          const upstream = createFakeUpstream(clock);
          upstream.latency = () => [turns() * 10, turns() * 10];
          const shared = createTestLog(clock, DEFAULT_LIVE_SETTINGS);
          const logOf = (name: string, own: Clock) =>
            overNetwork(shared, { ...createNetwork(), delayMs: () => turns() * 7 }, { name, clock: own });
          const other = skewed(clock, skewMs);
          await using one = createLiveStage({ clock, upstream, log: logOf('one', clock) });
          await using two = createLiveStage({ clock: other, upstream, log: logOf('two', other), ...another });
          upstream.put(benchmarkRun({ id: 'bmr_1' }));
          const opening: Promise<TestFollower>[] = [one.follow(BENCHMARK_RUN), two.follow(BENCHMARK_RUN)];
          const states = new Map<string, ScenarioRunState>();
          for (const doing of steps) {
            if (doing.kind === 'wait') await clock.advance(doing.ms);
            else if (doing.kind === 'follow')
              opening.push((doing.where === 0 ? one : two).follow(BENCHMARK_RUN));
            else {
              const id = `scr_${String(doing.row)}`;
              states.set(id, doing.to);
              upstream.put(scenarioRun({ id, benchmarkRunId: 'bmr_1', state: doing.to }));
            }
          }
          await clock.advance(SETTLED_MS);

          const topic = { accountId: one.account.id, ref: BENCHMARK_RUN };
          const { epoch } = await shared.state(topic);
          const page = await shared.read(topic, { epoch, sequence: 0 }, 1_000);
          if (page === 'gap') throw new Error('Nothing is dropped here');
          expectChain(page.entries, states);
          for (const { deliveries, leave } of await Promise.all(opening)) {
            leave();
            const [snapshot, ...rest] = deliveries;
            const since = page.entries.slice(snapshot?.sequence ?? 0);
            expect(rest.map(({ event }) => event)).toEqual(since.map(({ event }) => event));
          }
          // Time stands still while the gateways are disposed, and so would the network.
          await clock.advance(SETTLED_MS);
        },
      ),
      { numRuns: 1_000 },
    );
  },
);

/** Each change starts where the one before has ended, so none is recorded twice; and all of them lead to what is. */
function expectChain(entries: readonly LogEntry[], states: ReadonlyMap<string, ScenarioRunState>): void {
  const known = new Map<string, ScenarioRunState>();
  for (const { event } of entries) {
    if (event.type !== 'benchmarkRun') throw new Error('Only a benchmark run is watched');
    expect(event.changes.length).toBeGreaterThan(0);
    for (const { previousState, scenarioRun: row } of event.changes) {
      if (known.has(row.id)) expect(previousState).toBe(known.get(row.id));
      expect(previousState).not.toBe(row.state);
      known.set(row.id, row.state);
    }
  }
  for (const [id, state] of known) expect(state).toBe(states.get(id));
}
