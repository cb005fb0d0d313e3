/** `SharedExecutions`: those who ask the same at the same time are answered by one execution, which ends when the last one leaves. */
import { type Clock, reasonOf } from '../../clock.ts';

export interface SharedExecutions<Result> {
  /**
   * Joins the execution that answers this question, or starts one. Rejects with the signal's reason when the client
   * leaves, and as the execution does.
   */
  run(
    question: Question,
    signal: AbortSignal,
    start: (execution: RunningExecution) => Promise<Result>,
  ): Promise<Result>;
  /** Nobody joins what is under way in this account any more: something has changed that it may have read before. */
  detach(accountId: string): void;
  /** How many executions are under way. */
  readonly size: number;
}

/** What an execution knows of those who wait for it. */
export interface RunningExecution {
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal;
  /** Says whether whoever comes now may join: what has been read so far is still so. @default always */
  joinableWhile(isValid: (nowMs: number) => boolean): void;
}

export interface Question {
  /** Equal for those who are answered alike. */
  readonly key: string;
  readonly accountId: string;
}

interface Execution<Result> {
  readonly question: Question;
  readonly startedAtMs: number;
  readonly result: Promise<Result>;
  /** Aborts when the last one has left. */
  readonly everybodyLeft: AbortController;
  readonly isStillValid: (nowMs: number) => boolean;
  waiting: number;
}

export function createSharedExecutions<Result>({
  clock,
  joinMs,
}: {
  readonly clock: Clock;
  /** Who asks later than this after its start gets an execution of their own: what was read may be too old for them. */
  readonly joinMs: number;
}): SharedExecutions<Result> {
  /** Those that may be joined, by question. */
  const joinable = new Map<string, Execution<Result>>();
  let size = 0;

  const detach = (execution: Execution<Result>) => {
    const { key } = execution.question;
    if (joinable.get(key) === execution) joinable.delete(key);
  };

  const begin = (question: Question, start: Parameters<SharedExecutions<Result>['run']>[2]) => {
    const everybodyLeft = new AbortController();
    const startedAtMs = clock.now();
    size++;
    let isStillValid: Execution<Result>['isStillValid'] = () => true;
    const running: RunningExecution = {
      signal: everybodyLeft.signal,
      joinableWhile: (isValid) => {
        isStillValid = isValid;
      },
    };
    const result = start(running).finally(() => {
      size--;
      detach(execution);
    });
    // Who has left hears no more of it.
    result.catch(() => undefined);
    const execution: Execution<Result> = {
      question,
      startedAtMs,
      result,
      everybodyLeft,
      isStillValid: (nowMs) => isStillValid(nowMs),
      waiting: 0,
    };
    joinable.set(question.key, execution);
    return execution;
  };

  return {
    get size() {
      return size;
    },
    detach: (accountId) => {
      for (const execution of joinable.values())
        if (execution.question.accountId === accountId) detach(execution);
    },
    run: async (question, signal, start) => {
      if (signal.aborted) throw reasonOf(signal);
      const known = joinable.get(question.key);
      const nowMs = clock.now();
      const isJoinable = known && nowMs - known.startedAtMs < joinMs && known.isStillValid(nowMs);
      const execution = isJoinable ? known : begin(question, start);
      execution.waiting++;
      let onAbort: () => void = () => undefined;
      const left = new Promise<never>((_resolve, reject) => {
        onAbort = () => {
          reject(reasonOf(signal));
        };
        signal.addEventListener('abort', onAbort, { once: true });
      });
      try {
        return await Promise.race([execution.result, left]);
      } finally {
        signal.removeEventListener('abort', onAbort);
        execution.waiting--;
        if (execution.waiting === 0) {
          detach(execution);
          // Without effect when it has ended, which is why the last one usually leaves.
          execution.everybodyLeft.abort(reasonOf(signal));
        }
      }
    },
  };
}
