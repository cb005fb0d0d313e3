import { describe, expect, it } from 'vitest';
import { createCallerWatch } from '../../src/security/caller-watch.ts';
import { testCaller } from '../support/caller.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function stage() {
  const clock = createFakeClock();
  const told: string[] = [];
  const defects: unknown[] = [];
  const watch = createCallerWatch({ clock, intervalMs: 5_000, onDefect: (error) => defects.push(error) });
  return {
    clock,
    told,
    defects,
    follow: (name: string, options: Parameters<typeof testCaller>[0]) =>
      watch(testCaller(options), ({ code }) => told.push(`${name} ${code}`)),
  };
}

describe('watching callers', () => {
  it('tells each once, in their order, and within an interval', async () => {
    const { clock, told, follow } = stage();
    const expiresAtMs = clock.now() + 7_000;
    follow('first', { expiresAtMs });
    follow('second', { expiresAtMs });
    follow('later', { expiresAtMs: expiresAtMs + 10_000 });
    await clock.advance(9_999);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual(['first UNAUTHENTICATED', 'second UNAUTHENTICATED']);
    await clock.advance(60_000);

    expect(told.slice(2)).toEqual(['later UNAUTHENTICATED']);
    expect(clock.pending).toBe(0);
  });

  it('stops on demand, and has no timer while it watches no caller', async () => {
    const { clock, told, follow } = stage();
    const stop = follow('somebody', { expiresAtMs: clock.now() + 1 });
    expect(clock.pending).toBe(1);
    stop();
    expect(clock.pending).toBe(0);
    await clock.advance(60_000);

    expect(told).toEqual([]);
  });

  it('checks no caller whose credentials cannot end', () => {
    const { clock, follow } = stage();
    follow('somebody', {});

    expect(clock.pending).toBe(0);
  });
});
