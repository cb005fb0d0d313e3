/** A client of graphql-ws did not come back after its token had ended: it takes 4401, and a `complete`, for the end. */
import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway } from '../support/gateway.ts';
import { FOLLOW_RUN, RARE_POLLS, type RunResult } from '../support/subscriptions.ts';
import { createTokenFile } from '../support/tokens.ts';

describe('a client of graphql-ws whose token ends', () => {
  it.each(['has expired', 'was revoked'] as const)(
    'comes back with a fresh one by itself, when it %s, and follows on',
    async (how) => {
      const clock = createFakeClock();
      await using file = await createTokenFile();
      const expiresAtMs = how === 'has expired' ? clock.now() + 20_000 : null;
      const tokens = [await file.issue('first', { expiresAtMs }), await file.issue('second')];
      await using gateway = await createTestGateway({
        env: { ...RARE_POLLS, AUTH_TOKENS_FILE: file.path },
        overrides: { clock },
      });
      const { id } = gateway.world.insert.scenarioRun();
      const closes: number[] = [];
      const client = createClient({
        url: `${gateway.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: () => ({ authorization: `Bearer ${tokens.shift() ?? ''}` }),
        retryWait: () => Promise.resolve(),
        on: { closed: (event) => closes.push((event as { code: number }).code) },
      });
      const results: RunResult[] = [];
      const ends: unknown[] = [];
      const stop = client.subscribe<NonNullable<RunResult['data']>>(
        { query: FOLLOW_RUN, variables: { id } },
        {
          next: (result) => results.push(result as RunResult),
          error: (error) => ends.push(error),
          complete: () => ends.push('complete'),
        },
      );
      const snapshots = () => results.filter(({ data }) => data?.scenarioRun.kind === 'SNAPSHOT').length;
      await expect.poll(snapshots, { timeout: 10_000 }).toBe(1);
      if (how === 'was revoked') await file.revoke('first');
      await clock.advance(20_000);
      if (how === 'was revoked') {
        await expect.poll(() => gateway.record.text(), { timeout: 10_000 }).toContain('auth.file_reloaded');
        await clock.advance(5_000);
      }
      await expect.poll(snapshots, { timeout: 10_000 }).toBe(2);

      expect(closes).toEqual([4403]);
      expect(ends).toEqual([]);
      stop();
      await client.dispose();
    },
  );
});
