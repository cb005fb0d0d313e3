/** What every `EventLog` does, whoever implements it: a suite to put an implementation through. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppendRequest, EventLog, LogPosition, LogVersion } from '../../src/events/event-log.ts';
import type { EventBounds } from '../../src/events/event-window.ts';
import type { LiveEvent } from '../../src/events/event.ts';
import type { Topic } from '../../src/events/topic.ts';
import { scenarioRun } from '../support/entities.ts';

export interface EventLogStage extends AsyncDisposable {
  readonly log: EventLog;
  /** The same log, as another replica sees it; the same object where there can be no other. */
  readonly other: EventLog;
  /** Lets the log get older. */
  advance(ms: number): Promise<void>;
}

export interface EventLogStageOptions {
  readonly bounds?: Partial<EventBounds>;
}

const TOPIC: Topic = { accountId: 'acc', ref: { kind: 'scenarioRun', id: 'scr_1' } };
const BOUNDS: EventBounds = { maxEvents: 1_000, maxBytes: 1_000_000, maxAgeMs: 60_000 };

export function describeEventLog(
  name: string,
  createStage: (options: { readonly bounds: EventBounds }) => Promise<EventLogStage>,
  /** How many random histories. */
  { numRuns = 200 }: { readonly numRuns?: number } = {},
): void {
  const stageWith = ({ bounds }: EventLogStageOptions = {}) =>
    createStage({ bounds: { ...BOUNDS, ...bounds } });

  describe(`${name}, as an event log`, () => {
    it('begins empty', async () => {
      await using stage = await stageWith();
      const state = await stage.log.state(TOPIC);
      expect(state).toMatchObject({ sequence: 0, oldest: 1, entities: [], isComplete: false });
      expect(await stage.log.read(TOPIC, state, 10)).toMatchObject({ entries: [], isComplete: false });
    });

    it('reads what was appended, in order, from any position, as much as is asked for', async () => {
      await using stage = await stageWith();
      const { epoch } = await appendAll(stage.log, [1, 2, 3, 4, 5]);
      expect(await readNames(stage.log, { epoch, sequence: 0 })).toEqual(['1', '2', '3', '4', '5']);
      expect(await readNames(stage.log, { epoch, sequence: 3 })).toEqual(['4', '5']);
      expect(await readNames(stage.log, { epoch, sequence: 5 })).toEqual([]);
      expect(await readNames(stage.log, { epoch, sequence: 1 }, 2)).toEqual(['2', '3']);
      const page = await stage.other.read(TOPIC, { epoch, sequence: 4 }, 10);
      expect(page).toMatchObject({ entries: [{ sequence: 5, event: event(5) }] });
      expect(await stage.other.state(TOPIC)).toMatchObject({ epoch, sequence: 5, oldest: 1 });
    });

    it('lets one of two who append upon the same state win, also when neither appends an event', async () => {
      await using stage = await stageWith();
      for (const events of [[], [event(1)]]) {
        const expected = await stage.log.state(TOPIC);
        const results = await Promise.all(
          [stage.log, stage.other].map((log) =>
            log.append(TOPIC, { id: newId(), expected, events, entities: [] }),
          ),
        );
        expect(results.map(({ kind }) => kind).sort()).toEqual(['appended', 'conflict']);
      }
      expect(await stage.log.state(TOPIC)).toMatchObject({ sequence: 1 });
    });

    it('answers an append with what it has made, and a conflict with what is there instead', async () => {
      await using stage = await stageWith();
      const expected = await stage.log.state(TOPIC);
      const known = { entity: scenarioRun({ id: 'scr_1' }), read: { sentAtMs: 1, receivedAtMs: 2 } };
      const request = { expected, events: [event(1), event(2)], entities: [known], isListWhole: true };
      const { epoch } = expected;
      const head = { epoch, revision: expected.revision + 1, sequence: 2, oldest: 1, isListWhole: true };
      expect(await stage.log.append(TOPIC, { id: newId(), ...request })).toMatchObject({
        kind: 'appended',
        head,
        entries: [
          { sequence: 1, event: event(1) },
          { sequence: 2, event: event(2) },
        ],
      });
      expect(await stage.log.append(TOPIC, { id: newId(), ...request })).toMatchObject({
        kind: 'conflict',
        state: { ...head, entities: [known] },
      });
      const page = await stage.other.read(TOPIC, { epoch, sequence: 1 }, 10);
      expect(page).toMatchObject({ head, entries: [{ sequence: 2 }] });
    });

    it('does not do again what it has done under the same id, and answers it as then', async () => {
      await using stage = await stageWith();
      const expected = await stage.log.state(TOPIC);
      const request = { id: newId(), expected, events: [event(1), event(2)], entities: [] };
      const first = await stage.log.append(TOPIC, request);
      expect(await stage.log.append(TOPIC, request)).toEqual(first);
      expect(await stage.log.state(TOPIC)).toMatchObject({ sequence: 2, revision: expected.revision + 1 });
    });

    it('refuses an append of a former holder of the lease, though no other has appended since', async () => {
      await using stage = await stageWith();
      let version: LogVersion = await stage.log.state(TOPIC);
      version = await append(stage.log, version, [], { token: 2 });
      const late = { id: newId(), expected: version, events: [event(1)], entities: [], token: 1 };
      expect(await stage.other.append(TOPIC, late)).toMatchObject({ kind: 'conflict' });
      version = await append(stage.other, version, [event(2)]);
      await append(stage.log, version, [event(3)], { token: 2 });
      expect(await stage.log.state(TOPIC)).toMatchObject({ sequence: 2 });
    });

    it('refuses an append upon a log of another life', async () => {
      await using stage = await stageWith();
      const { revision } = await stage.log.state(TOPIC);
      const expected = { epoch: 'another', revision };
      const request = { id: newId(), expected, events: [event(1)], entities: [] };
      expect(await stage.log.append(TOPIC, request)).toMatchObject({ kind: 'conflict' });
      expect(await stage.log.state(TOPIC)).toMatchObject({ sequence: 0 });
    });

    it('answers a gap for a position that is not of this log', async () => {
      await using stage = await stageWith();
      const { epoch } = await appendAll(stage.log, [1, 2]);
      expect(await stage.log.read(TOPIC, { epoch, sequence: 3 }, 10)).toBe('gap');
      expect(await stage.log.read(TOPIC, { epoch: 'another', sequence: 1 }, 10)).toBe('gap');
    });

    it('drops the oldest beyond its count, and says that there is a gap', async () => {
      await using stage = await stageWith({ bounds: { maxEvents: 3 } });
      const { epoch } = await appendAll(stage.log, [1, 2, 3, 4, 5]);
      expect(await stage.log.state(TOPIC)).toMatchObject({ sequence: 5, oldest: 3 });
      expect(await readNames(stage.log, { epoch, sequence: 2 })).toEqual(['3', '4', '5']);
      expect(await stage.log.read(TOPIC, { epoch, sequence: 1 }, 10)).toBe('gap');
    });

    it('drops the oldest beyond its bytes, but never the newest', async () => {
      await using stage = await stageWith({ bounds: { maxBytes: 10_000 } });
      let version: LogVersion = await stage.log.state(TOPIC);
      for (const size of [4_000, 4_000, 4_000]) version = await append(stage.log, version, [event(1, size)]);
      expect(await stage.log.state(TOPIC)).toMatchObject({ sequence: 3, oldest: 2 });
      await append(stage.log, version, [event(2, 40_000)]);
      expect(await stage.log.state(TOPIC)).toMatchObject({ sequence: 4, oldest: 4 });
      expect(await readNames(stage.log, { epoch: version.epoch, sequence: 3 })).toEqual(['2']);
    });

    it('drops what is too old, but not the newest while the topic is in use', async () => {
      await using stage = await stageWith({ bounds: { maxAgeMs: 500 } });
      await stage.log.onAppend(TOPIC, () => undefined);
      const version = await appendAll(stage.log, [1, 2]);
      await stage.advance(300);
      await append(stage.log, version, [event(3)]);
      await stage.advance(300);
      expect(await stage.log.state(TOPIC)).toMatchObject({ epoch: version.epoch, sequence: 3, oldest: 3 });
      await stage.advance(2_000);
      expect(await readNames(stage.log, { epoch: version.epoch, sequence: 2 })).toEqual(['3']);
    });

    it('evicts a topic that is no longer used, and begins a new epoch', async () => {
      await using stage = await stageWith({ bounds: { maxAgeMs: 500 } });
      const { epoch } = await appendAll(stage.log, [1, 2]);
      await stage.advance(2_000);
      await stage.log.state({ ...TOPIC, accountId: 'somebody' });
      const state = await stage.log.state(TOPIC);
      expect(state).toMatchObject({ sequence: 0, entities: [] });
      expect(state.epoch).not.toBe(epoch);
    });

    it('keeps the newest version of each thing that was appended', async () => {
      await using stage = await stageWith();
      const known = (id: string, name: string) => ({
        entity: scenarioRun({ id, name }),
        read: { sentAtMs: 1, receivedAtMs: 2 },
      });
      let version: LogVersion = await stage.log.state(TOPIC);
      version = await append(stage.log, version, [], {
        entities: [known('scr_1', 'a'), known('scr_2', 'b')],
      });
      await append(stage.log, version, [event(1)], { entities: [known('scr_2', 'c')] });
      const { entities } = await stage.other.state(TOPIC);
      expect([...entities].sort((a, b) => (a.entity.id < b.entity.id ? -1 : 1))).toEqual([
        known('scr_1', 'a'),
        known('scr_2', 'c'),
      ]);
    });

    it('is complete with its last event, and not before a reader has that', async () => {
      await using stage = await stageWith();
      let version = await appendAll(stage.log, [1, 2]);
      const { epoch } = version;
      expect(await stage.log.read(TOPIC, { epoch, sequence: 2 }, 10)).toMatchObject({ isComplete: false });
      version = await append(stage.log, version, [event(3)], { isComplete: true });
      expect(await stage.log.state(TOPIC)).toMatchObject({ isComplete: true });
      expect(await stage.other.read(TOPIC, { epoch, sequence: 1 }, 1)).toMatchObject({ isComplete: false });
      expect(await stage.other.read(TOPIC, { epoch, sequence: 2 }, 1)).toMatchObject({ isComplete: true });
      await append(stage.log, version, []);
      expect(await stage.log.state(TOPIC)).toMatchObject({ isComplete: true });
    });

    it('keeps topics and accounts apart', async () => {
      await using stage = await stageWith();
      const woken: string[] = [];
      const others: readonly Topic[] = [
        { accountId: 'other', ref: TOPIC.ref },
        { accountId: 'acc', ref: { kind: 'devbox', id: 'scr_1' } },
        { accountId: 'acc', ref: { kind: 'scenarioRun', id: 'scr_2' } },
      ];
      for (const topic of others) await stage.other.onAppend(topic, () => woken.push(topic.ref.id));
      await appendAll(stage.log, [1, 2]);
      for (const topic of others) expect(await stage.log.state(topic)).toMatchObject({ sequence: 0 });
      expect(woken).toEqual([]);
    });

    it('wakes every waiting reader once the append can be read, and none that has left', async () => {
      await using stage = await stageWith();
      const seen: Record<'stays' | 'leaves' | 'elsewhere', number[]> = {
        stays: [],
        leaves: [],
        elsewhere: [],
      };
      const wait = (log: EventLog, who: keyof typeof seen) =>
        log.onAppend(TOPIC, () => void log.state(TOPIC).then(({ sequence }) => seen[who].push(sequence)));
      await wait(stage.log, 'stays');
      const leaving = await wait(stage.log, 'leaves');
      await wait(stage.other, 'elsewhere');
      const version = await append(stage.log, await stage.log.state(TOPIC), [event(1), event(2)]);
      await until(() => Object.values(seen).every((sequences) => sequences.length > 0));
      leaving[Symbol.dispose]();
      await append(stage.log, version, [event(3)]);
      await until(() => seen.stays.includes(3) && seen.elsewhere.includes(3));
      expect(seen.stays.filter((sequence) => sequence === 1)).toEqual([]);
      expect(seen.leaves).toEqual([2]);
    });

    it('gives every reader all of it once, in order, however many write', { timeout: 120_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 8 }), {
            minLength: 1,
            maxLength: 4,
          }),
          fc.array(fc.record({ limit: fc.integer({ min: 1, max: 5 }), isElsewhere: fc.boolean() }), {
            minLength: 1,
            maxLength: 4,
          }),
          async (writers, readers) => {
            await using stage = await stageWith();
            const total = writers.flat().reduce((sum, count) => sum + count, 0);
            const { epoch } = await stage.log.state(TOPIC);
            const reading = readers.map(({ limit, isElsewhere }) =>
              readUntil(isElsewhere ? stage.other : stage.log, epoch, { limit, total }),
            );
            await Promise.all(
              writers.map(async (counts, writer) => {
                const log = writer % 2 === 0 ? stage.log : stage.other;
                for (const [turn, count] of counts.entries()) {
                  const events = Array.from({ length: count }, (_, index) =>
                    event(`${String(writer)}.${String(turn)}.${String(index)}`),
                  );
                  for (;;) {
                    const result = await log.append(TOPIC, {
                      id: newId(),
                      expected: await log.state(TOPIC),
                      events,
                      entities: [],
                    });
                    if (result.kind === 'appended') break;
                  }
                }
              }),
            );
            const all = await readNames(stage.log, { epoch, sequence: 0 }, total + 1);
            expect(new Set(all).size).toBe(total);
            for (const [writer] of writers.entries()) {
              const own = all.filter((one) => one.startsWith(`${String(writer)}.`));
              expect(own).toEqual([...own].sort());
            }
            for (const names of await Promise.all(reading)) expect(names).toEqual(all);
          },
        ),
        { numRuns },
      );
    });
  });
}

