/** `createFlights`: equal calls that are under way at the same time are one call. */
import { reasonOf } from '../../clock.ts';
import type { Priority, UpstreamCaller } from '../caller.ts';

export interface Flights {
  /**
   * Joins the call with this key, or starts it. Each waiter leaves at their own signal, and the call is aborted when the
   * last one has left. It runs until the latest of their deadlines, at the highest of their priorities.
   */
  join<T>(key: string, caller: UpstreamCaller, call: FlightCall<T>): Joined<T>;
  /** Makes all calls under way unjoinable: they may show a state from before a mutation. */
  detachAll(): void;
}

export interface FlightCall<T> {
  readonly send: (caller: UpstreamCaller) => Promise<T>;
  /** Joins none, and starts one that others may join. */
  readonly isOwn: boolean;
  /** Joins none that was started at or before this tick. @default joins any */
  readonly since?: number | undefined;
}

export interface Joined<T> {
  readonly answer: Promise<T>;
  /** Whether the call was under way already. */
  readonly isShared: boolean;
}

/** `onEmpty` is called when no call is under way any more. `nextTick` is that of the `ReadClock`. */
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
      // The key determines the type of the answer.
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
  /** The first waiter, in whose name the call is scheduled. */
  readonly callerId: UpstreamCaller['callerId'];
  /** That of the first waiter. */
  readonly purpose: UpstreamCaller['purpose'];
  /** The tick of its start: its answer shows a later state. */
  readonly startedTick: number;
  readonly #controller = new AbortController();
  readonly #waiters = new Set<UpstreamCaller>();
  readonly #onEnd: () => void;
  readonly #raiseListeners = new Set<() => void>();
  #result: Promise<T> | null = null;
  #priority: Priority;
  #deadlineAt: number;

  constructor(
    { account, callerId, purpose, priority, deadlineAt }: UpstreamCaller,
    startedTick: number,
    onEnd: () => void,
  ) {
    this.startedTick = startedTick;
    this.account = account;
    this.callerId = callerId;
    this.purpose = purpose;
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
    this.#raiseListeners.add(listener);
    return () => {
      this.#raiseListeners.delete(listener);
    };
  }

  run(start: (caller: UpstreamCaller) => Promise<T>): void {
    this.#result = start(this);
    // Before any waiter goes on: what they ask next must not join this call. When all have left, it handles the rejection.
    this.#result.then(this.#onEnd, this.#onEnd);
  }

  wait(caller: UpstreamCaller): Promise<T> {
    const { signal } = caller;
    this.#waiters.add(caller);
    this.#deadlineAt = Math.max(this.#deadlineAt, caller.deadlineAt);
    if (caller.priority === 'interactive' && this.#priority === 'background') this.#raisePriority();
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
      this.#result?.then(resolve, reject);
      this.#result?.then(leave, leave);
    });
  }

  #raisePriority(): void {
    this.#priority = 'interactive';
    for (const listener of this.#raiseListeners) listener();
  }

  /** The last waiter has left: the next caller starts a new call. */
  #end(signal: AbortSignal): void {
    this.#onEnd();
    this.#controller.abort(reasonOf(signal));
  }
}
