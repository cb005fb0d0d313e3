/** `watchAnswers`: notices that something waits for an answer and none has come for too long. */
import type { Clock } from '../clock.ts';

export interface AnswerWatch extends Disposable {
  /** One more waits for an answer. */
  sent(): void;
  /** One of them does not wait any more. */
  answered(): void;
}

/** Calls `onSilence` at most once, with one timer however much is sent. Answers come in the order of the commands. */
export function watchAnswers(clock: Clock, timeoutMs: number, onSilence: () => void): AnswerWatch {
  let waiting = 0;
  let progressAtMs = 0;
  let cancel: (() => void) | null = null;
  let isDisposed = false;

  const look = () => {
    cancel = null;
    if (isDisposed || waiting === 0) return;
    const leftMs = progressAtMs + timeoutMs - clock.now();
    if (leftMs > 0) time(leftMs);
    else onSilence();
  };
  const time = (ms: number) => {
    // An answer may have come while this process was busy with something else: it is read before the next turn.
    cancel = clock.after(ms, () => {
      clock.nextTurn(look);
    });
  };

  return {
    sent: () => {
      if (waiting === 0) progressAtMs = clock.now();
      waiting += 1;
      if (!cancel) time(timeoutMs);
    },
    answered: () => {
      waiting -= 1;
      progressAtMs = clock.now();
    },
    [Symbol.dispose]: () => {
      isDisposed = true;
      cancel?.();
    },
  };
}
