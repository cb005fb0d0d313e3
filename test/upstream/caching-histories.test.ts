import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScenarioRun } from '../../src/upstream/types.ts';
import { scenarioRun } from '../support/entities.ts';
import { createCachingStage, KEEPING } from './caching-stage.ts';

const IDS = ['scr_1', 'scr_2', 'scr_3'];
const PAGE = { limit: 10, totalCount: false };

/** What somebody was told of a thing, and when they asked, in the order of all that happens. */
interface Told {
  readonly id: string;
  readonly version: number;
  readonly askedStep: number;
  readonly toldStep: number;
  readonly askedAtMs: number;
}

interface Call {
  readonly isFresh: boolean;
  /** How long it takes to get there, and its answer to get back, in milliseconds. */
  readonly there: number;
  readonly back: number;
}

type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'change'; readonly id: string }
  | ({ readonly kind: 'read'; readonly id: string } & Call)
  | ({ readonly kind: 'list' } & Call);

const latency: fc.Arbitrary<number> = fc.constantFrom(0, 5, 40, 300);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 5, 30, 200, 700) }),
  fc.record({ kind: fc.constant('change' as const), id: fc.constantFrom(...IDS) }),
  fc.record({
    kind: fc.constant('read' as const),
    id: fc.constantFrom(...IDS),
    isFresh: fc.boolean(),
    there: latency,
    back: latency,
  }),
  fc.record({ kind: fc.constant('list' as const), isFresh: fc.boolean(), there: latency, back: latency }),
);

/** Somebody joins a list that shows what was so before another was told what came after. */
const JOINED_TOO_LATE: Step[] = [
  { kind: 'read', id: 'scr_3', isFresh: false, there: 5, back: 0 },
  { kind: 'list', isFresh: false, there: 0, back: 40 },
  { kind: 'change', id: 'scr_3' },
  { kind: 'wait', ms: 31 },
  { kind: 'list', isFresh: false, there: 0, back: 0 },
];

describe('in whatever order reads, mutations and their answers interleave', () => {
  it('no read is answered by a state older than an earlier answer, or than a second', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const { clock, fake, session } = createCachingStage();
        const versions = new Map(IDS.map((id) => [id, 0]));
        /** When each version came to be, in milliseconds, by id. */
        const changes = new Map(IDS.map((id) => [id, [-Infinity]]));
        const put = (id: string) => {
          fake.put(scenarioRun({ id, name: String(versions.get(id)), benchmarkRunId: 'bmr_1' }));
        };
        IDS.forEach(put);
        const told: Told[] = [];
        const work: Promise<void>[] = [];
        let now = 0;
        const note = (run: ScenarioRun, asked: Pick<Told, 'askedStep' | 'askedAtMs'>) =>
          told.push({ id: run.id, version: Number(run.name), ...asked, toldStep: ++now });

        for (const one of steps) {
          const asked = { askedStep: ++now, askedAtMs: clock.now() };
          if (one.kind === 'wait') await clock.advance(one.ms);
          else if (one.kind === 'change') {
            versions.set(one.id, (versions.get(one.id) ?? 0) + 1);
            changes.get(one.id)?.push(clock.now());
            put(one.id);
          } else {
            const { isFresh, there, back } = one;
            fake.latency = () => [there, back];
            const reader = session({ isFresh });
            work.push(
              one.kind === 'read'
                ? reader.get('scenarioRun', one.id).then((run) => {
                    if (run) note(run, asked);
                  })
                : reader
                    .list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, PAGE)
                    .then(({ rows }) => {
                      for (const run of rows) if (!(run instanceof Error)) note(run, asked);
                    }),
            );
          }
        }
        await clock.advance(5_000);
        await Promise.all(work);

        for (const later of told) {
          for (const earlier of told) {
            if (earlier.id !== later.id || earlier.toldStep > later.askedStep) continue;
            expect(later.version).toBeGreaterThanOrEqual(earlier.version);
          }
          // The version that was there a second before it was asked for, or a later one.
          const since =
            changes.get(later.id)?.findLastIndex((at) => at < later.askedAtMs - KEEPING.liveMs) ?? 0;
          expect(later.version).toBeGreaterThanOrEqual(since);
        }
      }),
      { numRuns: 500, examples: [[JOINED_TOO_LATE]] },
    );
  });
});
