import { describe, expect, it } from 'vitest';
import { testCaller } from '../support/caller.ts';

describe('a caller', () => {
  it('shares a view with those who have the same account and scopes, in any order', () => {
    const view = testCaller({ scopes: ['runs:read', 'logs:read'] }).viewKey;

    expect(testCaller({ scopes: ['logs:read', 'runs:read'] }).viewKey).toBe(view);
    expect(testCaller({ scopes: ['runs:read'] }).viewKey).not.toBe(view);
    expect(testCaller({ account: 'bob', scopes: ['runs:read', 'logs:read'] }).viewKey).not.toBe(view);
  });

  it('may do what their scopes say', () => {
    const caller = testCaller({ scopes: ['runs:read'] });

    expect([caller.permits('runs:read'), caller.permits('runs:write')]).toEqual([true, false]);
  });

  it('ends at the moment their credentials expire', () => {
    const caller = testCaller({ expiresAtMs: 1_000 });

    expect(caller.endAt(999)).toBeNull();
    expect(caller.endAt(1_000)).toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('expired') as string,
    });
  });

  it('ends when their credentials are taken back', () => {
    let isRevoked = false;
    const caller = testCaller({ isRevoked: () => isRevoked });
    expect(caller.endAt(0)).toBeNull();
    isRevoked = true;

    expect(caller.endAt(0)).toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('revoked') as string,
    });
  });

  it('never ends when nothing can end them', () => {
    expect(testCaller()).toMatchObject({ canEnd: false, expiresAtMs: null });
    expect(testCaller().endAt(Number.MAX_SAFE_INTEGER)).toBeNull();
  });
});
