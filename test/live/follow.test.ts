import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { LogPosition } from '../../src/events/event-log.ts';
import { EventWindow } from '../../src/events/event-window.ts';
import {
  type Delivery,
  type FollowSource,
  nextFor,
  type Reader,
  startReader,
} from '../../src/live/follow.ts';
import { scenarioRun } from '../support/entities.ts';
import { RANDOM_CASES } from '../support/random-cases.ts';

/** A topic that a test appends to, over the real window. */
class Tape implements FollowSource {
  readonly epoch: string = 'an epoch';
  isComplete = false;
  isClosed = false;
  isBehind = false;
  failure: GatewayError | null = null;
  /** Up to where the state of the thing is known, which may be ahead of the events that are here. */
  knownUntil = 0;
  readonly #window: EventWindow<Delivery>;

  constructor(maxEvents: number) {
    this.#window = new EventWindow(1, { maxEvents, maxBytes: Infinity, maxAgeMs: Infinity });
  }

  get head(): number {
    return this.#window.newest;
  }

  get oldest(): number {
    return this.#window.oldest;
  }

  append(): void {
    this.#window.push(deliveryOf('changed', this.head + 1), 1, 0);
  }

  entry(sequence: number): Delivery | undefined {
    return this.#window.get(sequence);
  }

  snapshot(): Delivery {
    return deliveryOf('snapshot', Math.max(this.head, this.knownUntil));
  }

  locate(cursor: string): LogPosition | null {
    const sequence = Number(cursor);
    return Number.isInteger(sequence) && sequence + 1 >= this.oldest ? { epoch: this.epoch, sequence } : null;
  }
}

function deliveryOf(kind: Delivery['kind'], sequence: number): Delivery {
  const run = scenarioRun({ id: 'scr_1', name: String(sequence) });
  return {
    kind,
    cursor: String(sequence),
    sequence,
    skipped: 0,
    event: { type: 'scenarioRun', atMs: sequence, previousState: null, scenarioRun: run },
  };
}

const BOUNDS = { maxLag: 5 };

/** Everything a reader gets now, at most `count`. */
function take(
  source: FollowSource,
  start: Reader,
  count = Infinity,
): { reader: Reader; got: Delivery[]; end: string } {
  let reader = start;
  const got: Delivery[] = [];
  for (;;) {
    if (got.length >= count) return { reader, got, end: 'full' };
    const step = nextFor(reader, source, BOUNDS);
    if (step.kind !== 'deliver') return { reader, got, end: step.kind };
    got.push(step.delivery);
    reader = step.reader;
  }
}

const words = (deliveries: readonly Delivery[]) =>
  deliveries.map(
    ({ kind, sequence, skipped }) =>
      `${kind === 'snapshot' ? '=' : ''}${String(sequence)}${skipped > 0 ? `(${String(skipped)})` : ''}`,
  );

