/** `createFlights`: equal calls that are under way at the same time are one call. */
import { reasonOf } from '../../clock.ts';
import type { Priority, UpstreamCaller } from '../caller.ts';

export interface Flights {
  /**
   * Joins the call with this key, or starts it. It is ended early only when everybody who waits for it has gone; each
   * of them leaves at their own signal. It runs until the latest of their deadlines, and at their highest priority.
   */
  join<T>(key: string, caller: UpstreamCaller, call: FlightCall<T>): Joined<T>;
  /** Whoever comes from now on joins none of the calls under way: they may show what is no longer so. */
  detachAll(): void;
}

export interface FlightCall<T> {
  readonly send: (caller: UpstreamCaller) => Promise<T>;
  /** Starts one of its own in any case, which others may join from now on. */
  readonly isOwn: boolean;
  /** Joins none that was started at or before this point in the order of all reads. @default joins any */
  readonly since?: number | undefined;
}

export interface Joined<T> {
  readonly answer: Promise<T>;
  /** Whether the call was under way already. */
  readonly isShared: boolean;
}

/** `onEmpty` is called when none is under way any more. `nextTick` counts on in the order of all reads. */
export function createFlights({
  onEmpty,
  nextTick,
}: {
  readonly onEmpty: () => void;
  readonly nextTick: () => number;
}): Flights {
  const flights = new Map<string, Flight<unknown>>();

  function launch<T>(key: string, caller: UpstreamCaller, send: FlightCall<T>['send']): Flight<T> {
    const flight = new Flight<T>(caller, nextTick(), () => {
      if (flights.get(key) === flight) flights.delete(key);
      if (flights.size === 0) onEmpty();
    });
    flights.set(key, flight);
    flight.run(send);
    return flight;
  }

  return {
    join<T>(key: string, caller: UpstreamCaller, { send, isOwn, since = -Infinity }: FlightCall<T>) {
      if (caller.signal.aborted) return { answer: Promise.reject(reasonOf(caller.signal)), isShared: false };
      // A key stands for one kind of answer.
      const underWay = isOwn ? undefined : (flights.get(key) as Flight<T> | undefined);
      const known = underWay && underWay.startedTick > since ? underWay : undefined;
      const flight = known ?? launch(key, caller, send);
      return { answer: flight.wait(caller), isShared: known !== undefined };
    },
    detachAll: () => {
      flights.clear();
    },
  };
}

class Flight<T> implements UpstreamCaller {
  readonly account: UpstreamCaller['account'];
  /** Who asked first: the others wait for nothing of their own. */
  readonly callerId: UpstreamCaller['callerId'];
  /** When it was started, in the order of all reads: what it answers is later. */
  readonly startedTick: number;
  readonly #controller = new AbortController();
  readonly #waiters = new Set<UpstreamCaller>();
  readonly #onEnd: () => void;
  readonly #lifted = new Set<() => void>();
  #result: Promise<T> | null = null;
  #priority: Priority;
  #deadlineAt: number;

  constructor(
    { account, callerId, priority, deadlineAt }: UpstreamCaller,
    startedTick: number,
    onEnd: () => void,
  ) {
    this.startedTick = startedTick;
    this.account = account;
    this.callerId = callerId;
    this.#priority = priority;
    this.#deadlineAt = deadlineAt;
    this.#onEnd = onEnd;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get priority(): Priority {
    return this.#priority;
  }

  get deadlineAt(): number {
    return this.#deadlineAt;
  }

  onPriorityRaised(listener: () => void): () => void {
    this.#lifted.add(listener);
    return () => {
      this.#lifted.delete(listener);
    };
  }

  run(start: (caller: UpstreamCaller) => Promise<T>): void {
    this.#result = start(this).finally(this.#onEnd);
    // Those who wait are told; when all have gone, nobody has to be.
    this.#result.catch(() => undefined);
  }

  wait(caller: UpstreamCaller): Promise<T> {
    const { signal } = caller;
    this.#waiters.add(caller);
    this.#deadlineAt = Math.max(this.#deadlineAt, caller.deadlineAt);
    if (caller.priority === 'interactive' && this.#priority === 'background') this.#lift();
    return new Promise((resolve, reject) => {
      const leave = () => {
        signal.removeEventListener('abort', onAbort);
        this.#waiters.delete(caller);
      };
      const onAbort = () => {
        leave();
        if (this.#waiters.size === 0) this.#end(signal);
        reject(reasonOf(signal));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#result?.then(resolve, reject).finally(leave);
    });
  }

  #lift(): void {
    this.#priority = 'interactive';
    for (const listener of this.#lifted) listener();
  }

  /** Nobody waits any more: whoever comes next starts anew. */
  #end(signal: AbortSignal): void {
    this.#onEnd();
    this.#controller.abort(reasonOf(signal));
  }
}
