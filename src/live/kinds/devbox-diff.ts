/** `diffDevbox`: what happened to a devbox between two reads, recovered from the history that the upstream keeps. */
import type { DevboxLiveEvent } from '../../events/event.ts';
import { isDevboxTerminal } from '../../upstream/lifecycle.ts';
import type { Devbox, DevboxStateTransition } from '../../upstream/types.ts';

/**
 * Each transition since `previous` is an event of its own, in order, at the upstream's time. `atMs` is when `next` was
 * read: the time of whatever the upstream does not date.
 */
export function diffDevbox(previous: Devbox, next: Devbox, atMs: number): readonly DevboxLiveEvent[] {
  if (isSameDevbox(previous, next)) return [];
  const missed = missedTransitions(previous, next);
  const events: DevboxLiveEvent[] = [];
  let previousStatus = previous.status;
  for (const [index, transition] of missed.entries()) {
    const isLast = index === missed.length - 1;
    const devbox =
      isLast && transition.status === next.status
        ? next
        : asOf(next, next.stateTransitions.indexOf(transition));
    events.push({ type: 'devbox', atMs: transition.atMs ?? atMs, previousStatus, devbox });
    previousStatus = devbox.status;
  }
  // The status may be ahead of the history, or something else has changed.
  if (events.at(-1)?.devbox !== next) events.push({ type: 'devbox', atMs, previousStatus, devbox: next });
  return events;
}

/** A devbox can be renamed and its metadata edited, so everything counts. One devbox is small. */
export function isSameDevbox(a: Devbox, b: Devbox): boolean {
  return a === b || (a.status === b.status && JSON.stringify(a) === JSON.stringify(b));
}

/** The transitions of `next` that happened after `previous` was read. */
function missedTransitions(previous: Devbox, next: Devbox): readonly DevboxStateTransition[] {
  const [known, all] = [previous.stateTransitions, next.stateTransitions];
  const last = known.at(-1);
  const isContinued =
    all.length >= known.length && known.every((transition, index) => isSame(transition, all[index]));
  let start = known.length;
  if (last === undefined) {
    // There was no history before: what led to the status that is known already is no event.
    start = all.findLastIndex(({ status }) => status === previous.status) + 1;
  } else if (!isContinued) {
    // The history was shortened or rewritten: go on behind the last transition that both have; without one, none of it is an event.
    const shared = last.atMs === null ? -1 : all.findLastIndex((transition) => isSame(transition, last));
    start = shared === -1 ? all.length : shared + 1;
  } else if (last.status !== previous.status && all[start]?.status === previous.status) {
    // The status was ahead of the history, which has now caught up with it: that transition was an event already.
    start++;
  }
  return all.slice(start);
}

function isSame(a: DevboxStateTransition, b: DevboxStateTransition | undefined): boolean {
  return a.status === b?.status && a.atMs === b.atMs;
}

/** The devbox right after the transition at `index` of its history. */
function asOf(devbox: Devbox, index: number): Devbox {
  const stateTransitions = devbox.stateTransitions
    .slice(0, index + 1)
    .map((transition, at) => (at === index ? { ...transition, durationMs: null } : transition));
  const status = stateTransitions.at(-1)?.status ?? devbox.status;
  return {
    ...devbox,
    status,
    isTerminal: isDevboxTerminal(status),
    endedAtMs: null,
    failureReason: null,
    shutdownReason: null,
    stateTransitions,
  };
}
