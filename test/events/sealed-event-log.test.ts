import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryEventLog } from '../../src/events/memory-event-log.ts';
import { sealEventLog } from '../../src/events/sealed-event-log.ts';
import type { EntityKind, LiveEventOf, WatchableOf, WatchKind } from '../../src/events/event.ts';
import { createSeal } from '../../src/security/seal.ts';
import { createTextChange } from '../../src/security/text-change.ts';
import { SECRET_FIELDS } from '../../src/upstream/secret-fields.ts';
import {
  benchmarkJob,
  benchmarkRun,
  devbox,
  inProgressRun,
  jobAgentConfig,
  scenarioRun,
} from '../support/entities.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const profile = {
  environmentVariables: [{ name: 'TOKEN', value: '' }],
  secretsProvided: [{ environmentVariable: 'PASSWORD', secretName: '' }],
};
const agent = { ...jobAgentConfig('agent'), parameters: [{ key: '', value: '' }], ...profile };

/** With a canary at each path to something sensitive. */
function planted<K extends EntityKind>(kind: K, entity: WatchableOf<K>): WatchableOf<K> {
  return SECRET_FIELDS[kind].reduce((grown, path) => {
    let count = 0;
    const next = createTextChange([path])(grown, () => `CANARY ${kind}.${path} ${String(++count)}`);
    if (count === 0) throw new Error(`Expected ${kind} to have something at ${path}`);
    return next;
  }, entity);
}

const RUN = planted('scenarioRun', scenarioRun({ id: 'scr_1', ...profile }));
const BENCHMARK_RUN = planted('benchmarkRun', benchmarkRun({ id: 'bmr_1', ...profile }));
const JOB = planted(
  'benchmarkJob',
  benchmarkJob({
    id: 'bmj_1',
    source: { type: 'harbor', inlineYaml: '' },
    agentConfigs: [agent],
    inProgressRuns: [inProgressRun('bmr_1', agent)],
  }),
);
const DEVBOX = planted('devbox', devbox('dbx_1', []));

const WHOLE = { hasMore: false, isExhaustive: true };

/** One of each kind: a kind without its event does not compile. */
const EVENT_OF: { readonly [K in WatchKind]: LiveEventOf<K> } = {
  scenarioRun: { type: 'scenarioRun', atMs: 0, previousState: null, scenarioRun: RUN },
  benchmarkRun: {
    type: 'benchmarkRun',
    atMs: 0,
    previousState: null,
    benchmarkRun: BENCHMARK_RUN,
    changes: [{ previousState: null, scenarioRun: RUN }],
  },
  benchmarkJob: { type: 'benchmarkJob', atMs: 0, previousState: null, benchmarkJob: JOB },
  devbox: { type: 'devbox', atMs: 0, previousStatus: null, devbox: DEVBOX },
  benchmarkRuns: {
    type: 'benchmarkRuns',
    atMs: 0,
    page: { type: 'benchmarkRuns', id: '1 {}', rows: [BENCHMARK_RUN], ...WHOLE },
    changes: [{ kind: 'added', row: BENCHMARK_RUN, previousState: null, index: 0 }],
  },
  scenarioRuns: {
    type: 'scenarioRuns',
    atMs: 0,
    page: { type: 'scenarioRuns', id: '2 {}', rows: [RUN], ...WHOLE },
    changes: [{ kind: 'removed', row: RUN, previousState: 'running', index: null }],
  },
  benchmarkJobs: {
    type: 'benchmarkJobs',
    atMs: 0,
    page: { type: 'benchmarkJobs', id: '3 {}', rows: [JOB], ...WHOLE },
    changes: [],
  },
};
const EVENTS = Object.values(EVENT_OF);

const TOPIC = { accountId: 'an account', ref: { kind: 'benchmarkRun', id: 'bmr_1' } } as const;
const READ = { sentAtMs: 0, receivedAtMs: 0 };

describe('a sealed event log', () => {
  it('answers what was appended, and holds nothing of it that is sensitive', async () => {
    const inside = createMemoryEventLog({
      clock: createFakeClock(),
      bounds: { maxEvents: 100, maxBytes: 1_000_000, maxAgeMs: 60_000 },
      maxTopics: 10,
      maxTotalBytes: 1_000_000,
      newId: () => 'epoch',
    });
    await using log = sealEventLog(inside, createSeal());
    const pages = [EVENT_OF.benchmarkRuns.page, EVENT_OF.scenarioRuns.page, EVENT_OF.benchmarkJobs.page];
    const known = [RUN, BENCHMARK_RUN, JOB, DEVBOX];
    const entities = [...known, ...pages].map((entity) => ({ entity, read: READ }));
    const expected = await log.state(TOPIC);
    const appended = await log.append(TOPIC, { id: 'an append', expected, events: EVENTS, entities });
    const conflict = await log.append(TOPIC, { id: 'another', expected, events: [], entities: [] });

    const start = { epoch: expected.epoch, sequence: 0 };
    expect((await log.state(TOPIC)).entities).toEqual(entities);
    expect(conflict).toMatchObject({ kind: 'conflict', state: { entities } });
    expect(appended).toMatchObject({
      entries: EVENTS.map((event, index) => ({ sequence: index + 1, event })),
    });
    expect(await log.read(TOPIC, start, 10)).toMatchObject({
      entries: EVENTS.map((event, index) => ({ sequence: index + 1, event })),
    });
    expect(await log.read(TOPIC, { epoch: 'another', sequence: 0 }, 10)).toBe('gap');
    const held = JSON.stringify([await inside.state(TOPIC), await inside.read(TOPIC, start, 10)]);
    expect(held).toContain('TOKEN');
    expect(held).not.toContain('CANARY');
  });
});

describe('a seal', () => {
  it('opens what it has closed, and only that', () => {
    const key = Buffer.alloc(32, 7);
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const sealed = createSeal([key]).close(text);

        expect(createSeal([key]).open(sealed)).toBe(text);
        expect(() => createSeal().open(sealed)).toThrow();
        expect(() =>
          createSeal([key]).open(`${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`),
        ).toThrow();
      }),
    );
  });

  it('closes the same text differently from another one of the same key', () => {
    const key = Buffer.alloc(32, 7);

    expect(createSeal([key]).close('text')).not.toBe(createSeal([key]).close('text'));
  });
});