let ids = 0;

function newId(): string {
  return `append-${String(++ids)}`;
}

function event(name: number | string, size = 0): LiveEvent {
  const run = scenarioRun({ id: 'scr_1', name: String(name), purpose: 'x'.repeat(size) });
  return { type: 'scenarioRun', atMs: 1_000, previousState: 'running', scenarioRun: run };
}

async function append(
  log: EventLog,
  expected: LogVersion,
  events: readonly LiveEvent[],
  more: Partial<AppendRequest> = {},
): Promise<LogVersion> {
  const result = await log.append(TOPIC, { id: newId(), expected, events, entities: [], ...more });
  if (result.kind === 'conflict') throw new Error('Nobody else appends here');
  return result.head;
}

async function appendAll(log: EventLog, names: readonly number[]): Promise<LogVersion> {
  let version: LogVersion = await log.state(TOPIC);
  for (const name of names) version = await append(log, version, [event(name)]);
  return version;
}

async function readNames(log: EventLog, after: LogPosition, limit = 100): Promise<readonly string[]> {
  const page = await log.read(TOPIC, after, limit);
  if (page === 'gap') throw new Error('Nothing was dropped here');
  return page.entries.map(({ event: told }) =>
    told.type === 'scenarioRun' ? (told.scenarioRun.name ?? '') : '',
  );
}

/** Tails the log, woken by it, until `total` events were read. */
async function readUntil(
  log: EventLog,
  epoch: string,
  { limit, total }: { limit: number; total: number },
): Promise<readonly string[]> {
  const names: string[] = [];
  const wakes = { count: 0, wake: () => undefined as unknown };
  const waiting = await log.onAppend(TOPIC, () => {
    wakes.count++;
    wakes.wake();
  });
  while (names.length < total) {
    const { count } = wakes;
    const more = await readNames(log, { epoch, sequence: names.length }, limit);
    names.push(...more);
    if (more.length > 0 || wakes.count > count) continue;
    await new Promise((resolve) => {
      wakes.wake = () => {
        resolve(null);
      };
    });
  }
  waiting[Symbol.dispose]();
  return names;
}

async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise<void>((resolve) => setImmediate(resolve));
}