describe('a follower', () => {
  it('without a cursor gets a snapshot, then what happens', () => {
    const tape = new Tape(100);
    tape.append();
    const first = take(tape, startReader(tape, {}));
    tape.append();
    tape.append();
    expect([words(first.got), words(take(tape, first.reader).got)]).toEqual([['=1'], ['2', '3']]);
  });

  it('with a cursor gets all that has happened since, however much it is', () => {
    const tape = new Tape(100);
    for (let index = 0; index < 50; index++) tape.append();
    expect(words(take(tape, startReader(tape, { after: '2' })).got)).toEqual(
      Array.from({ length: 48 }, (_, index) => String(index + 3)),
    );
  });

  it('with a cursor that is too old or unknown gets a snapshot', () => {
    const tape = new Tape(10);
    for (let index = 0; index < 50; index++) tape.append();
    for (const after of ['2', '51', 'made up'])
      expect(words(take(tape, startReader(tape, { after })).got)).toEqual(['=50']);
  });

  it('whose cursor is ahead of what has been read of the log waits for that, and continues behind it', () => {
    const tape = new Tape(10);
    tape.append();
    tape.isBehind = true;
    const ahead = take(tape, startReader(tape, { after: '3' }));
    expect([ahead.got, ahead.end]).toEqual([[], 'wait']);
    for (let index = 0; index < 4; index++) tape.append();
    tape.isBehind = false;
    expect(words(take(tape, ahead.reader).got)).toEqual(['4', '5']);
  });

  it('gets one snapshot that is ahead of the events that have been read, and then what comes behind it', () => {
    const tape = new Tape(10);
    tape.append();
    tape.knownUntil = 3;
    const first = take(tape, startReader(tape, {}), 10);
    expect([words(first.got), first.end]).toEqual([['=3'], 'wait']);
    const between = take(tape, startReader(tape, { after: '2' }), 10);
    expect([between.got, between.end]).toEqual([[], 'wait']);
    for (let index = 0; index < 3; index++) tape.append();

    expect(words(take(tape, first.reader).got)).toEqual(['4']);
    expect(words(take(tape, between.reader).got)).toEqual(['3', '4']);
  });

  it('that is too slow loses the middle, and gets the number of events that it lost', () => {
    const tape = new Tape(100);
    const { reader } = take(tape, startReader(tape, {}));
    for (let index = 0; index < 6; index++) tape.append();
    expect(words(take(tape, reader).got)).toEqual(['6(5)']);
  });

  it('that replays is not too slow for what was there when it came, but for what came since', () => {
    const tape = new Tape(100);
    for (let index = 0; index < 20; index++) tape.append();
    const { reader } = take(tape, startReader(tape, { after: '0' }), 3);
    for (let index = 0; index < 5; index++) tape.append();
    expect(take(tape, reader).got).toHaveLength(22);
    tape.append();
    expect(words(take(tape, reader).got)).toEqual(['26(22)']);
  });

  it('gets what is left before the end or the failure, and nothing after a shutdown', () => {
    const tape = new Tape(100);
    const { reader } = take(tape, startReader(tape, {}));
    tape.append();
    tape.isComplete = true;
    expect(take(tape, reader)).toMatchObject({ got: [{ sequence: 1 }], end: 'complete' });
    tape.failure = new GatewayError('UNAUTHENTICATED', 'no');
    expect(take(tape, reader)).toMatchObject({ got: [{ sequence: 1 }], end: 'fail' });
    tape.isClosed = true;
    expect(take(tape, reader)).toMatchObject({ got: [], end: 'close' });
  });

  it('gets the very object that all others get, unless it has skipped something', () => {
    const tape = new Tape(100);
    tape.append();
    const [one, other] = [
      take(tape, startReader(tape, { after: '0' })),
      take(tape, startReader(tape, { after: '0' })),
    ];
    expect(one.got[0]).toBe(other.got[0]);
  });

  const action = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 9 }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('read' as const),
        who: fc.nat({ max: 3 }),
        count: fc.integer({ min: 1, max: 12 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('reconnect' as const),
        who: fc.nat({ max: 3 }),
        isFresh: fc.boolean(),
      }),
    },
  );

  it('gets exactly the log, or the number of events that it skipped, through all disconnects', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(action, { maxLength: 40 }),
        (maxEvents, actions) => {
          const tape = new Tape(maxEvents);
          const readers = Array.from({ length: 4 }, () => ({
            reader: startReader(tape, {}),
            last: null as number | null,
            isResuming: false,
          }));
          const read = (one: (typeof readers)[number], count: number) => {
            const { reader, got } = take(tape, one.reader, count);
            one.reader = reader;
            for (const { kind, sequence, skipped } of got) {
              if (one.last === null) expect(kind).toBe('snapshot');
              else if (kind === 'changed') expect(sequence).toBe(one.last + 1 + skipped);
              // A resume from too long ago: the snapshot is no older than what was seen.
              else expect(one.isResuming && sequence >= one.last).toBe(true);
              one.last = sequence;
              one.isResuming = false;
            }
          };
          for (const step of actions) {
            if (step.kind === 'append') {
              for (let index = 0; index < step.count; index++) tape.append();
              continue;
            }
            const one = readers[step.who]!;
            if (step.kind === 'read') read(one, step.count);
            else {
              if (step.isFresh) one.last = null;
              const after = one.last === null ? undefined : String(one.last);
              one.reader = startReader(tape, { after });
              one.isResuming = one.reader.position === null;
            }
          }
          for (const one of readers) {
            read(one, Infinity);
            expect(one.last).toBe(tape.head);
          }
        },
      ),
      { numRuns: RANDOM_CASES },
    );
  });
});
