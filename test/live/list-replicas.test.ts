import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import type { LiveEventOf } from '../../src/events/event.ts';
import { listRef } from '../../src/live/kinds/list-ref.ts';
import { DEFAULT_LIVE_SETTINGS } from '../../src/live/live-settings.ts';
import type { ScenarioRunState } from '../../src/upstream/types.ts';
import { scenarioRun } from '../support/entities.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeUpstream } from '../support/fake-upstream.ts';
import { RANDOM_CASES } from '../support/random-cases.ts';
import { createLiveStage, createTestLog } from './live-stage.ts';
import { createNetwork, overNetwork, skewed, withoutLease } from './shared-log.ts';

/** Long enough for two polls, and for what they find to be told everywhere. */
const SETTLED_MS = 8_000;
const NEWEST = listRef('scenarioRuns', { filter: {}, first: 3 });

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      row: fc.nat({ max: 5 }),
      to: fc.constantFrom<ScenarioRunState>('running', 'scoring', 'scored'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(0, 10, 500, 1_000) }),
  },
);

it.each([
  ['that both poll', {}],
  ['of which one never polls', { replicas: withoutLease() }],
])(
  'two replicas %s, over one log, tell the same of a list, and never the same change twice',
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
          const opening = [one.follow(NEWEST), two.follow(NEWEST)];
          const states = new Map<string, ScenarioRunState>();
          for (const doing of steps) {
            if (doing.kind === 'wait') await clock.advance(doing.ms);
            else {
              const id = `scr_${String(doing.row)}`;
              states.set(id, doing.to);
              upstream.put(scenarioRun({ id, state: doing.to }));
            }
          }
          await clock.advance(SETTLED_MS);

          const topic = { accountId: one.account.id, ref: NEWEST };
          const { epoch } = await shared.state(topic);
          const page = await shared.read(topic, { epoch, sequence: 0 }, 1_000);
          if (page === 'gap') throw new Error('Nothing is dropped here');
          const newest = [...states].reverse().slice(0, 3);
          for (const { deliveries, leave } of await Promise.all(opening)) {
            leave();
            const [snapshot, ...rest] = deliveries;
            const since = page.entries.slice(snapshot?.sequence ?? 0);
            expect(rest.map(({ event }) => event)).toEqual(since.map(({ event }) => event));
            const { rows } = (deliveries.at(-1)?.event as LiveEventOf<'scenarioRuns'>).page;
            expect(rows.map(({ id, state }) => [id, state])).toEqual(newest);
          }
          const known = new Map<string, ScenarioRunState>();
          for (const { event } of page.entries) {
            const { changes } = event as LiveEventOf<'scenarioRuns'>;
            for (const { kind, row, previousState } of changes) {
              if (known.has(row.id)) expect(kind === 'added' ? null : known.get(row.id)).toBe(previousState);
              if (kind === 'changed') expect(previousState).not.toBe(row.state);
              known.set(row.id, row.state);
            }
          }
          // Time stands still while the gateways are disposed, and so would the network.
          await clock.advance(SETTLED_MS);
        },
      ),
      { numRuns: RANDOM_CASES / 4 },
    );
  },
);
