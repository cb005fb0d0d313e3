/** `devboxKind`: a followed devbox, whose status is waited for at the upstream. */
import { diffDevbox, isSameDevbox } from './devbox-diff.ts';
import { createDevboxSource } from './devbox-source.ts';
import type { FollowedKind } from './followed-kind.ts';

export const devboxKind: FollowedKind<'devbox'> = {
  kind: 'devbox',
  type: 'Devbox',
  read: createDevboxSource,
  diff: ({ previous, next, atMs }) => diffDevbox(previous, next, atMs),
  coalesce: (events) => events,
  isSame: isSameDevbox,
  // Its states come again (suspended, running, suspended), but its history only grows.
  rank: ({ stateTransitions }) => stateTransitions.length,
  snapshot: (devbox, atMs) => ({ type: 'devbox', atMs, previousStatus: null, devbox }),
  subject: ({ devbox }) => devbox,
  shown: ({ devbox }) => [devbox],
  totals: () => null,
  ends: {
    isTerminal: ({ isTerminal }) => isTerminal,
    endedAtMs: ({ endedAtMs }) => endedAtMs,
    pollMode: () => 'active',
    isPartFinished: null,
  },
  related: {
    listedBy: null,
    // A change of its status ends the long poll that is under way.
    isTouchedBy: () => false,
  },
  rows: null,
};
