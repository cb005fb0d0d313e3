/** One caller of an account that others share: follows as much as they may, and has the queue of calls to the upstream full. */
import { once } from 'node:events';
import { createTokenFile } from '../../../support/tokens.ts';
import type { Attack } from '../attack.ts';
import { count } from '../counts.ts';
import { firstEvent } from '../follow.ts';
import { ask, asking, codeIn, keepBusy, openAccepted, repeat, type Target } from '../target.ts';
import { prepareUpstream } from '../upstream-process.ts';

/** So few, and operations of so many calls, that the queue overflows. */
const QUEUED_CALLS = 2_000;
const CALLS_EACH = 30;
const OPERATIONS = 200;
/** More than one caller may follow, on sockets that each may have so many. */
const SOCKETS = 12;
const FOLLOWED_EACH = 200;
/** The default of LIVE_MAX_WATCHERS_PER_CALLER. */
const WATCHERS_EACH = 1_000;

/** Follows as much as a socket may, for ever. */
async function follow(target: Target, number: number): Promise<void> {
  const socket = await openAccepted(target, { authorization: target.prepared });
  socket.on('message', (message: Buffer) => {
    const text = message.toString('utf8');
    if (text.includes('"SNAPSHOT"')) count('followed');
    else if (codeIn(text) !== null) count(`following: ${String(codeIn(text))}`);
  });
  for (let n = 0; n < FOLLOWED_EACH; n++) {
    const id = `scr_watched_${String(number * FOLLOWED_EACH + n)}`;
    const query = `subscription { scenarioRun(id: "${id}") { kind scenarioRun { state } } }`;
    socket.send(JSON.stringify({ id: String(n), type: 'subscribe', payload: { query } }));
  }
  await once(socket, 'close');
}

export const attack: Attack = {
  sends:
    'subscriptions to 2,400 runs, and queries of 30 slow calls, 200 at once, all of one caller of a shared account',
  env: {
    AUTH: 'service',
    RUNLOOP_API_KEY: 'ak_shared',
    UPSTREAM_CONCURRENCY: '64',
    UPSTREAM_QUEUE_LIMIT: String(QUEUED_CALLS),
    // Each look-up is a call of its own.
    PLAN_MAX_ROWS: '0',
  },
  prepare: async () => {
    const file = await createTokenFile();
    const [hostile, honest] = [await file.issue('hostile'), await file.issue('honest')];
    const upstream = await prepareUpstream('slow-runs');
    return {
      ...upstream,
      env: { ...upstream.env, AUTH_TOKENS_FILE: file.path },
      honest: `Bearer ${honest}`,
      prepared: `Bearer ${hostile}`,
      async [Symbol.asyncDispose]() {
        await upstream[Symbol.asyncDispose]();
        await file[Symbol.asyncDispose]();
      },
    };
  },
  strike: async (target) => {
    await Promise.all([
      keepBusy(SOCKETS, (number) => follow(target, number)),
      keepBusy(OPERATIONS, (number) => {
        const run = (n: number) =>
          `r${String(n)}: scenarioRun(id: "scr_slow_${String(number)}_${String(n)}") { id }`;
        return ask(target, asking(`{ ${repeat(CALLS_EACH, run)} }`), { authorization: target.prepared });
      }),
    ]);
  },
  reaches: {
    followed: WATCHERS_EACH,
    'following: RATE_LIMITED': 400,
    RATE_LIMITED: 200,
    'slow calls': 1_000,
    polls: 2_000,
  },
  meanwhile: ({ url }, authorization) => firstEvent(url, 'scr_few', authorization),
};
