/** Invented keys, a new one each time: their requests, bodies, checks, streams and sockets count as those of anonymous callers. */
import { once } from 'node:events';
import { FOLLOW_RUN } from '../../../support/subscriptions.ts';
import type { Attack } from '../attack.ts';
import { count } from '../counts.ts';
import { firstEvent } from '../follow.ts';
import { asking, ask, keepBusy, openSocket, type Target } from '../target.ts';
import { prepareUpstream } from '../upstream-process.ts';

const LONG = 250_000;
/** Places of the sockets to the upstream; the checks of keys may take 32 of them. */
const CONNECTIONS = 40;

let invented = 0;
const newKey = () => `Bearer ak_invented_${String(invented++)}`;

async function send(target: Target, body: string): Promise<void> {
  const code = await ask(target, body, { authorization: newKey() });
  if (code === null) throw new Error('An invented key was accepted');
}

/** With an invented key, or sending nothing. */
async function initialize(target: Target, isSilent: boolean): Promise<void> {
  const socket = await openSocket(target).catch(() => null);
  if (!socket) {
    count('sockets refused');
    return;
  }
  if (!isSilent)
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: newKey() } }));
  const [code] = (await once(socket, 'close')) as [number];
  count(`sockets closed with ${String(code)}`);
}

export const attack: Attack = {
  sends: 'queries, long bodies, subscriptions and sockets, each with a key that was made up',
  env: { UPSTREAM_CONNECTIONS: String(CONNECTIONS), UPSTREAM_CONCURRENCY: String(CONNECTIONS) },
  prepare: () => prepareUpstream('known-keys'),
  strike: async (target) => {
    await Promise.all([
      keepBusy(300, (n) => send(target, asking(`query Q${String(n)} { devboxes { nodes { id } } }`))),
      keepBusy(150, (n) => send(target, asking('{ __typename }', { x: 'x'.repeat(LONG) + String(n) }))),
      keepBusy(50, () => send(target, asking(FOLLOW_RUN, { id: 'scr_followed' }))),
      keepBusy(50, () => initialize(target, false)),
      keepBusy(200, () => initialize(target, true)),
    ]);
  },
  reaches: {
    UNAUTHENTICATED: 500,
    RATE_LIMITED: 100,
    'sockets closed with 4403': 20,
    'sockets closed with 4408': 200,
    'calls with keys that are not known': 500,
  },
  meanwhile: ({ url }, authorization) => firstEvent(url, 'scr_followed', authorization),
};
