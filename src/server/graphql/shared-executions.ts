/** `SharedExecutions`: equal operations at the same time share one execution, which is aborted when the last client leaves. */
import { raceSignal } from '../../values/race-signal.ts';
import { type Clock, reasonOf } from '../../clock.ts';

export interface SharedExecutions<Result> {
  /**
   * Joins the execution with the same key, or starts one. Rejects with the signal's reason when the client leaves, and
   * with the error of the execution when that fails.
   */
  run(
    operation: KeyedOperation,
    signal: AbortSignal,
    start: (execution: RunningExecution) => Promise<Result>,
  ): Promise<Result>;
  /** Makes the running executions of an account unjoinable: something has changed that they may have read before. */
  detach(accountId: string): void;
  /** How many executions are under way. */
  readonly size: number;
}

/** What an execution knows of the clients that wait for it. */
export interface RunningExecution {
  /** Aborts when no client waits any more. */
  readonly signal: AbortSignal;
  /** Sets the condition for joining: what the execution has read so far is still valid. @default always */
  joinableWhile(isValid: (nowMs: number) => boolean): void;
}

export interface KeyedOperation {
  /** The cache key: equal for operations that get the same answer. */
  readonly key: string;
  readonly accountId: string;
}

interface Execution<Result> {
  readonly operation: KeyedOperation;
  readonly startedAtMs: number;
  readonly result: Promise<Result>;
  /** Aborts when the last client has left. */
  readonly allLeft: AbortController;
  readonly isStillValid: (nowMs: number) => boolean;
  waiting: number;
  hasEnded: boolean;
}

export function createSharedExecutions<Result>({
  clock,
  joinMs,
}: {
  readonly clock: Clock;
  /** Age up to which a running execution is joined, in milliseconds; later operations start their own, with fresher reads. */
  readonly joinMs: number;
}): SharedExecutions<Result> {
  /** Executions that may be joined, by cache key. */
  const joinable = new Map<string, Execution<Result>>();
  let size = 0;

  const detach = (execution: Execution<Result>) => {
    const { key } = execution.operation;
    if (joinable.get(key) === execution) joinable.delete(key);
  };

  const begin = (operation: KeyedOperation, start: Parameters<SharedExecutions<Result>['run']>[2]) => {
    const allLeft = new AbortController();
    const startedAtMs = clock.now();
    size++;
    let isStillValid: Execution<Result>['isStillValid'] = () => true;
    const running: RunningExecution = {
      signal: allLeft.signal,
      joinableWhile: (isValid) => {
        isStillValid = isValid;
      },
    };
    const result = start(running);
    const end = () => {
      size--;
      execution.hasEnded = true;
      detach(execution);
    };
    // Before any client is answered. When every client has left, it handles the rejection.
    result.then(end, end);
    const execution: Execution<Result> = {
      operation,
      startedAtMs,
      result,
      allLeft,
      isStillValid: (nowMs) => isStillValid(nowMs),
      waiting: 0,
      hasEnded: false,
    };
    joinable.set(operation.key, execution);
    return execution;
  };

  return {
    get size() {
      return size;
    },
    detach: (accountId) => {
      for (const execution of joinable.values())
        if (execution.operation.accountId === accountId) detach(execution);
    },
    run: async (operation, signal, start) => {
      if (signal.aborted) throw reasonOf(signal);
      const known = joinable.get(operation.key);
      const nowMs = clock.now();
      const isJoinable = known && nowMs - known.startedAtMs < joinMs && known.isStillValid(nowMs);
      const execution = isJoinable ? known : begin(operation, start);
      execution.waiting++;
      try {
        return await raceSignal(execution.result, signal);
      } finally {
        execution.waiting--;
        if (execution.waiting === 0) {
          detach(execution);
          // That the execution has ended is the usual reason for the last client to leave.
          if (!execution.hasEnded) execution.allLeft.abort(reasonOf(signal));
        }
      }
    },
  };
}
