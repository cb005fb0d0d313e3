/** What tests follow, and how they change it. */
import { expect } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import type { EventStream } from './event-stream.ts';

/** Polls as often as the settings allow, so that what a test has changed is seen soon. */
export const FAST_POLLS = {
  LIVE_POLL_INTERVAL_MS: '10',
  LIVE_IDLE_POLL_INTERVAL_MS: '10',
  LIVE_SCORED_POLL_INTERVAL_MS: '10',
  LIVE_LIST_POLL_INTERVAL_MS: '10',
  LIVE_LIST_IDLE_POLL_INTERVAL_MS: '10',
  LIVE_CONFIRM_AFTER_MS: '10',
} as const;

/** Polls so rarely that nothing moves in a test: a silent source. */
export const RARE_POLLS = {
  LIVE_POLL_INTERVAL_MS: '3600000',
  LIVE_IDLE_POLL_INTERVAL_MS: '3600000',
  LIVE_SCORED_POLL_INTERVAL_MS: '3600000',
  LIVE_LIST_POLL_INTERVAL_MS: '3600000',
  LIVE_LIST_IDLE_POLL_INTERVAL_MS: '3600000',
} as const;

export const FOLLOW_RUN = `subscription Run($id: ID!, $after: Cursor) {
  scenarioRun(id: $id, after: $after) {
    cursor
    kind
    skipped
    previousState
    scenarioRun { id name state }
  }
}`;

/** The extensions of each result of a subscription; of a snapshot they are these. */
export const CURSOR = { cursor: expect.any(String) as string };
export const SNAPSHOT_CURSOR = { ...CURSOR, kind: 'SNAPSHOT' };

export interface RunEvent {
  readonly cursor: string;
  readonly kind: 'SNAPSHOT' | 'CHANGED';
  readonly skipped: number;
  readonly previousState: string | null;
  readonly scenarioRun: { readonly id: string; readonly name: string | null; readonly state: string };
}

export interface RunResult {
  readonly data?: { readonly scenarioRun: RunEvent } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** The events of a scenario run that a stream has brought so far. */
export function runEvents({ events }: Pick<EventStream, 'events'>): readonly RunEvent[] {
  return events.flatMap(({ data }) => {
    const event = (data as RunResult | null)?.data?.scenarioRun;
    return event ? [event] : [];
  });
}

/** Each event in short: `=running` for a snapshot, `running>scored` for a change. */
export function told(events: readonly RunEvent[]): readonly string[] {
  return events.map(({ kind, previousState, scenarioRun, skipped }) => {
    const words =
      kind === 'SNAPSHOT' ? `=${scenarioRun.state}` : `${String(previousState)}>${scenarioRun.state}`;
    return (skipped > 0 ? `(${String(skipped)}) ` : '') + words.toLowerCase();
  });
}

/** Gives a run another name, which is a change that keeps it going. */
export function rename(world: World, id: string, name: string): void {
  world.scenarioRuns.update(id, { name });
}

/** Completes a run as the upstream does at last. */
export function complete(world: World, id: string): void {
  world.scenarioRuns.update(id, { state: 'completed', duration_ms: 60_000 });
}
