import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway } from '../support/gateway.ts';
import { FOLLOW_RUN, RARE_POLLS, runEvents, type RunResult } from '../support/subscriptions.ts';
import { createTokenFile } from '../support/tokens.ts';

describe('the watches of an account that several callers share', () => {
  it('are not all for one of them, and are given back when who follows leaves', async () => {
    await using file = await createTokenFile();
    const [many, few] = [await file.issue('many'), await file.issue('few')];
    await using gateway = await createTestGateway({
      env: {
        ...RARE_POLLS,
        AUTH_TOKENS_FILE: file.path,
        LIVE_MAX_WATCHERS_PER_ACCOUNT: '3',
        LIVE_MAX_WATCHERS_PER_CALLER: '2',
        LIVE_GRACE_MS: '0',
      },
    });
    const ids = Array.from({ length: 4 }, () => gateway.world.insert.scenarioRun({ state: 'running' }).id);
    const follow = async (id: string | undefined, token: string) => {
      const stream = await openEventStream(gateway.url, {
        query: FOLLOW_RUN,
        variables: { id },
        headers: { Authorization: `Bearer ${token}` },
      });
      await stream.received(1);
      const { errors } = stream.events[0]?.data as RunResult;
      return { stream, code: errors?.[0]?.extensions.code ?? null, message: errors?.[0]?.message };
    };

    const first = await follow(ids[0], many);
    const second = await follow(ids[1], many);
    expect([first.code, second.code]).toEqual([null, null]);
    const refused = await follow(ids[2], many);
    expect(refused).toMatchObject({
      code: 'RATE_LIMITED',
      message: expect.stringContaining('LIVE_MAX_WATCHERS_PER_CALLER') as string,
    });
    // What it follows already it may follow again, and others have room.
    const again = await follow(ids[0], many);
    const other = await follow(ids[2], few);
    expect([again.code, other.code]).toEqual([null, null]);
    expect(runEvents(other.stream)).toHaveLength(1);

    second.stream[Symbol.dispose]();
    await expect.poll(() => gateway.watches.watchers).toBe(2);
    // What somebody else has begun to watch counts for whoever follows it.
    const joined = await follow(ids[2], many);
    expect(joined.code).toBeNull();
    const beyond = await follow(ids[3], many);
    expect(beyond.code).toBe('RATE_LIMITED');
    for (const { stream } of [first, refused, again, other, joined, beyond]) stream[Symbol.dispose]();
  });
});
