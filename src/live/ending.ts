/** `Ending`: when a watched thing has come to its end, so that nothing more of it is to be read. It decides only. */
import type { Clock } from '../clock.ts';
import type { KnownEntity } from '../events/event-log.ts';
import type { FollowedKind } from './kinds/followed-kind.ts';
import type { KnownState } from './known-state.ts';
import type { Observation } from './observation.ts';
import type { PollMode } from './schedule.ts';

export interface EndingOptions {
  readonly kind: FollowedKind;
  readonly state: KnownState;
  readonly clock: Clock;
  /** A thing that ended longer ago than this, in milliseconds, needs no second read. */
  readonly settledAfterMs: number;
}

export class Ending {
  readonly #options: EndingOptions;
  /** Since when the thing is known to be terminal: what was asked for later confirms it. */
  #terminalSinceMs: number | null = null;
  /** When the latest whole list of its parts was asked for. */
  #listedSinceMs: number | null = null;

  constructor(options: EndingOptions) {
    this.#options = options;
  }

  /** Takes in what an observation says that the state has taken in already. */
  take({ read, listedSinceMs }: Observation): void {
    if (listedSinceMs !== undefined) this.#listedSinceMs = listedSinceMs;
    const { kind, state } = this.#options;
    if (!state.subject || !kind.ends.isTerminal(state.subject.entity)) this.#terminalSinceMs = null;
    else this.#terminalSinceMs ??= read.receivedAtMs;
  }

  /** The thing is terminal, and has been read once more since it is, or ended long ago. */
  get isReached(): boolean {
    const { kind, state, clock, settledAfterMs } = this.#options;
    if (!state.hasBase || this.#terminalSinceMs === null) return false;
    const { entity, read } = state.subject ?? {};
    if (!entity || !read || !this.#isEachPartFinished()) return false;
    const endedAtMs = kind.ends.endedAtMs(entity);
    const isSettled = endedAtMs !== null && clock.now() - endedAtMs > settledAfterMs;
    const confirmedAtMs =
      kind.ends.isPartFinished === null ? read.sentAtMs : Math.min(this.#listedSinceMs ?? 0, read.sentAtMs);
    return confirmedAtMs > this.#terminalSinceMs || isSettled;
  }

  /** How it goes on, as far as it matters for when to poll again. */
  get pollMode(): PollMode {
    if (this.#terminalSinceMs !== null) return this.#isEachPartFinished() ? 'ending' : 'active';
    const { kind, state } = this.#options;
    return state.subject ? kind.ends.pollMode(state.subject.entity) : 'active';
  }

  /** Whether the latest whole list has shown this part. */
  isListed({ read }: KnownEntity): boolean {
    return this.#listedSinceMs !== null && read.receivedAtMs >= this.#listedSinceMs;
  }

  /** Of a thing with parts: its whole list is known, and each part in it has come to its end. */
  #isEachPartFinished(): boolean {
    const { isPartFinished } = this.#options.kind.ends;
    if (isPartFinished === null) return true;
    if (this.#listedSinceMs === null) return false;
    for (const known of this.#options.state.values()) {
      if (!isPartFinished(known.entity) && this.isListed(known)) return false;
    }
    return true;
  }
}
