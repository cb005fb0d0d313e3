import { describe, expect, it } from 'vitest';
import { raceSignal } from '../../src/values/race-signal.ts';

const never = new Promise<never>(() => undefined);

describe('raceSignal', () => {
  it('settles as the work does', async () => {
    const { signal } = new AbortController();
    const failed = new Error('failed');

    expect(await raceSignal(Promise.resolve(1), signal)).toBe(1);
    await expect(raceSignal(Promise.reject(failed), signal)).rejects.toBe(failed);
  });

  it('rejects with the reason when the signal aborts, or has aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('gone');
    const racing = raceSignal(never, controller.signal);
    controller.abort(reason);

    await expect(racing).rejects.toBe(reason);
    await expect(raceSignal(never, controller.signal)).rejects.toBe(reason);
  });
});
