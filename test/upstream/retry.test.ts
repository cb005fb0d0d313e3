import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRetryHints, retryDelay, type RetryQuestion } from '../../src/upstream/rest/retry.ts';
import type { TransportFailure, TransportResult } from '../../src/upstream/rest/transport-result.ts';

const POLICY = { retries: 3, retryBaseMs: 100, retryMaxMs: 2_000, retryAfterMaxMs: 60_000 };

const status = (code: number): TransportResult => ({ kind: 'answer', status: code, headers: {}, text: '' });
const failure = (name: TransportFailure): TransportResult => ({
  kind: 'failure',
  failure: name,
  cause: undefined,
});

function delay(question: Partial<RetryQuestion>): number | null {
  return retryDelay({
    result: status(503),
    hints: { shouldRetry: null, afterMs: null },
    attempt: 1,
    remainingMs: 30_000,
    policy: POLICY,
    random: () => 0.5,
    ...question,
  });
}

describe('what is tried again', () => {
  it.each([408, 429, 500, 501, 502, 503, 504, 599])('is status %i', (code) => {
    expect(delay({ result: status(code) })).not.toBeNull();
  });

  it.each([300, 304, 400, 401, 403, 404, 409, 410, 422])('is not status %i', (code) => {
    expect(delay({ result: status(code) })).toBeNull();
  });

  it('is a failure of the connection', () => {
    expect(delay({ result: failure('connection') })).not.toBeNull();
  });

  it.each(['headers-timeout', 'body-timeout', 'too-large', 'malformed', 'unsendable', 'closed'] as const)(
    'is not the failure %s',
    (name) => {
      expect(delay({ result: failure(name) })).toBeNull();
    },
  );

  it('is what the upstream says it is', () => {
    expect(delay({ result: status(400), hints: { shouldRetry: true, afterMs: null } })).toBe(50);
    expect(delay({ result: status(503), hints: { shouldRetry: false, afterMs: null } })).toBeNull();
  });

  it('is nothing any more after the last retry', () => {
    expect(delay({ attempt: 3 })).not.toBeNull();
    expect(delay({ attempt: 4 })).toBeNull();
    expect(delay({ attempt: 1, policy: { ...POLICY, retries: 0 } })).toBeNull();
  });
});

describe('the wait before a retry', () => {
  it('doubles its upper bound with each attempt, up to the maximum', () => {
    const bounds = [1, 2, 3, 4, 5, 6, 7].map((attempt) =>
      delay({ attempt, policy: { ...POLICY, retries: 9 }, random: () => 1 }),
    );
    expect(bounds).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
  });

  it('is anything from nothing to the bound', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        expect(delay({ attempt: 3, random: () => random })).toBe(random * 400);
      }),
    );
  });

  it('is never shorter than the upstream asks', () => {
    expect(delay({ hints: { shouldRetry: null, afterMs: 5_000 }, random: () => 0 })).toBe(5_000);
    expect(delay({ hints: { shouldRetry: null, afterMs: 5_000 }, random: () => 0.5 })).toBe(5_050);
  });

  it('is refused when the time is up before it is over', () => {
    expect(
      delay({ hints: { shouldRetry: null, afterMs: 5_000 }, random: () => 0, remainingMs: 5_000 }),
    ).toBeNull();
    expect(delay({ remainingMs: 50 })).toBeNull();
    expect(delay({ remainingMs: -1, random: () => 0 })).toBeNull();
  });
});

describe('the hints of an answer', () => {
  const now = Date.UTC(2026, 0, 1);

  it.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' }, 9_000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 23:00:00 GMT' }, 0],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'retry-after-ms': 'soon', 'retry-after': '9' }, 9_000],
    [{ 'retry-after': '31536000' }, 60_000],
    [{ 'retry-after': '99999999999999999999' }, 60_000],
    [{ 'retry-after-ms': '86400000' }, 60_000],
    [{ 'retry-after': 'Fri, 01 Jan 2027 00:00:00 GMT' }, 60_000],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '-3' }, null],
    [{ 'retry-after': 'Infinity' }, null],
    [{ 'retry-after': ['1', '2'] }, null],
    [{}, null],
  ])('in %j ask to wait %s ms', (headers, afterMs) => {
    expect(readRetryHints(headers, { nowMs: now, maxMs: 60_000 }).afterMs).toBe(afterMs);
  });

  it.each([
    [{ 'x-should-retry': 'true' }, true],
    [{ 'x-should-retry': 'false' }, false],
    [{ 'x-should-retry': 'maybe' }, null],
    [{}, null],
  ])('in %j say whether to retry: %s', (headers, shouldRetry) => {
    expect(readRetryHints(headers, { nowMs: now, maxMs: 60_000 }).shouldRetry).toBe(shouldRetry);
  });
});
