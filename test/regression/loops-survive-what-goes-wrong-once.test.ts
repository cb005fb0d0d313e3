/** One thing that nobody expected ended, for good and in silence, what is done again and again. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { collectWhenIdle } from '../../src/process/idle-collection.ts';
import { createCallerWatch } from '../../src/security/caller-watch.ts';
import { openPublishedKeys } from '../../src/security/published-keys.ts';
import { openWatchedFile } from '../../src/security/watched-file.ts';
import { createSubscriptionStage } from '../server/subscription-stage.ts';
import { testCaller } from '../support/caller.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFolder } from '../support/folder.ts';
import { createTestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';

const INTERVAL_MS = 5_000;

afterEach(() => {
  vi.restoreAllMocks();
});

/** Does its work from the second time on. */
function failingOnce(work: () => void = () => undefined): () => void {
  let times = 0;
  return () => {
    if (times++ === 0) throw new Error('a defect');
    work();
  };
}

describe('callers whose credentials end', () => {
  it('have their streams ended, though ending one of them throws', async () => {
    const clock = createFakeClock();
    const defects: unknown[] = [];
    const told: string[] = [];
    const watch = createCallerWatch({
      clock,
      intervalMs: INTERVAL_MS,
      onDefect: (error) => defects.push(error),
    });
    const ending = testCaller({ expiresAtMs: clock.now() + 1 });
    watch(ending, failingOnce());
    watch(ending, () => told.push('second'));
    watch(testCaller({ expiresAtMs: clock.now() + 2 * INTERVAL_MS }), () => told.push('later'));
    await clock.advance(INTERVAL_MS);
    expect(told).toEqual(['second']);
    await clock.advance(INTERVAL_MS);

    expect(told).toEqual(['second', 'later']);
    expect([defects, clock.pending]).toEqual([[new Error('a defect')], 0]);
  });

  it('have their streams ended, though checking another caller throws each time', async () => {
    const clock = createFakeClock();
    const told: string[] = [];
    const watch = createCallerWatch({ clock, intervalMs: INTERVAL_MS, onDefect: () => undefined });
    const isRevoked = () => {
      throw new Error('a defect');
    };
    const stop = watch(testCaller({ isRevoked }), () => told.push('nobody'));
    watch(testCaller({ expiresAtMs: clock.now() + 1 }), () => told.push('first'));
    watch(testCaller({ expiresAtMs: clock.now() + 2 * INTERVAL_MS }), () => told.push('second'));
    await clock.advance(2 * INTERVAL_MS);
    stop();

    expect(told).toEqual(['first', 'second']);
    expect(clock.pending).toBe(0);
  });
});

describe('followers', () => {
  it('get signs of life, though one connection takes none', async () => {
    const stage = createSubscriptionStage();
    const { clock, record } = stage;
    const broken = await stage.start();
    Object.assign(broken.sink, { heartbeat: failingOnce(() => undefined) });
    const other = await stage.start();
    await clock.advance(15_000);
    expect(other.sink.beats).toBe(1);
    await clock.advance(15_000);
    expect(other.sink.beats).toBe(2);
    expect(record.lines().map(({ event }) => event)).toEqual(['process.task_failed']);
    broken.leave();
    other.leave();

    expect(clock.pending).toBe(0);
  });
});

describe('sockets', () => {
  it('are pinged, though one of them cannot be', async () => {
    const clock = createFakeClock();
    await using gateway = await createTestGateway({ overrides: { clock } });
    const sockets = [await openSocket(gateway.url), await openSocket(gateway.url)];
    for (const socket of sockets) await socket.init();
    let pinged = 0;
    for (const { socket } of sockets) socket.on('ping', () => pinged++);
    vi.spyOn(WebSocket.prototype, 'ping').mockImplementationOnce(failingOnce());
    await clock.advance(15_000);
    await expect.poll(() => pinged).toBe(1);
    await clock.advance(15_000);
    await expect.poll(() => pinged).toBe(3);

    expect(gateway.record.lines().filter(({ event }) => event === 'process.task_failed')).toMatchObject([
      { level: 50, task: 'ping sockets', err: { message: 'a defect' } },
    ]);
    for (const socket of sockets) socket[Symbol.dispose]();
  });
});

describe('a watched file', () => {
  it.each(['parse', 'reloaded', 'broken'] as const)(
    'is read again, though “%s” goes wrong once',
    async (where) => {
      await using folder = await createFolder();
      const path = join(folder.path, 'a-file');
      await writeFile(path, 'first');
      const clock = createFakeClock();
      const problems: string[] = [];
      const defects: unknown[] = [];
      const fails = failingOnce();
      const goesWrongIn = (place: string) => {
        if (place === where) fails();
      };
      using file = await openWatchedFile({
        path,
        parse: (text) => {
          if (text === 'broken') throw new TypeError('a secret');
          if (text === 'second') goesWrongIn('parse');
          return text;
        },
        clock,
        intervalMs: INTERVAL_MS,
        observer: {
          reloaded: () => {
            goesWrongIn('reloaded');
          },
          broken: (lines) => {
            problems.push(...lines);
            goesWrongIn('broken');
          },
          onDefect: (error) => defects.push(error),
        },
      });
      for (const text of ['second', 'broken', 'third', 'fourth']) {
        await writeFile(path, text);
        await clock.advance(INTERVAL_MS);
        // Reading is work of the system, which no clock knows.
        await clock.sleepers(1);
      }

      expect(file.current).toBe('fourth');
      expect(problems).toContain(`${path}: it cannot be used (TypeError)`);
      expect(problems.join()).not.toContain('secret');
      expect(defects).toEqual(where === 'parse' ? [] : [new Error('a defect')]);
    },
  );
});

describe('keys of an issuer that is away', () => {
  it('are asked for again, though telling so goes wrong', async () => {
    const clock = createFakeClock();
    const defects: unknown[] = [];
    let told = 0;
    using keys = await openPublishedKeys({
      keys: { kind: 'url', url: 'http://127.0.0.1:1/keys', timeoutMs: 1_000, maxAgeMs: 1_000 },
      clock,
      checkIntervalMs: INTERVAL_MS,
      observer: {
        reloaded: () => undefined,
        broken: () => undefined,
        keysChanged: () => undefined,
        keysUnavailable: failingOnce(() => told++),
        onDefect: (error) => defects.push(error),
      },
    });
    keys.relyUntil(clock.now() + 60_000);
    for (const settled of [() => defects.length, () => told]) {
      await clock.advance(1_000);
      await expect.poll(settled).toBe(1);
    }

    expect(defects).toEqual([new Error('a defect')]);
  });
});

describe('memory', () => {
  it('is given back, though a collection goes wrong', async () => {
    const clock = createFakeClock();
    const defects: unknown[] = [];
    let size = 40;
    const collecting = collectWhenIdle({
      clock,
      heap: {
        size: () => size,
        busyShare: () => 0,
        collect: failingOnce(() => {
          size = 50;
        }),
      },
      evictUnused: () => undefined,
      onDefect: (error) => defects.push(error),
    });
    size = 300;
    await clock.advance(3 * INTERVAL_MS);
    collecting[Symbol.dispose]();

    expect(size).toBe(50);
    expect(defects).toEqual([new Error('a defect')]);
  });
});
