/** `OperationObserver`: is called with every query and mutation that was answered, to measure them. */
import type { Answer } from './answer.ts';
import type { ReadDocument } from './operation.ts';

export interface OperationObserver {
  /** In milliseconds, from any origin. */
  now(): number;
  /** Must not throw. */
  answered(event: AnsweredOperation): void;
}

/** `cache`: the response cache; `execution`: its own one, or a running one of an equal operation. */
export type AnsweredBy = 'cache' | 'execution';

export interface AnsweredOperation {
  /** The same object for as long as the document is cached. */
  readonly read: ReadDocument;
  readonly answer: Answer;
  readonly answeredBy: AnsweredBy;
  readonly durationMs: number;
}
